"""What is asked of the service that runs jobs: the boundary at which tests put another in its place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import frozen

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import PubResult
    from qiskit.providers import BackendV2

State: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: frozenset[State] = frozenset({"done", "failed", "cancelled"})


@frozen
class JobState:
    """
    How a job is doing.

    Args:
        state: In one word.
        reason: Why it failed, where it did.
    """

    state: State
    reason: str = ""


@frozen
class Answer:
    """
    What came of one circuit of a job.

    Args:
        result: Its bits.
        time: When it ran, in seconds since 1970 (UTC); None where the service does not say.
    """

    result: PubResult
    time: float | None = None


class Service(ABC):
    """A queue of jobs, each with several circuits. Whatever goes wrong is a `BackendError` that names the job."""

    @abstractmethod
    def device(self, name: str) -> BackendV2:
        """Return the device of that name, as circuits are compiled for it."""

    @abstractmethod
    def submit(self, device: str, circuits: Sequence[QuantumCircuit], shots: int, tag: str) -> str:
        """Submit compiled circuits as one job that bears a tag, and return its id."""

    @abstractmethod
    def tagged(self, tag: str) -> Sequence[str]:
        """Return the ids of the jobs that bear a tag."""

    @abstractmethod
    def state(self, job_id: str) -> JobState:
        """Return how a job is doing."""

    @abstractmethod
    def results(self, job_id: str) -> Sequence[Answer]:
        """Return the answers of a job that is done, in the order of its circuits."""

    @abstractmethod
    def cancel(self, job_id: str) -> bool:
        """Ask for a job to be stopped; return whether there was something to stop."""
