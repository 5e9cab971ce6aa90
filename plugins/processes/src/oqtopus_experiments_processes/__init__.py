"""Simulations and analyses on the cores of this computer: a backend and an executor of processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from oqtopus_experiments import Backend, ExecutorProvider, hookimpl
from oqtopus_experiments.spreading import SpreadBackend, cores, workers_here

if TYPE_CHECKING:
    from oqtopus_experiments.testing import Subject

WORKERS_HELP = "how many processes; by default as many as there are cores for this process"


@frozen(kw_only=True)
class Processes(ExecutorProvider):
    """Processes on this computer, which share its cores."""

    name: ClassVar[str] = "processes"
    workers: int | None = workers_here(WORKERS_HELP)

    @contextmanager
    def open(self) -> Iterator[Executor]:
        """Yield an executor whose processes begin when they are needed, and end with it."""
        from oqtopus_experiments_processes._executor import ProcessExecutor

        with ProcessExecutor(self.workers or cores()) as executor:
            yield executor

    def pieces_at_once(self, executor: Executor) -> int:
        """Return how many processes there are."""
        return self.workers or cores()


@frozen(kw_only=True)
class ProcessesBackend(SpreadBackend):
    """
    A simulator on all cores of this computer.

    Counts are those of the simulator alone, whatever the number of processes. A process that is lost is replaced, and
    what it was simulating is simulated again; the end of the client is theirs.
    """

    name: ClassVar[str] = "processes"
    manner: ClassVar[tuple[str, ...]] = ("seed", "workers")
    workers: int | None = workers_here(WORKERS_HELP)

    def provider(self) -> Processes:
        """Return the processes of this computer."""
        return Processes(workers=self.workers)


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [ProcessesBackend]


@hookimpl
def register_executors() -> list[type[ExecutorProvider]]:
    """Return the executor of this plugin."""
    return [Processes]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return the backend with the simulator that is used where none is named."""
    from oqtopus_experiments.backends import LocalBackend
    from oqtopus_experiments.testing import BackendSubject

    return [BackendSubject(backend=ProcessesBackend(inner=LocalBackend(), workers=2))]
