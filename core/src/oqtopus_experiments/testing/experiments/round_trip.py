"""What a run folder keeps of the parameters builds the same experiment again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any

import attrs

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.testing.check import NotConforming
from oqtopus_experiments.testing.experiments.basis import sound
from oqtopus_experiments.testing.experiments.variations import own_parameters, variants


def parameters_come_back_from_a_file(subject: ExperimentSubject) -> None:
    """The parameters as JSON, or as lines of a run file, build the same experiment, whatever values it was given."""
    experiment = sound(subject)
    others = [other for field in own_parameters(experiment) for _, other in variants(experiment, field)]
    for one in (experiment, *others):
        given = one.parameters()
        try:
            text = json.dumps(given, allow_nan=False)
        except (TypeError, ValueError) as error:
            message = f"parameters() of {one!r:.80} are no JSON values: {error}; declare the field with plain="
            raise NotConforming(message) from error
        _check(one, json.loads(text), "JSON")
        _check(one, tomllib.loads(_toml(given)), "a run file")


def _check(experiment: Declaration, options: Mapping[str, Any], what: str) -> None:
    try:
        again = construct(type(experiment), options)
    except ConfigError as error:
        message = f"{what} with its own parameters is refused: {error.path}: {error}"
        raise NotConforming(message) from error
    for field in attrs.fields(type(experiment)):
        kept, back = (getattr(one, field.name) for one in (experiment, again))
        # Which way targets were named is not kept; which they are is.
        if field.name not in ("physical_qubit", "physical_qubits") and kept != back:
            message = f"{field.name} = {kept!r:.60} comes back from {what} as {back!r:.60}"
            raise NotConforming(message)


def _toml(options: Mapping[str, Any]) -> str:
    return "\n".join(f"{name} = {_value(value)}" for name, value in options.items() if value is not None)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(str(key))} = {_value(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value)
