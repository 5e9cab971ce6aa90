"""What an experiment is, for who has not read its code: what it sweeps and reports, its formula, a circuit of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.measured import kind_of
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.signals import Signal
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.errors import BackendError, OqtopusExperimentsError
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.execution._rehearsal import quantities_of
from oqtopus_experiments.plugins._experiment_calls import at_point, model_of, references_of, sweep_of

__all__ = ["Portrait", "Reported", "at_point", "drawn", "in_words", "portrait", "typical"]

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

TALLEST = 40
"""A circuit drawn in more lines is not a typical one to look at, where an earlier point has a smaller one."""


@frozen
class Reported:
    """
    A quantity that is reported.

    Args:
        name: Its name.
        unit: Its unit; empty for a pure number.
        how: ``fitted``, what it is computed from, or that its analyzer reports it.
    """

    name: str
    unit: str
    how: str


@frozen
class Portrait:
    """
    What an experiment measures.

    Args:
        signal: What is read from the counts, as ``P(1)``; empty where it depends on the point.
        sweep: Each axis in words, as ``delay: 30 values from 0 to 100000 ns``.
        points: How many points there are.
        references: Circuits beside the sweep: how many of each kind.
        formula: The model for readers; empty where the author gives none.
        quantities: What is reported, the headline first; empty where that cannot be found without data.
    """

    signal: str
    sweep: tuple[str, ...]
    points: int
    references: Mapping[str, int]
    formula: str
    quantities: tuple[Reported, ...]


def portrait(experiment: Declaration) -> Portrait:
    """
    Return what an experiment measures. Without a model, its analyzer is asked with made-up counts.

    Raises:
        PluginFault: When its code fails.
    """
    sweep, model = sweep_of(experiment), model_of(experiment)
    return Portrait(
        signal=experiment.signal.label if isinstance(experiment.signal, Signal) else "",
        sweep=tuple(map(in_words, sweep.axes)),
        points=sweep.size,
        references=Counter(map(kind_of, references_of(experiment))) if find_spec("qiskit") else {},
        formula=model.formula if model else "",
        quantities=_reported(model, sweep) if model else _by_its_analyzer(experiment),
    )


def in_words(axis: Axis) -> str:
    """Return an axis in words."""
    if not axis.is_numeric:
        return f"{axis.name}: {', '.join(axis.values.tolist())}"
    low, high, unit = axis.values.min(), axis.values.max(), f" {axis.unit}" if axis.unit else ""
    if len(axis.values) == 1:
        return f"{axis.name}: {low:g}{unit}"
    return f"{axis.name}: {len(axis.values)} values from {low:g} to {high:g}{unit}"


def typical(experiment: Declaration, columns: int) -> tuple[Mapping[str, Any], str]:
    """
    Return a point of the sweep and its circuit drawn in letters: that in the middle, or an earlier one if it is long.

    Args:
        experiment: The experiment; of several targets with circuits of their own the first is drawn.
        columns: Width in letters; a longer circuit goes on below.

    Raises:
        BackendError: Where Qiskit is not installed.
        PluginFault: When the code of the experiment fails.
    """
    points = sweep_of(experiment).points()
    index = len(points) // 2
    while True:
        drawing = drawn(lambda index=index: copies_at(experiment, points[index])[0], columns)  # type: ignore[misc]
        if index == 0 or drawing.count("\n") < TALLEST:
            return points[index], drawing
        index //= 2


def drawn(circuit: Callable[[], QuantumCircuit], columns: int) -> str:
    """
    Return a circuit drawn in letters.

    Raises:
        BackendError: Where Qiskit is not installed, or the circuit is not one of Qiskit's.
    """
    if find_spec("qiskit") is None:
        message = "circuits are drawn by Qiskit, which is not installed; try: pip install qiskit"
        raise BackendError(message)
    from qiskit import QuantumCircuit

    made = circuit()
    if not isinstance(made, QuantumCircuit):
        message = f"only circuits of Qiskit can be drawn, not {type(made).__name__}"
        raise BackendError(message)
    # Its text would be in the encoding of the standard output, whatever that is.
    return "\n".join(line.rstrip() for line in made.draw("text", fold=columns).lines())


def _reported(model: FitModel, sweep: Sweep) -> tuple[Reported, ...]:
    derived = {name: how if isinstance(how, str) else _inputs(how) for name, how in model.derived.items()}
    if sound_model.is_plain(model):
        fitted = list(sound_model.parameters_of(attrs.evolve(model, references={}), [axis.name for axis in sweep.axes]))
    else:
        fitted = list(model.function.param_names)
    names = model.quantities or (*fitted, *derived)
    return tuple(Reported(name, model.units.get(name, ""), derived.get(name, "fitted")) for name in names)


def _by_its_analyzer(experiment: Declaration) -> tuple[Reported, ...]:
    """Return what an analyzer reports of made-up counts; nothing where it cannot be asked."""
    try:
        return tuple(Reported(name, unit, "by its analyzer") for name, unit in quantities_of(experiment).items())
    except OqtopusExperimentsError:  # `oqx check` says why
        return ()


def _inputs(how: Callable[..., float]) -> str:
    return f"from {', '.join(sound_model.inputs_of(how, ()))}"
