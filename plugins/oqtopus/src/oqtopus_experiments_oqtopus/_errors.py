"""
What can be wrong with one answer, inside this plugin; users see the errors of `oqtopus_experiments.errors`.

::

    BackendError
    ├── TransientError    no usable answer this time; asking again may help
    ├── RefusedError      the service understood and said no
    ├── DamagedError      a file arrived incomplete or is not such a file; fetching it again may help
    ├── UnusableError     a whole, well-formed result that cannot be right
    └── ClosedError       the run was cancelled, so that nothing more is submitted
"""

from __future__ import annotations

from oqtopus_experiments import BackendError


class TransientError(BackendError):
    """
    No usable answer: no connection, a timeout, 429, 5xx.

    Args:
        message: What was asked and what came back.
        retry_after: Seconds the service asked to wait.
        effect_unknown: Whether the request may have had its effect all the same.
    """

    def __init__(self, message: str, *, retry_after: float | None = None, effect_unknown: bool = True) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.effect_unknown = effect_unknown


class RefusedError(BackendError):
    """
    An answer 4xx that asking again does not change.

    Args:
        status: The HTTP status.
        reason: What the service said.
        what: What was asked.
    """

    def __init__(self, status: int, reason: str, what: str) -> None:
        super().__init__(f"{what}: the service answered {status}: {reason}")
        self.status = status
        self.reason = reason


class DamagedError(TransientError):
    """A downloaded file is truncated, too large, or not a zip of one entry."""


class UnusableError(BackendError):
    """A result that is whole but not one of this circuit: wrong widths, wrong number of shots."""


class InterruptedByUserError(BackendError):
    """Work was stopped from outside; what the service has is safe."""


class ClosedError(BackendError):
    """The run was cancelled: nothing more is submitted for it."""
