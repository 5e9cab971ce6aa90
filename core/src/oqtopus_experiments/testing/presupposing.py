"""Checks that stand on others: a plugin that breaks one promise is told of that one, not of all that follow from it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeAlias

from oqtopus_experiments.errors import AuthenticationError, PluginFault
from oqtopus_experiments.plugins._fence import fence
from oqtopus_experiments.testing.check import NotApplicable

Function: TypeAlias = Callable[[Any], None]


class PresupposedError(NotApplicable):
    """A check that others stand on fails, and says what is wrong."""


def presupposing(*bases: Function) -> Callable[[Function], Function]:
    """
    Mark a check that says nothing new where one of others fails.

    These are looked at when it fails itself, so that a sound plugin is not asked twice. Where nobody has credentials
    for what is verified, there is nothing to check either.

    Args:
        *bases: The checks it stands on, the first that may be at fault first.
    """

    def marked(check: Function) -> Function:
        @functools.wraps(check)
        def checked(subject: Any) -> None:
            fault = _fault(check, subject)
            if fault is None:
                return
            cause = fault.__cause__ or fault
            if isinstance(cause, AuthenticationError):
                raise NotApplicable(str(cause)) from cause
            if not isinstance(cause, NotApplicable):
                for base in bases:
                    if _fails(base, subject):
                        message = f"it stands on {base.__name__}, which does not pass"
                        raise PresupposedError(message) from cause
            raise cause

        return checked

    return marked


def _fault(check: Function, subject: Any) -> PluginFault | None:
    try:
        with fence(check.__name__, type(subject.verified)):
            check(subject)
    except PluginFault as fault:
        return fault
    return None


def _fails(check: Function, subject: Any) -> bool:
    fault = _fault(check, subject)
    if fault is None:
        return False
    return isinstance(fault.__cause__, PresupposedError) or not isinstance(fault.__cause__, NotApplicable)
