"""A person who has never seen the code knows what each parameter and each number means."""

from __future__ import annotations

import inspect
import re

from oqtopus_experiments.contracts.declared_fields import help_of
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.execution._analyzing import chosen_analyzer
from oqtopus_experiments.plugins._experiment_calls import model_of
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import rehearsed, sound
from oqtopus_experiments.testing.experiments.variations import own_parameters


def each_parameter_has_a_help(subject: ExperimentSubject) -> None:
    """Every parameter of the author's own has a phrase for `oqx show`."""
    fields = own_parameters(subject.experiment)
    if not fields:
        message = "it has no parameters"
        raise NotApplicable(message)
    silent = [field.name for field in fields if not help_of(field).strip()]
    if silent:
        message = f"{', '.join(silent)} without a help: write parameter(..., help='number of delays')"
        raise NotConforming(message)


def the_documentation_names_what_is_reported(subject: ExperimentSubject) -> None:
    """The docstring of the class, or that of its analyzer, names every quantity and array that is reported."""
    experiment = sound(subject)
    model = model_of(experiment)
    owners = [type(experiment), type(chosen_analyzer(experiment, subject.analyzer))]
    if not (vars(owners[0]).get("__doc__") or "").strip():
        message = f"{owners[0].__name__} has no docstring: one sentence says what is measured against what"
        raise NotConforming(message)
    # The default analyzer reports what the model lists; what it is called is the business of the experiment.
    text = " ".join(inspect.getdoc(owner) or "" for owner in (owners[:1] if model else owners))
    names = rehearsed(subject).quantities
    unsaid = [name for name in names if not re.search(rf"\b{re.escape(name)}\b", text)]
    if unsaid:
        message = f"{', '.join(unsaid)} is reported, and no docstring says what it is: write it as `{unsaid[0]}`"
        raise NotConforming(message)
