"""A value that cannot be is refused when it is given, and not by a crash of something else later."""

from __future__ import annotations

from oqtopus_experiments.contracts.declared_fields import declared_types
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import sound
from oqtopus_experiments.testing.experiments.odd_values import NEVER, accepted, accepts, elsewhere, is_of
from oqtopus_experiments.testing.experiments.variations import own_parameters


def a_bad_value_is_refused_when_it_is_given(subject: ExperimentSubject) -> None:
    """No number, a wrong type, zero, a negative and a huge value are refused by a ParameterError, or they work."""
    experiment = sound(subject)
    fields = own_parameters(experiment)
    if not fields:
        message = "it has no parameters"
        raise NotApplicable(message)
    for field in fields:
        kinds = declared_types(field)
        if kinds - {"None"} <= NEVER.keys():
            never = [value for kind in kinds & NEVER.keys() for value in NEVER[kind]]
            for value in never:
                if not any(is_of(value, kind) for kind in kinds) and accepts(experiment, field, value):
                    message = f"{field.name} = {value!r} is accepted, which is no {' or '.join(sorted(kinds))}"
                    raise NotConforming(message)
    for (name, value), trouble in zip(accepted(experiment), elsewhere(subject)["troubles"], strict=True):
        if trouble:
            message = f"{name} = {value!r} is accepted, and then: {trouble:.200}; refuse it by ge, gt, le or lt"
            raise NotConforming(message)
