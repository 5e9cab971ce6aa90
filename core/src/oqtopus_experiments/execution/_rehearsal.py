"""
A rehearsal: an experiment from its circuits to its analysis on made-up counts, without a backend.

`oqx check` rehearses every experiment of a run file; an author calls `rehearse` in a test of their own::

    def test_my_experiment_can_be_run():
        rehearse(Rabi(amplitude_points=20))
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import ENUMERATED
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.signals import Signal
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.errors import OqtopusExperimentsError, PluginError
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.execution._called_model import call_model
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.execution._on_targets import on_targets
from oqtopus_experiments.execution._sound_circuits import check_copies, check_unchanged, size, unwritten_bits
from oqtopus_experiments.execution._sound_experiment import check_experiment
from oqtopus_experiments.plugins._analyzer_calls import analyses_of
from oqtopus_experiments.plugins._experiment_calls import (
    at_point,
    model_of,
    notes_of,
    reading,
    references_of,
    signals_of,
    sweep_of,
)
from oqtopus_experiments.plugins._fence import fence

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

SHOTS = 100
"""Made-up shots of each circuit: enough for a fit, few enough to cost nothing."""


@frozen
class Rehearsal:
    """
    What a rehearsal came to.

    Args:
        circuits: How many circuits were built, of how many points and references.
        points: How many there are.
        analyzer: Name of the analyzer that read the made-up counts.
        quantities: Names of what it reported.
        notes: What is odd, each in a sentence.
    """

    circuits: int
    points: int
    analyzer: str
    quantities: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        found = ", ".join(self.quantities) or "no quantities"
        return f"{self.circuits} of {self.points} circuits built, made-up counts analyzed with {self.analyzer}: {found}"


def rehearse(experiment: Declaration, analyzer: Analyzer | str | None = None) -> Rehearsal:
    """
    Build the first and the last circuit of every series, and analyze made-up counts once. Seeded: one answer.

    Args:
        experiment: The experiment.
        analyzer: What is to analyze it, or its name; that of the experiment by default.

    Raises:
        PluginFault: For the first mistake of an author, with distribution, point and line.
        AnalysisError: When the analyzer does not fit the experiment.
        PluginError: When there is no such analyzer.
    """
    chosen = chosen_analyzer(experiment, analyzer)
    check_experiment(experiment)
    sweep, references = sweep_of(experiment), references_of(experiment)
    built = _build(experiment, sweep, references, signals_of(experiment, sweep, tuple(references)))
    analyses = _analyzed(experiment, sweep, tuple(references), built, chosen)
    return Rehearsal(
        circuits=len(built),
        points=sweep.size + len(references),
        analyzer=chosen.name,
        quantities=_names(analyses),
        notes=(*notes_of(experiment), *_notes(sweep, built)),
    )


def quantities_of(experiment: Declaration) -> dict[str, str]:
    """
    Return the unit of each quantity that the analyzer of an experiment reports of made-up counts.

    Raises:
        PluginFault: As `rehearse`.
        AnalysisError: When the analyzer does not fit the experiment.
        PluginError: When there is no such analyzer.
    """
    analyzer = chosen_analyzer(experiment)
    sweep, references = sweep_of(experiment), references_of(experiment)
    built = _build(experiment, sweep, references, signals_of(experiment, sweep, tuple(references)))
    first = _analyzed(experiment, sweep, tuple(references), built, analyzer)[0]
    units = {one.name: one.unit for one in first.quantities}
    return units | {one.name: one.unit for one in first.arrays}


def _analyzed(
    experiment: Declaration,
    sweep: Sweep,
    references: tuple[str, ...],
    built: Mapping[int, Sequence[QuantumCircuit]],
    analyzer: Analyzer,
) -> Sequence[Analysis]:
    """Return what an analyzer makes of made-up counts, on two targets where they can be."""
    copied = _with_two_targets(experiment)
    widths = {index: copies[0].num_clbits for index, copies in built.items()}
    return analyses_of(analyzer, copied, _made_up(copied, sweep, references, widths))


def _build(
    experiment: Declaration, sweep: Sweep, references: Mapping[str, QuantumCircuit], signals: PointSignals
) -> dict[int, list[QuantumCircuit]]:
    """Build the circuits at both ends of every series, each twice, and take all references."""
    points = sweep.points()
    built: dict[int, list[QuantumCircuit]] = {}
    for index in _ends(sweep, points):
        point = points[index]
        copies = copies_at(experiment, point)
        check_copies(experiment, copies, signals, index, point)
        length = sum(map(size, copies))
        again = copies_at(experiment, point)
        with fence("circuit", type(experiment), lambda point=point: at_point(experiment, point)):  # type: ignore[misc]
            if any(one is not other and one != other for one, other in zip(copies, again, strict=True)):
                message = (
                    f"{type(experiment).__name__}.circuit gives another circuit for the same point: randomness comes "
                    "from an axis of seeds"
                )
                raise PluginError(message)
            check_unchanged(experiment, [copies], [length])
        built[index] = copies
    for number, (name, circuit) in enumerate(references.items(), start=sweep.size):
        check_copies(experiment, [circuit], signals, number, name)
        built[number] = [circuit]
    return built


def _ends(sweep: Sweep, points: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the first and the last point of every series: of every combination of labels in every grid."""
    series = [axis.name for axis in sweep.series]
    ends: dict[tuple[Any, ...], list[int]] = {}
    for index, point in enumerate(points):
        key = (frozenset(point), *(point.get(name) for name in series))
        ends[key] = [ends.get(key, [index])[0], index]
    return sorted({index for both in ends.values() for index in both})


def _with_two_targets(experiment: Declaration) -> Declaration:
    """Return an experiment on two targets where it can be: one analysis per target is due, and in order."""
    size = experiment.num_qubits
    first = experiment.targets[:2]
    free = max(qubit for target in first for qubit in target) + 1
    for targets in ((*first, tuple(range(free, free + size)))[:2], first):
        try:
            return on_targets(experiment, targets)
        except (
            OqtopusExperimentsError,
            KeyError,
            ValueError,
        ):  # parameters that differ by target have none of this one
            continue
    return experiment


def _made_up(experiment: Declaration, sweep: Sweep, references: tuple[str, ...], widths: Mapping[int, int]) -> Dataset:
    """Return a data set of made-up counts: of the model at its example or its own guess, else of fair coins."""
    rng = np.random.default_rng(0)
    targets, usual = len(experiment.targets), next(iter(widths.values()))
    signals = signals_of(experiment, sweep, references)
    expected = _expected(experiment, sweep)
    results: dict[int, Counts | Failure] = {}
    with reading(experiment):
        for index in range(signals.size):
            width = widths.get(index, usual)
            per_target = [(signal, chosen) for signal, chosen in signals.at(index)]
            drawn = [
                _bits(per_target[min(target, len(per_target) - 1)][0], width, expected.get(index), rng)
                for target in range(targets)
            ]
            results[index] = Counts.from_shots(np.concatenate(drawn, axis=1))
        return Dataset.from_counts(experiment, results)


def _expected(experiment: Declaration, sweep: Sweep) -> dict[int, float]:
    """Return the signal of the model at each point, at its example, else its own guess; empty without a plain model."""
    model = model_of(experiment)
    if model is None or not sound_model.is_plain(model):
        return {}
    found = call_model(experiment, model, sweep, tolerant=False)
    if found is None:
        return {}
    grid, start = sweep.grid(), model.example or found[1]
    own = {name: value for name, value in start.items() if name in sound_model.parameters_of(model, grid)}
    only_in_references = set(own) - set(sound_model.parameters_of(attrs.evolve(model, references={}), grid))
    own = {name: value for name, value in own.items() if name not in only_in_references}
    with fence("fit_model", type(experiment), "at its example or its own guess"), np.errstate(all="ignore"):
        axes = sound_model.axes_of(model, grid)
        values = np.asarray(model.function(**{name: grid[name] for name in axes}, **own), dtype=float)
    return dict(enumerate(np.broadcast_to(values, (sweep.size,)).tolist()))


def _bits(signal: Signal, width: int, expected: float | None, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return made-up shots of one target, shape (shots, width)."""
    coins: NDArray[np.bool_] = rng.random((SHOTS, width)) < 0.5
    if expected is None or signal.two_values is None or width > ENUMERATED or not np.isfinite(expected):
        return coins
    low, high = signal.two_values
    outcomes = (np.arange(2**width)[:, None] >> np.arange(width)) % 2 == 1
    is_high = np.isclose(signal.values(outcomes), high)
    if is_high.all() or not is_high.any():
        return coins
    wanted = rng.random(SHOTS) < np.clip((expected - low) / (high - low), 0, 1)
    picked = np.where(wanted, rng.choice(np.flatnonzero(is_high), SHOTS), rng.choice(np.flatnonzero(~is_high), SHOTS))
    found: NDArray[np.bool_] = outcomes[picked]
    return found


def _names(analyses: Sequence[Analysis]) -> tuple[str, ...]:
    return (*(one.name for one in analyses[0].quantities), *(one.name for one in analyses[0].arrays))


def _notes(sweep: Sweep, built: Mapping[int, Sequence[QuantumCircuit]]) -> list[str]:
    notes = []
    for axis in sweep.axes if sweep.is_grid else ():
        twice = [value for value, count in Counter(axis.values.tolist()).items() if count > 1]
        if twice:
            notes.append(f"axis {axis.name!r} holds {twice[0]!r} more than once; np.unique leaves each once")
    unwritten = sorted({bit for copies in built.values() for circuit in copies for bit in unwritten_bits(circuit)})
    if unwritten:
        which = ", ".join(map(str, unwritten))
        notes.append(f"classical bit {which} is never written in some circuits, and always reads 0")
    return notes
