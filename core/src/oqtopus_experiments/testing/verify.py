"""The conformance kit at work: every check of a kind on one subject, each behind a fence."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from oqtopus_experiments.contracts.subject import AnalyzerSubject, BackendSubject, ExperimentSubject, Subject
from oqtopus_experiments.errors import ConfigError, PluginError, PluginFault
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._plugin import KINDS
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.support._suggestions import suggest
from oqtopus_experiments.testing import analyzers, backends, experiments
from oqtopus_experiments.testing.check import Check, CheckOutcome, Kind, NotApplicable, NotConforming, State

CHECKS: tuple[Check, ...] = (*experiments.CHECKS, *backends.CHECKS, *analyzers.CHECKS)
"""All checks, in the order in which they run."""


def kind_of(subject: Subject) -> Kind:
    """Return whether a subject is an experiment, a backend or an analyzer."""
    match subject:
        case ExperimentSubject():
            return "experiment"
        case BackendSubject():
            return "backend"
        case AnalyzerSubject():
            return "analyzer"


def subjects_of(name: str, kind: Kind | None = None) -> list[Subject]:
    """
    Return what an installed plugin is verified by: what its hook says, else an instance with its defaults.

    Args:
        name: As in a run file: ``t1``, ``noisy``, ``curvefit``.
        kind: Of which kind, where a name is that of two.

    Raises:
        PluginError: When nothing is called that.
        ConfigError: When it has options without a default, and its plugin has no hook that says them.
    """
    offered = registry()
    kinds = [one for one in KINDS if name in offered.classes(one) and kind in (None, one)]
    if not kinds:
        known = [known for one in KINDS for known in offered.classes(one)]
        message = f"nothing is called {name!r}{suggest(name, known)}; see `oqx list`"
        raise PluginError(message)
    return [subject for one in kinds for subject in _subjects(one, offered.get(one, name))]


def _subjects(kind: Kind, cls: type[Any]) -> list[Subject]:
    told = [subject for subject in _told(cls) if type(subject.verified) is cls]
    return told or [subject_with_defaults(kind, cls)]


def subject_with_defaults(kind: Kind, cls: type[Any]) -> Subject:
    """
    Return a class with all its defaults as what is verified.

    Raises:
        ConfigError: When it has options without a default.
    """
    made = construct(cls, {})
    if kind == "experiment":
        return ExperimentSubject(experiment=made)
    return BackendSubject(backend=made) if kind == "backend" else AnalyzerSubject(analyzer=made)


def _told(cls: type[Any]) -> list[Subject]:
    """Return what the plugin of a class says it is verified by."""
    plugin = registry().provider(cls)
    found: list[Subject] = []
    for hook in plugin.hooks if plugin else ():
        if hook.name != "conformance_subjects":
            continue
        with fence(hook.name, hook.owner):
            subjects = hook({})
            if not isinstance(subjects, (list, tuple)) or not all(isinstance(one, Subject) for one in subjects):
                message = f"{hook.name} must return a list of subjects, not {subjects!r:.60}"
                raise PluginError(message)
            found += subjects
    return found


def verify(subject: Subject, only: Sequence[str] = ()) -> Iterator[CheckOutcome]:
    """
    Run the checks of a subject's kind, and yield what came of each.

    Args:
        subject: What is verified.
        only: Names of the checks to run; all of them where empty.

    Raises:
        ConfigError: When `only`, or a deviation of the subject, names no check of its kind.
    """
    checks = {check.name: check for check in CHECKS if check.kind == kind_of(subject)}
    for name in (*only, *subject.deviations):
        if name not in checks:
            message = f"no check of {kind_of(subject)}s is called {name!r}{suggest(name, checks)}"
            raise ConfigError(message)
    for check in checks.values():
        if not only or check.name in only:
            yield run_check(check, subject)


def run_check(check: Check, subject: Subject) -> CheckOutcome:
    """Run one check, and hold what came of it against what the subject admits."""
    started = time.monotonic()
    state, reason = _looked(check, subject)
    admitted = subject.deviations.get(check.name)
    if admitted is not None and state == "failed":
        state, reason = "deviates", f"{admitted} ({reason})"
    elif admitted is not None:
        state, reason = "failed", f"it does not deviate any more ({state}): take the deviation out"
    return CheckOutcome(check, state, reason, time.monotonic() - started)


def _looked(check: Check, subject: Subject) -> tuple[State, str]:
    try:
        with fence(check.name, type(subject.verified)):
            check.function(subject)
    except PluginFault as fault:
        match fault.__cause__:
            case NotApplicable() as told:
                return "skipped", str(told)
            case NotConforming() as told:
                return "failed", str(told)
            case _:
                return "failed", str(fault)
    return "passed", ""
