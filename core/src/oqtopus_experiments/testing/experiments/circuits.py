"""Every circuit of the sweep is what the sweep, the signal and the number of qubits say it is."""

from __future__ import annotations

from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._circuits import build, copies_at
from oqtopus_experiments.execution._sound_circuits import unwritten_bits
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.testing.check import NotConforming
from oqtopus_experiments.testing.experiments.basis import on_targets, shared_signals, sound
from oqtopus_experiments.testing.experiments.fingerprint import told


def circuits_match_the_sweep(subject: ExperimentSubject) -> None:
    """Each point and reference has one circuit, with the qubits of a target, in which every bit is measured."""
    experiment = on_targets(sound(subject), 1)
    sweep, references = sweep_of(experiment), references_of(experiment)
    circuits = build(experiment)
    places = [*map(str, sweep.points()), *references]
    if len(circuits) != len(places):
        message = f"{len(circuits)} circuits for {sweep.size} points and {len(references)} references"
        raise NotConforming(message)
    for circuit, place in zip(circuits, places, strict=True):
        if lost := unwritten_bits(circuit):
            message = f"at {place} nothing is measured into classical bit {lost[0]}, which always reads 0"
            raise NotConforming(message)


def each_axis_changes_something(subject: ExperimentSubject) -> None:
    """Two values of an axis make two circuits, or two signals, at least somewhere along it."""
    experiment = on_targets(sound(subject), 1)
    sweep, signals = sweep_of(experiment), shared_signals(experiment)
    what = [
        ([told(one) for one in copies_at(experiment, point)], repr(signals.signals[index]))
        for index, point in enumerate(sweep.points())
    ]
    for axis in sweep.axes:
        others: dict[str, list[int]] = {}
        for index, point in enumerate(sweep.points()):
            rest = {name: value for name, value in point.items() if name != axis.name}
            others.setdefault(f"{rest} {axis.name in point}", []).append(index)
        along = [group for group in others.values() if len({str(sweep.points()[one]) for one in group}) > 1]
        if along and all(what[one] == what[group[0]] for group in along for one in group):
            message = f"circuit and signal are the same for every {axis.name!r}: it is an argument that is not used"
            raise NotConforming(message)
