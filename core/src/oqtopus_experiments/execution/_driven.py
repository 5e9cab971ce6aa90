"""
Gates whose strength an experiment sweeps, on devices that make them of others: no number is given for their drive.

Core asks and core doubts: an analyzer sees points alone, which look as they would with a perfect drive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.sound_model import inputs_of, is_plain, parameters_of
from oqtopus_experiments.contracts.verdict import Reason, ReasonCode, Verdict
from oqtopus_experiments.plugins import _backend_calls as backend_calls
from oqtopus_experiments.plugins._experiment_calls import driven_of, driven_otherwise_of, model_of
from oqtopus_experiments.runfile._config import RunConfig


def synthesized(experiment: Declaration, backend: Backend) -> dict[str, tuple[int, ...]]:
    """
    Return the gates that an experiment drives and its backend makes of others, each with the physical qubits.

    Raises:
        BackendError: When the device cannot be asked.
        PluginFault: When the code of a plugin fails.
    """
    gates = driven_of(experiment)
    qubits = [qubit for target in experiment.targets for qubit in target]
    return backend_calls.synthesized(backend, gates, qubits) if gates else {}


def notes(config: RunConfig) -> tuple[str, ...]:
    """
    Return what a person should know of the drives of a run before it, each in a sentence.

    Raises:
        BackendError: When the device cannot be asked.
        PluginFault: When the code of a plugin fails.
    """
    return tuple(
        f"{entry.label}: {sentence}"
        for entry in config.experiments
        for sentence in sentences(entry.experiment, synthesized(entry.experiment, config.backend))
    )


def sentences(experiment: Declaration, made: Mapping[str, Sequence[int]]) -> list[str]:
    """Return a sentence for each gate that is made of others."""
    if not made:
        return []
    advice = driven_otherwise_of(experiment)
    return [
        f"the device makes {gate} of other gates on qubit{'s' * (len(on) > 1)} {', '.join(map(str, on))}, so no pulse "
        f"is swept; {advice}"
        for gate, on in made.items()
    ]


def without_undriven(
    analyses: Sequence[Analysis], experiment: Declaration, made: Mapping[str, Sequence[int]]
) -> tuple[Analysis, ...]:
    """
    Return the analyses without what was not measured: of a target whose driven gates are made of others, the headline
    and all that shares a parameter with it have no number, and the verdict says why. The fit stays to be seen.

    Raises:
        PluginFault: When the code of the experiment fails.
    """
    if not made:
        return tuple(analyses)
    model, advice = model_of(experiment), driven_otherwise_of(experiment)
    found = []
    for analysis in analyses:
        gates = [gate for gate, on in made.items() if not set(on).isdisjoint(analysis.target)]
        found.append(_without(analysis, model, _reason(gates, advice)) if gates else analysis)
    return tuple(found)


def _reason(gates: Sequence[str], advice: str) -> Reason:
    named = " and ".join(gates)
    message = f"the device makes {named} of other gates, so no pulse was swept and no number is given; {advice}"
    return Reason(ReasonCode.NOT_DRIVEN, message, "suspect")


def _without(analysis: Analysis, model: FitModel | None, reason: Reason) -> Analysis:
    lost = _shares_a_parameter(model, [quantity.name for quantity in analysis.quantities])
    covariance = analysis.covariance
    if covariance is not None:
        covariance = np.where(np.logical_or.outer(lost, lost), math.nan, covariance)
    return attrs.evolve(
        analysis,
        quantities=[
            Quantity(one.name, math.nan, math.nan, one.unit, symbol=one.symbol) if gone else one
            for one, gone in zip(analysis.quantities, lost, strict=True)
        ],
        covariance=covariance,
        verdict=Verdict((*analysis.verdict.reasons, reason)),
    )


def _shares_a_parameter(model: FitModel | None, names: Sequence[str]) -> list[bool]:
    """Return for each quantity whether it shares a parameter with the first of them, the headline."""
    known = () if model is None else _names(model)
    # Of what is not a quantity of the model nobody knows what it is computed from.
    if model is None or not set(names) <= set(known):
        return [True] * len(names)
    roots = [_parameters(model, name, known) for name in names]
    return [not roots[0].isdisjoint(one) for one in roots]


def _names(model: FitModel) -> tuple[str, ...]:
    parameters = parameters_of(model, ()) if is_plain(model) else ()
    return (*parameters, *model.quantities, *model.bounds, *model.derived)


def _parameters(model: FitModel, name: str, known: Sequence[str]) -> frozenset[str]:
    """Return what a quantity is computed from: itself where it is a parameter."""
    derived = model.derived.get(name)
    if derived is None:
        return frozenset({name})
    return frozenset[str]().union(*(_parameters(model, one, known) for one in inputs_of(derived, known) if one != name))
