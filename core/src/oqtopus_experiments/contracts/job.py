"""A submitted batch: ask how it is doing, and take its outcomes as they arrive."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure, Outcome

JobStatus: TypeAlias = Literal["submitted", "running", "succeeded", "failed", "cancelled"]
"""The states of a job; the last three are final."""


@frozen
class PartState:
    """
    One of the jobs that a batch became.

    Args:
        index: Position of its circuit in the batch; what people see is the number of the circuit in the experiment.
        job_id: Its id at the backend.
        status: Its state, in the words of the backend.
        detail: What else there is to say, such as why it failed.
        lost: Whether it has ended and will never have counts.
    """

    index: int
    job_id: str
    status: str
    detail: str = ""
    lost: bool = False


class Job(ABC):
    """A submitted batch."""

    @property
    @abstractmethod
    def id(self) -> str:
        """Name under which `Backend.job` finds it again."""

    @abstractmethod
    def status(self) -> JobStatus:
        """Return the state of the whole batch now."""

    @abstractmethod
    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """
        Yield the outcome of every circuit once, as they arrive, in any order.

        Args:
            timeout: Seconds to wait in all; None waits for as long as it takes.

        Raises:
            JobError: When the time is up. The job itself goes on; calling again yields every outcome again.
        """

    def begin(self) -> None:  # noqa: B027  # most begin as they are submitted
        """Set about the work without being asked for outcomes, where the work is done in this process."""

    def beside(self, known: Mapping[int, Counts | Failure]) -> Job:
        """
        Return a job of the same batch where these results stand already.

        By default counts that are known take the place of those of this job, which is waited for.

        Args:
            known: Results by index of the circuit in the batch.
        """
        kept = {index: result for index, result in known.items() if isinstance(result, Counts)}
        if not kept:
            return self
        # Counts that are kept keep their time, too, which is not that of this job.
        outcomes = [Outcome(o.index, kept[o.index]) if o.index in kept else o for o in self.outcomes()]
        return FinishedJob(self.id, outcomes, self.metadata)

    def cancel(self) -> None:  # noqa: B027  # a finished job has nothing to cancel
        """Ask the backend to stop what has not run yet. What has run is still yielded."""

    @property
    def metadata(self) -> Mapping[str, Any]:
        """``job_id`` and ``status``, and whatever else the backend knows: times, device, ids of parts."""
        return {"job_id": self.id, "status": self.status()}


def _as_outcomes(outcomes: Iterable[Outcome]) -> tuple[Outcome, ...]:
    return tuple(outcomes)


@frozen
class FinishedJob(Job):
    """The job of a simulator: all outcomes are there when it is made."""

    id: str
    _outcomes: tuple[Outcome, ...] = field(converter=_as_outcomes, repr=False)
    _metadata: Mapping[str, Any] = field(factory=dict, repr=False)

    def status(self) -> JobStatus:
        """Return ``succeeded``, or ``failed`` when no circuit has counts."""
        return "succeeded" if any(isinstance(o.result, Counts) for o in self._outcomes) else "failed"

    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """Yield all outcomes in order."""
        yield from self._outcomes

    def arrivals(self, timeout: float | None = None) -> Iterator[Sequence[Outcome]]:
        """Yield all outcomes together."""
        yield self._outcomes

    @property
    def metadata(self) -> Mapping[str, Any]:
        """``job_id``, ``status``, and what the backend added."""
        return {"job_id": self.id, "status": self.status(), **self._metadata}
