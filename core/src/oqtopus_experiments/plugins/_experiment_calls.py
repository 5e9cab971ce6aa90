"""
What is asked of an experiment, each question behind a fence.

What it answers is checked here too: a wrong answer is a fault of its author like an error.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from numbers import Real
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.contracts import arguments
from oqtopus_experiments.contracts.devices import QubitInfo
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.measured import measured
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.errors import CountsError, PluginError
from oqtopus_experiments.plugins._fence import fence

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def sweep_of(experiment: Declaration) -> Sweep:
    """
    Return the points of an experiment.

    Raises:
        PluginFault: When its code fails, or gives something else.
    """
    with fence("sweep", type(experiment)):
        found: Sweep = _one(experiment.sweep(), Sweep, experiment, "sweep")
        return found


def default_shots_of(experiment: Declaration) -> int | None:
    """
    Return how many shots an experiment asks for where nobody says; see `Declaration.default_shots`.

    Raises:
        PluginFault: When its code fails, or gives something else than a number of shots.
    """
    with fence("default_shots", type(experiment)):
        found = experiment.default_shots
        if found is None or (isinstance(found, int) and not isinstance(found, bool) and found >= 1):
            return found
        message = f"{_named(experiment, 'default_shots')} must be an integer >= 1 or None, not {found!r:.60}"
        raise PluginError(message)


def on_clock(experiment: Declaration, step: float) -> Declaration:
    """
    Return an experiment for a device whose delays are multiples of `step` ns; see `Declaration.on_clock`.

    Raises:
        PluginFault: When its code fails, or gives something else than an experiment of its class.
    """
    with fence("on_clock", type(experiment), f"for a step of {step:g} ns"):
        found: Declaration = _one(experiment.on_clock(step), type(experiment), experiment, "on_clock")
        return found


def driven_of(experiment: Declaration) -> tuple[str, ...]:
    """
    Return the gates whose strength an experiment sweeps; see `Declaration.driven`.

    Raises:
        PluginFault: When its code fails, or gives something else than names.
    """
    with fence("driven", type(experiment)):
        found = experiment.driven
        if not isinstance(found, (tuple, list)) or not all(isinstance(name, str) for name in found):
            message = f"{_named(experiment, 'driven')} must be names of gates in a tuple, as ('rx',), not {found!r:.60}"
            raise PluginError(message)
        return tuple(found)


def driven_otherwise_of(experiment: Declaration) -> str:
    """
    Return what to do where a driven gate is made of others; see `Declaration.driven_otherwise`.

    Raises:
        PluginFault: When its code fails, or gives something else than a text.
    """
    with fence("driven_otherwise", type(experiment)):
        found: str = _one(experiment.driven_otherwise, str, experiment, "driven_otherwise")
        return found


def for_counts(experiment: Declaration, sweep: Sweep, references: tuple[str, ...]) -> Declaration:
    """
    Return an experiment for counts that were taken elsewhere; see `Declaration.for_counts`.

    Raises:
        PluginFault: When its code fails, or gives something else than an experiment of its class.
    """
    with fence("for_counts", type(experiment)):
        given = experiment.for_counts(sweep, references)
        found: Declaration = _one(given, type(experiment), experiment, "for_counts")
        return found


def at_points(experiment: Declaration, sweep: Sweep, references: tuple[str, ...]) -> Declaration:
    """
    Return an experiment whose points and reference circuits are these; see `measured`.

    Raises:
        CountsError: For a reference circuit that it does not have.
        PluginFault: When its code fails.
    """
    with fence("references", type(experiment), passing=(CountsError,)):
        return measured(experiment, sweep, references)


def notes_of(experiment: Declaration) -> tuple[str, ...]:
    """
    Return what an experiment says is odd about its parameters.

    Raises:
        PluginFault: When its code fails, or gives something else than sentences.
    """
    with fence("notes", type(experiment)):
        found = experiment.notes()
        if isinstance(found, str) or not all(isinstance(note, str) for note in found):
            message = f"{_named(experiment, 'notes')} must return sentences in a list, not {found!r:.60}"
            raise PluginError(message)
        return tuple(found)


def references_of(experiment: Declaration) -> Mapping[str, QuantumCircuit]:
    """
    Return the reference circuits of an experiment by name; what they are is not looked at.

    Raises:
        PluginFault: When its code fails, or gives something else than a mapping by names.
    """
    with fence("references", type(experiment)):
        found = _one(experiment.references(), Mapping, experiment, "references")
        if strange := [name for name in found if not isinstance(name, str)]:
            message = f"{_named(experiment, 'references')} must give circuits by name; {strange[0]!r:.60} is not a name"
            raise PluginError(message)
        return dict(found)


def circuit_at(experiment: Declaration, point: Mapping[str, Any], target: Target | None = None) -> QuantumCircuit:
    """
    Return what `circuit` gives at one point; it is not looked at.

    Raises:
        PluginFault: When its code fails.
    """
    with fence("circuit", type(experiment), lambda: at_point(experiment, point, target)):
        return experiment.circuit(**point) if target is None else experiment.circuit(**point, target=target)


def signals_of(experiment: Declaration, sweep: Sweep, references: tuple[str, ...]) -> PointSignals:
    """
    Return the signal of every point.

    Raises:
        PluginFault: When its code fails, or gives something else.
    """
    with fence("signal", type(experiment)):
        return PointSignals.of(experiment, sweep, references)


def model_of(experiment: Declaration) -> FitModel | None:
    """
    Return the model of an experiment.

    Raises:
        PluginFault: When its code fails, or gives something else.
    """
    with fence("fit_model", type(experiment)):
        found = experiment.fit_model()
        return None if found is None else _one(found, FitModel, experiment, "fit_model")


def reading(experiment: Declaration) -> AbstractContextManager[None]:
    """Return the fence around making a `Dataset`: it asks an experiment for its points, and its signal for values."""
    return fence("signal", type(experiment), "while the counts were read")


def expected_of(experiment: Declaration, qubits: Sequence[QubitInfo]) -> dict[str, float]:
    """
    Return what a calibration says of the parameters of a model; see `Declaration.expected`.

    Raises:
        PluginFault: When its code fails, or gives something else than numbers by name.
    """
    with fence("expected", type(experiment)):
        found = _one(experiment.expected(qubits), Mapping, experiment, "expected")
        for name, value in found.items():
            if not isinstance(name, str) or not isinstance(value, Real) or not math.isfinite(value):
                what = _named(experiment, "expected")
                message = f"{what} must give finite numbers by name, not {name!r}: {value!r:.60}"
                raise PluginError(message)
        return {name: float(value) for name, value in found.items()}


def alternatives_of(experiment: Declaration) -> tuple[Declaration, ...]:
    """
    Return an experiment with other points; see `Declaration.alternatives`.

    Raises:
        PluginFault: When its code fails, or gives something else than experiments of its class.
    """
    with fence("alternatives", type(experiment)):
        found = experiment.alternatives()
        if not isinstance(found, (list, tuple)) or not all(isinstance(one, type(experiment)) for one in found):
            message = f"{_named(experiment, 'alternatives')} must return a list of {type(experiment).__name__}"
            raise PluginError(message)
        if any(one.targets != experiment.targets for one in found):
            what = _named(experiment, "alternatives")
            message = f"{what} must keep the targets: attrs.evolve(self, ...) instead of a new one"
            raise PluginError(message)
        return tuple(found)


def at_point(experiment: Declaration, point: Mapping[str, Any], target: Target | None = None) -> str:
    """Return where a circuit stands in a sweep, as ``at point delay = 3 ns for qubit 0``."""
    units = {axis.name: f" {axis.unit}" for axis in experiment.sweep().axes if axis.unit}
    named = ", ".join(f"{name} = {value:g}{units.get(name, '')}" if isinstance(value, float) else
                      f"{name} = {value!r:.40}{units.get(name, '')}" for name, value in point.items())  # fmt: skip
    return f"at point {named}" + ("" if target is None else f" for qubit {label(target)}")


def wants_target(experiment: Declaration) -> bool:
    """Return whether each target has a circuit of its own."""
    return arguments.asks_for_target(experiment.circuit)


def _one(given: Any, kind: type[Any], experiment: Declaration, what: str) -> Any:
    if isinstance(given, kind):
        return given
    message = f"{_named(experiment, what)} must return a {kind.__name__}, not {given!r:.60}"
    raise PluginError(message)


def _named(experiment: Declaration, what: str) -> str:
    return f"{type(experiment).__name__}.{what}"
