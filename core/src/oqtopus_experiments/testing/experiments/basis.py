"""What several checks look at: made once of a subject, and not looked at where it cannot be made."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TypeVar

import attrs

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.arguments import arguments_of
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import AnalysisError, OqtopusExperimentsError, PluginError, PluginFault
from oqtopus_experiments.execution._on_targets import on_targets as put
from oqtopus_experiments.execution._rehearsal import Rehearsal, rehearse
from oqtopus_experiments.plugins._experiment_calls import model_of, references_of, signals_of, sweep_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming

T = TypeVar("T")


def kept(make: Callable[[ExperimentSubject], T]) -> Callable[[ExperimentSubject], T]:
    """Return a function that remembers what it made of the last subject, or why it could make nothing."""
    last: list[tuple[ExperimentSubject, T | None, BaseException | None]] = []

    @functools.wraps(make)
    def again(subject: ExperimentSubject) -> T:
        if not last or not _is_same(last[0][0], subject):
            last[:] = [(subject, *_tried(make, subject))]
        _, made, refused = last[0]
        if refused is not None:
            raise refused
        return made  # type: ignore[return-value]  # it is there where nothing was refused

    return again


def _tried(make: Callable[[ExperimentSubject], T], subject: ExperimentSubject) -> tuple[T | None, BaseException | None]:
    try:
        return make(subject), None
    except (NotApplicable, NotConforming, OqtopusExperimentsError) as error:
        return None, error


def _is_same(one: ExperimentSubject, other: ExperimentSubject) -> bool:
    """Return whether two subjects are one, or equal; a spread that is NaN in both is the same one."""
    first, second = (attrs.astuple(each, recurse=False) for each in (one, other))
    return one is other or first == second


@kept
def rehearsed(subject: ExperimentSubject) -> Rehearsal:
    """Return what the rehearsal of an experiment came to; see `rehearse` for what it raises."""
    return rehearse(subject.experiment, subject.analyzer)


def sound(subject: ExperimentSubject) -> Declaration:
    """
    Return the experiment of a subject, whose rehearsal passes.

    Raises:
        NotApplicable: When it does not: a check of its own says so.
    """
    try:
        rehearsed(subject)
    except (PluginFault, PluginError, AnalysisError) as error:
        message = "its rehearsal fails, as it_is_rehearsed_without_a_fault says"
        raise NotApplicable(message) from error
    return subject.experiment


def plain_model(subject: ExperimentSubject) -> FitModel:
    """
    Return the model of an experiment that is a function of arrays.

    Raises:
        NotApplicable: When there is none, or it is an ``lmfit.Model``.
    """
    model = model_of(sound(subject))
    if model is None:
        message = "it has no fit model"
        raise NotApplicable(message)
    if not sound_model.is_plain(model):
        message = "its model is an lmfit.Model, whose parameters only the analyzer knows"
        raise NotApplicable(message)
    return model


def truth_of(subject: ExperimentSubject) -> dict[str, float]:
    """
    Return the truth that data of a subject are drawn from.

    Raises:
        NotApplicable: Without a model, or where neither the subject nor its model says what a truth would be.
    """
    model = model_of(sound(subject))
    if model is None:
        message = "it has no fit model to draw data from"
        raise NotApplicable(message)
    if not (subject.truth or model.example):
        message = "nobody says what a truth would be: give FitModel(example=...), or the subject a truth"
        raise NotApplicable(message)
    return dict(subject.truth or model.example)


def true_values(model: FitModel, truth: Mapping[str, float]) -> dict[str, float]:
    """Return the truth with what the model derives of it; what is unknown there, as 1 / 0, is left out."""
    known = dict(truth)
    for name, how in model.derived.items():
        try:
            if callable(how):
                known[name] = float(how(**{one: known[one] for one in arguments_of(how)}))
            else:
                known[name] = _evaluated(how, known)
        except ArithmeticError:
            continue
    return known


def _evaluated(expression: str, known: Mapping[str, float]) -> float:
    """Return the value of an expression, as an author writes it for a derived quantity."""
    import numpy as np

    functions = {name: getattr(np, name) for name in np.__all__ if name not in known}
    # The code of a plugin, which runs here anyway.
    return float(eval(expression.strip(), {"__builtins__": {}}, {**functions, **known}))  # noqa: S307


def on_targets(experiment: Declaration, targets: int) -> Declaration:
    """
    Return an experiment on so many targets side by side.

    Raises:
        NotApplicable: When it has parameters by target, which others have no value of.
    """
    size = experiment.num_qubits
    return on(experiment, [tuple(range(size * index, size * (index + 1))) for index in range(targets)])


def on(experiment: Declaration, targets: list[Target]) -> Declaration:
    """Return an experiment on these targets; raises as `on_targets`."""
    try:
        return put(experiment, targets)
    except (OqtopusExperimentsError, KeyError) as error:
        message = f"it cannot be put on {len(targets)} targets: {error}"
        raise NotApplicable(message) from error


def shared_signals(experiment: Declaration) -> PointSignals:
    """Return the signals of the first target, as those of all: what is asked for each target costs time for each."""
    one = on(experiment, [experiment.targets[0]])
    signals = signals_of(one, sweep_of(one), tuple(references_of(one)))
    return PointSignals(signals.size, [own[:1] for own in signals.signals])
