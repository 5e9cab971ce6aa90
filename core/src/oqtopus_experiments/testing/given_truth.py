"""The truth that a subject gives, held against the parameters of the model it is to be a truth of."""

from __future__ import annotations

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.arguments import arguments_of
from oqtopus_experiments.contracts.subject import BackendSubject, Subject
from oqtopus_experiments.errors import ConfigError, PluginError
from oqtopus_experiments.plugins._experiment_calls import model_of, sweep_of
from oqtopus_experiments.support._suggestions import suggest


def check_truth(subject: Subject) -> None:
    """
    Refuse a truth that leaves out a parameter of the model, or holds another.

    Raises:
        ConfigError: Naming the parameter.
    """
    if isinstance(subject, BackendSubject) or not subject.truth or subject.experiment is None:
        return
    experiment = subject.experiment
    try:
        model, sweep = model_of(experiment), sweep_of(experiment)
    except PluginError:  # a check says what is wrong with it
        return
    if model is None:
        message = f"{experiment.name!r} has no model, so nobody looks at the truth of its subject; take it out"
        raise ConfigError(message)
    if sound_model.is_plain(model):
        known = list(sound_model.parameters_of(model, [axis.name for axis in sweep.axes]))
    else:
        of_references = [name for function in model.references.values() for name in arguments_of(function)]
        known = list(dict.fromkeys([*model.function.param_names, *of_references]))
    for name in subject.truth:
        if name not in known:
            message = f"the truth holds {name!r}, which is not a parameter of the model of {experiment.name!r}"
            raise ConfigError(f"{message}{suggest(name, known)}")
    missing = [name for name in known if name not in subject.truth]
    if missing:
        message = f"the truth has no value of {missing[0]!r}, a parameter of the model of {experiment.name!r}"
        raise ConfigError(message)
