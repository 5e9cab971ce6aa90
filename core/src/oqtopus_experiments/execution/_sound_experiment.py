"""An experiment held against itself before anything of it is submitted: names, arguments, units, its model."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Any

from oqtopus_experiments.contracts import arguments, sound_model
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.reserved import AXES
from oqtopus_experiments.contracts.signals import Signal
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.units import unknown_unit
from oqtopus_experiments.errors import PluginError
from oqtopus_experiments.execution._called_model import call_model, raise_first
from oqtopus_experiments.plugins._experiment_calls import model_of, references_of, sweep_of
from oqtopus_experiments.plugins._fence import fence

# What of a class is asked for here: where somebody has put another in its place, all is asked again.
_ASKED = ("sweep", "circuit", "signal", "references", "fit_model")
_KEPT = 256


def check_experiment(experiment: Declaration) -> None:
    """
    Check what costs no time: names of axes, arguments of circuit, signal and model, and the model at its own guess.

    One that equals another which was found sound is not asked again: a run file is checked before it is run, and who
    watches a device runs the same experiment all day.

    Raises:
        PluginFault: For the first mistake, with the line of its author.
    """
    try:
        hash(experiment)
    except TypeError:  # one of its parameters is a list, say
        _check(experiment)
    else:
        _check_once(experiment, tuple(getattr(type(experiment), name) for name in _ASKED))


@lru_cache(maxsize=_KEPT)
def _check_once(experiment: Declaration, _: tuple[object, ...]) -> None:
    _check(experiment)


def _check(experiment: Declaration) -> None:
    sweep = sweep_of(experiment)
    owner = type(experiment)
    _tell(experiment, "sweep", _faults_of_axes(sweep))
    axes = [axis.name for axis in sweep.axes]
    _tell(experiment, "circuit", _faults_of_circuit(experiment, sweep, axes))
    with fence("signal", owner):
        if not isinstance(experiment.signal, Signal) and callable(experiment.signal):
            raise_first(owner, "signal", _strange(experiment.signal, axes))
    model = model_of(experiment)
    if model is None:
        return
    with fence("fit_model", owner):
        if problem := sound_model.problem(model, axes, references_of(experiment)):
            message = f"{owner.__name__}.fit_model: {problem}"
            raise PluginError(message)
    if sound_model.is_plain(model):
        call_model(experiment, model, sweep, tolerant=True)


def _faults_of_axes(sweep: Sweep) -> Iterator[str]:
    for axis in sweep.axes:
        if axis.name in AXES:
            yield f"has an axis {axis.name!r}, a name that is taken; call it something else"
        if not axis.name.isidentifier() or keyword.iskeyword(axis.name):
            yield f"has an axis {axis.name!r:.60}, which cannot be the name of an argument"
        if problem := unknown_unit(axis.unit):
            yield f"has an axis {axis.name!r} whose unit {problem}"
    names = [axis.name for axis in sweep.axes]
    yield from (f"has an axis {name!r} beside {name + end!r}" for name in names for end in ("_stderr",)
                if name + end in names)  # fmt: skip


def _faults_of_circuit(experiment: Declaration, sweep: Sweep, axes: Collection[str]) -> Iterator[str]:
    yield from _strange(experiment.circuit, axes)
    taken = arguments.arguments_of(experiment.circuit)
    for name in axes:
        if name not in taken:
            yield f"does not take {name!r}, an axis of the sweep; every axis is an argument"
    optional = {name for grid in sweep.grids for name in set(axes) - {axis.name for axis in grid}}
    for name in sorted(optional):
        if taken[name].default is inspect.Parameter.empty:
            yield f"needs a default of {name!r}: some points of the sweep have no value on that axis"


def _strange(function: Callable[..., Any], axes: Collection[str]) -> Iterator[str]:
    for argument in arguments.arguments_of(function).values():
        if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
            yield f"takes {argument}: name each axis as an argument"
        elif argument.name not in (*axes, arguments.TARGET) and argument.default is argument.empty:
            yield f"takes {argument.name!r}, which is not an axis of the sweep: {', '.join(axes)}"


def _tell(experiment: Declaration, what: str, faults: Iterator[str]) -> None:
    with fence(what, type(experiment)):
        raise_first(type(experiment), what, faults)
