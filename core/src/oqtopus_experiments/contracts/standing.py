"""How what is waited for is doing: told by a job where it waits, heard by whoever watches; handed through by nobody."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from attrs import frozen


@frozen
class Standing:
    """
    What the circuits of a job that have no outcome yet are doing.

    Args:
        waiting: How many of them wait for their turn.
        running: How many of them are being run.
        ahead: How many jobs of others come before them; None where nobody says.
    """

    waiting: int
    running: int = 0
    ahead: int | None = None


_listener: ContextVar[Callable[[Standing], None] | None] = ContextVar("listener", default=None)


def tell(standing: Standing) -> None:
    """Say how a job is doing, from within `Job.outcomes`, now and then; nothing happens where nobody listens."""
    listener = _listener.get()
    if listener is not None:
        listener(standing)


@contextlib.contextmanager
def heard_by(listener: Callable[[Standing], None] | None) -> Iterator[None]:
    """Let somebody hear what is told while this lasts; None lets nobody."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
