"""
What every submission passes, and `oqx cancel` closes, while another process holds the journal and submits.

A backend makes each single request that submits something inside ``with journal.gate.passing() as allowed:``, and not
at all unless it is allowed; that holds for a request that is repeated, too. `close` lets nothing more begin and waits
for what is under way: when it returns, nothing more is submitted by any process. On file systems without locks nobody
can be waited for; so a backend looks once more, at `closed`, after each submission, and cancels what it submitted.
"""

from __future__ import annotations

import contextlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator

PATIENCE = 60.0
"""Seconds to wait for a request under way; none should take longer."""


class Gate(ABC):
    """Open until it is closed; nothing is submitted through a closed one."""

    @property
    @abstractmethod
    def closed(self) -> bool:
        """Whether it is closed now, by any process."""

    @abstractmethod
    def passing(self) -> contextlib.AbstractContextManager[bool]:
        """
        Hold the gate for one request that submits something; many may hold it at once.

        Yields:
            Whether it is open; nothing may be submitted unless it is.
        """

    @abstractmethod
    def close(self, patience: float = PATIENCE) -> bool:
        """
        Let nothing more pass, and wait for those who are passing.

        Args:
            patience: Seconds to wait at most.

        Returns:
            Whether all of them have passed; those who have not will see that it is closed.
        """

    @abstractmethod
    def reopen(self) -> None:
        """Let submissions pass again."""


class MemoryGate(Gate):
    """A gate between the threads of this process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._passing = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether it is closed now."""
        return self._closed

    @contextlib.contextmanager
    def passing(self) -> Iterator[bool]:
        """Hold the gate for one request."""
        with self._changed:
            allowed = not self._closed
            self._passing += allowed
        try:
            yield allowed
        finally:
            with self._changed:
                self._passing -= allowed
                self._changed.notify_all()

    def close(self, patience: float = PATIENCE) -> bool:
        """Let nothing more pass, and wait for those who are passing."""
        with self._changed:
            self._closed = True
            return self._changed.wait_for(lambda: not self._passing, patience)

    def reopen(self) -> None:
        """Let submissions pass again."""
        self._closed = False
