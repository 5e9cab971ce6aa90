"""The conformance kit at work: every check of a kind on one subject, each behind a fence."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from oqtopus_experiments.contracts.subject import Subject
from oqtopus_experiments.errors import ConfigError, PluginFault
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.support._suggestions import suggest
from oqtopus_experiments.testing import analyzers, backends, experiments
from oqtopus_experiments.testing.check import Check, CheckOutcome, NotApplicable, NotConforming, State
from oqtopus_experiments.testing.given_truth import check_truth
from oqtopus_experiments.testing.subjects import kind_of

CHECKS: tuple[Check, ...] = (*experiments.CHECKS, *backends.CHECKS, *analyzers.CHECKS)
"""All checks, in the order in which they run."""


def checks_of(subject: Subject, only: Sequence[str] = ()) -> tuple[Check, ...]:
    """
    Return the checks of a subject's kind.

    Args:
        subject: What is verified.
        only: Names of those that are wanted; all of them where empty.

    Raises:
        ConfigError: When `only`, or a deviation of the subject, names no check of its kind; when it is not a subject;
            when its truth is not one of its model.
    """
    kind = kind_of(subject)
    checks = {check.name: check for check in CHECKS if check.kind == kind}
    for name in only:
        if name not in checks:
            message = f"no check of {kind}s is called {name!r}{suggest(name, checks)}"
            raise ConfigError(message)
    for name in subject.deviations:
        if name not in checks:
            message = f"the deviation {name!r} names no check of {kind}s{suggest(name, checks)}"
            raise ConfigError(message)
    for name, reason in subject.deviations.items():
        if not isinstance(reason, str) or not reason.strip():
            message = f"the deviation {name!r} needs a reason, in a sentence, not {reason!r:.40}"
            raise ConfigError(message)
    check_truth(subject)
    return tuple(check for check in checks.values() if not only or check.name in only)


def verify(subject: Subject, only: Sequence[str] = ()) -> Iterator[CheckOutcome]:
    """
    Run the checks of a subject's kind, and yield what came of each.

    Args:
        subject: What is verified.
        only: Names of the checks to run; all of them where empty.

    Raises:
        ConfigError: When `only`, or a deviation of the subject, names no check of its kind.
    """
    for check in checks_of(subject, only):
        yield run_check(check, subject)


def run_check(check: Check, subject: Subject) -> CheckOutcome:
    """Run one check, and hold what came of it against what the subject admits."""
    started = time.monotonic()
    state, reason = _looked(check, subject)
    admitted = subject.deviations.get(check.name)
    if admitted is not None and state == "failed":
        state, reason = "deviates", f"{admitted} ({reason})"
    elif admitted is not None and state == "passed":
        state, reason = "failed", "it does not deviate any more: take the deviation out"
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
