"""How pieces of a batch are simulated by workers in other processes: what is sent, and what comes back."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

from attrs import frozen

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure

Simulate: TypeAlias = Callable[[Sequence[int]], Sequence[Counts | Failure]]
"""Given positions of circuits in the batch, returns what comes of each, in the same order."""


class Errand(ABC):
    """What a `SimulatedJob` gives its workers where they are elsewhere."""

    @abstractmethod
    def pack(self, positions: Sequence[int]) -> Callable[[], Any]:
        """
        Return what simulates the circuits at these positions wherever it is called; it can be pickled.

        It is called in whichever thread gives out pieces: what takes its time is better done as it is pickled.
        """

    @abstractmethod
    def unpack(self, answer: Any) -> tuple[float, Sequence[Counts | Failure]]:
        """
        Return how many seconds it took there, and what came of each circuit, of what that returned.

        Called once for each piece, here. The seconds tell how large the next pieces may be.
        """

    def failed(self, positions: Sequence[int], error: BaseException) -> BaseException:
        """Return the error that ends the job, of what was raised in place of an answer; by default that itself."""
        return error


@frozen
class Here(Errand):
    """Nothing is sent."""

    simulate: Simulate

    def pack(self, positions: Sequence[int]) -> Callable[[], tuple[float, Sequence[Counts | Failure]]]:
        """Return the call itself."""
        return partial(_timed, self.simulate, positions)

    def unpack(self, answer: tuple[float, Sequence[Counts | Failure]]) -> tuple[float, Sequence[Counts | Failure]]:
        """Return what it returned."""
        return answer


def _timed(simulate: Simulate, positions: Sequence[int]) -> tuple[float, Sequence[Counts | Failure]]:
    begin = time.perf_counter()
    results = simulate(positions)
    return time.perf_counter() - begin, results
