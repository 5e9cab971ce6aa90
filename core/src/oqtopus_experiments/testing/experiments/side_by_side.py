"""Targets measured side by side: each has the circuits it has alone, and random ones are its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._experiment_calls import at_point, model_of, references_of, sweep_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import on, on_targets, sound
from oqtopus_experiments.testing.experiments.fingerprint import ends, told

TARGETS = 3


def a_target_has_the_same_circuits_alone(subject: ExperimentSubject) -> None:
    """What runs on a target does not depend on how many others are measured beside it."""
    experiment = on_targets(sound(subject), TARGETS)
    for number, target in enumerate(experiment.targets):
        alone = on(experiment, [target])
        for point in ends(sweep_of(experiment)):
            beside = copies_at(experiment, point)
            if told(beside[number % len(beside)]) != told(copies_at(alone, point)[0]):
                message = f"{at_point(experiment, point, target)} the circuit is another beside {TARGETS - 1} targets"
                raise NotConforming(message)
        together, single = ({n: told(c) for n, c in references_of(one).items()} for one in (experiment, alone))
        if together != single:
            message = f"the references of target {target} are others beside {TARGETS - 1} targets"
            raise NotConforming(message)


def random_circuits_differ_between_targets(subject: ExperimentSubject) -> None:
    """Where an axis draws random circuits, each target has its own: the same on all would hide errors between them."""
    experiment = on_targets(sound(subject), 2)
    sweep = sweep_of(experiment)
    drawn = [axis for axis in _averaged(experiment, sweep) if _is_random(experiment, sweep, axis)]
    if not drawn:
        message = "no axis draws random circuits"
        raise NotApplicable(message)
    own = [[told(one) for one in copies_at(experiment, point)] for point in sweep.points()]
    if all(one[0] == one[-1] for one in own):
        message = f"{drawn[0].name!r} draws the same circuits on every target: take `target` into what seeds them"
        raise NotConforming(message)


def _averaged(experiment: Declaration, sweep: Sweep) -> list[Axis]:
    """Return axes of whole numbers that the model knows nothing of, as seeds are; by their name where there is none."""
    whole = [axis for axis in sweep.axes if axis.is_numeric and (axis.values == axis.values.astype(int)).all()]
    model = model_of(experiment)
    if model is None or not sound_model.is_plain(model):
        return [axis for axis in whole if axis.name.removesuffix("s") in ("seed", "sample", "draw", "sequence")]
    known = sound_model.axes_of(model, sweep.grid())
    return [axis for axis in whole if axis.name not in known]


def _is_random(experiment: Declaration, sweep: Sweep, axis: Axis) -> bool:
    """Return whether circuits differ along an axis where all else is the same."""
    seen: dict[str, set[str]] = {}
    for point in sweep.points():
        rest: Mapping[str, Any] = {name: value for name, value in point.items() if name != axis.name}
        seen.setdefault(str(rest), set()).add(told(copies_at(experiment, point)[0]))
    return any(len(circuits) > 1 for circuits in seen.values())
