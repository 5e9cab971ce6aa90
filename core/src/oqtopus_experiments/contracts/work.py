"""What stands in line for workers: a job that gives out its circuits a piece at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any


class Work(ABC):
    """What stands in line. But for `task` its methods are called while the line is held, and raise nothing."""

    @abstractmethod
    def task(self, piece: Sequence[int]) -> Callable[[], Any]:
        """Return what simulates a piece; both are called without the line, that perhaps in another process."""

    @property
    @abstractmethod
    def left(self) -> int:
        """How many circuits have not been given out; none after an error."""

    @abstractmethod
    def next_piece(self, workers: int) -> Sequence[int]:
        """
        Return the circuits that are to be simulated next; there are some left.

        Args:
            workers: How many there are to share what is left.
        """

    @abstractmethod
    def give_back(self, piece: Sequence[int]) -> None:
        """Have a piece again that nobody took."""

    @abstractmethod
    def failed(self, error: BaseException) -> None:
        """Come to an end: nothing of what is left can be simulated."""

    @abstractmethod
    def returned(self, piece: Sequence[int], simulated: Future[Any]) -> None:
        """A piece was simulated, or failed: its future holds what its task returned, or the error."""

    @abstractmethod
    def is_news(self) -> bool:
        """Return whether those who wait are to look now; asked after each piece, which may have been a short one."""
