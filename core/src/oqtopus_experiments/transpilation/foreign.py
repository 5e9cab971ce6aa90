"""Devices and samplers that somebody else wrote: what they raise becomes one of our errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from oqtopus_experiments.errors import BackendError

T = TypeVar("T")


def asked(where: str, ask: Callable[[], T]) -> T:
    """
    Return what a device or a sampler answers.

    Args:
        where: Which, and what it is asked for; the message begins with it.
        ask: Asks.

    Raises:
        BackendError: Whatever it raises.
    """
    try:
        return ask()
    except BackendError:
        raise
    except Exception as error:  # nothing is common to what they raise
        message = f"{where}: {told(error)}; nothing of it was counted"
        raise BackendError(message) from error


def told(error: BaseException) -> str:
    """Return what an error says, in one line and bounded: Qiskit quotes, and writes whole circuits into some."""
    text = str(error.args[0]) if len(error.args) == 1 else str(error)
    line = " ".join(text.strip("'\"").split())
    return f"{type(error).__name__}: {line[:500]}" if line else type(error).__name__
