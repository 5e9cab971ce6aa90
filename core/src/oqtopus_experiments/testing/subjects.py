"""What a plugin is verified by: what its hook says, else an instance with its defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.subject import AnalyzerSubject, BackendSubject, ExperimentSubject, Subject
from oqtopus_experiments.errors import ConfigError, PluginError
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._plugin import Plugin
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.support._suggestions import suggest
from oqtopus_experiments.testing.check import Kind

VERIFIED: tuple[Kind, ...] = ("experiment", "backend", "analyzer")
HOOK = "conformance_subjects"


def kind_of(subject: Subject) -> Kind:
    """
    Return whether a subject is an experiment, a backend or an analyzer.

    Raises:
        ConfigError: When it is no subject at all.
    """
    match subject:
        case ExperimentSubject():
            return "experiment"
        case BackendSubject():
            return "backend"
        case AnalyzerSubject():
            return "analyzer"
    message = f"a subject is an ExperimentSubject, a BackendSubject or an AnalyzerSubject, not {subject!r:.60}"
    raise ConfigError(message)


def subjects_of(name: str, kind: Kind | None = None, options: Mapping[str, Any] | None = None) -> list[Subject]:
    """
    Return what an installed plugin is verified by: what its hook says, else an instance with its defaults.

    An analyzer is verified on an experiment of its plugin that names it, where there is one.

    Args:
        name: As in a run file: ``t1``, ``noisy``, ``curvefit``.
        kind: Of which kind, where a name is that of two.
        options: Values of parameters as in a run file, in place of those of the hook and of the defaults.

    Raises:
        PluginError: When nothing is called that, or its hook fails.
        ConfigError: For an option that it does not have, or refuses.
    """
    offered = registry()
    kinds = [one for one in VERIFIED if name in offered.classes(one) and kind in (None, one)]
    if not kinds:
        known = [known for one in VERIFIED if kind in (None, one) for known in offered.classes(one)]
        what = f"no {kind}" if kind else "nothing"
        message = f"{what} is called {name!r}{suggest(name, known)}; see `oqx list`"
        raise PluginError(message)
    return [subject for one in kinds for subject in _subjects(one, offered.get(one, name), options or {})]


def _subjects(kind: Kind, cls: type[Any], options: Mapping[str, Any]) -> list[Subject]:
    told = [subject for subject in _told(cls) if type(subject.verified) is cls]
    if not told:
        return [_subject(kind, construct(cls, options))]
    if not options:
        return told
    made = construct(cls, options)
    given = {field.alias: getattr(made, field.name) for field in attrs.fields(cls) if field.alias in options}
    return [_with(one, attrs.evolve(one.verified, **given)) for one in told]


def _with(subject: Subject, verified: Any) -> Subject:
    match subject:
        case ExperimentSubject():
            return attrs.evolve(subject, experiment=verified)
        case BackendSubject():
            return attrs.evolve(subject, backend=verified)
        case AnalyzerSubject():
            return attrs.evolve(subject, analyzer=verified)


def _subject(kind: Kind, made: Any) -> Subject:
    if kind == "experiment":
        return ExperimentSubject(experiment=made)
    if kind == "backend":
        return BackendSubject(backend=made)
    return AnalyzerSubject(analyzer=made, experiment=_made_for(made))


def _made_for(analyzer: Analyzer) -> Declaration | None:
    """Return an experiment of the same plugin that names an analyzer; None without."""
    plugin = registry().provider(type(analyzer))
    classes = plugin.provides["experiment"] if plugin else []
    return next((construct(cls, {}) for cls in classes if cls.analyzer == analyzer.name), None)


def _told(cls: type[Any]) -> list[Subject]:
    """
    Return what the plugin of a class says its classes are verified by.

    Raises:
        PluginFault: When its hook fails, or gives something else than subjects of its own classes.
    """
    plugin = registry().provider(cls)
    found: list[Subject] = []
    for hook in plugin.hooks if plugin else ():
        if hook.name != HOOK:
            continue
        with fence(hook.name, hook.owner):
            subjects = hook({})
            if problem := _problem(subjects, plugin):
                message = f"{hook.name} {problem}"
                raise PluginError(message)
            found += subjects
    return found


def _problem(given: object, plugin: Plugin | None) -> str:
    """Return what is wrong with the answer of a hook, as the rest of a sentence; empty when nothing is."""
    if not isinstance(given, (list, tuple)) or not all(isinstance(one, Subject) for one in given):
        return f"must return a list of subjects, as [ExperimentSubject(experiment=...)], not {given!r:.80}"
    foreign = [type(one.verified).__name__ for one in given if registry().provider(type(one.verified)) is not plugin]
    return f"gives a subject of {foreign[0]}, a class that its plugin does not register" if foreign else ""
