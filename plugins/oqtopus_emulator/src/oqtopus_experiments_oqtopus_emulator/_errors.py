"""Errors the server answers with, and errors a job ends with."""

from __future__ import annotations


class ApiError(Exception):
    """
    An answer other than 200.

    Args:
        status: HTTP status.
        message: Text the user sees.
    """

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        super().__init__(message)


class InternalError(Exception):
    """Something the service answers with 500, because it does not check for it."""


class JobFailure(Exception):  # noqa: N818  # a job fails, the server does not
    """A job ends as failed; the text is what its user sees."""


TRANSPILE_FAILED = "Expecting value: line 1 column 1 (char 0)"
"""What users see for every failure of the transpiler: the engine parses its empty answer as JSON."""
GATEWAY_FAILED = "failed to execute job on device"
"""What users see for every failure of the device."""
DEVICE_INACTIVE = "device status is not available"
"""What users see when the device went out of service after they submitted."""
