"""What an experiment is, for who has not read its code: what it sweeps and reports, and its formula."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from importlib.util import find_spec

import attrs
from attrs import frozen

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.measured import kind_of
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.signals import Signal
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.execution._rehearsal import quantities_of
from oqtopus_experiments.plugins._experiment_calls import at_point, model_of, references_of, sweep_of

__all__ = ["Portrait", "Reported", "at_point", "in_words", "portrait"]


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
