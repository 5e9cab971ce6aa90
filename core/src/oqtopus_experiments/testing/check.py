"""One check of the conformance kit, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

Kind: TypeAlias = Literal["experiment", "backend", "analyzer"]
State: TypeAlias = Literal["passed", "failed", "skipped", "deviates"]


class NotConforming(AssertionError):  # noqa: N818  # said of a plugin, not of who calls
    """A plugin breaks the promise of a check; the message says what, at which point, and what to do."""


class NotApplicable(Exception):  # noqa: N818  # no error: there is nothing to look at
    """A check has nothing to look at in a plugin; the message says why."""


@frozen
class Check:
    """
    One promise of the contract, and how it is checked.

    Args:
        kind: Of which plugins: an experiment, a backend or an analyzer.
        function: Takes the subject; raises `NotConforming` or `NotApplicable`, and returns where all is well.
    """

    kind: Kind
    function: Callable[[Any], None] = field(repr=False)

    @property
    def name(self) -> str:
        """Its name, as ``oqx verify --only`` takes it."""
        return self.function.__name__

    @property
    def promise(self) -> str:
        """What it promises, in a sentence."""
        return " ".join((self.function.__doc__ or "").split("\n\n")[0].split())


@frozen
class CheckOutcome:
    """
    What came of one check of one subject.

    Args:
        check: The check.
        state: ``passed``, ``failed``, ``skipped`` (there is nothing to look at) or ``deviates`` (fails, as its subject
            admits).
        reason: Why, in a sentence; empty where it passed.
        seconds: How long it took.
    """

    check: Check
    state: State
    reason: str = ""
    seconds: float = 0.0
