"""Simulations and analyses on a Dask cluster: a backend and an executor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from oqtopus_experiments import Backend, ExecutorProvider, hookimpl, parameter
from oqtopus_experiments.spreading import SpreadBackend, workers_here
from oqtopus_experiments_dask._worker import address

if TYPE_CHECKING:
    from oqtopus_experiments.testing import Subject

SCHEDULER_HELP = 'address of a scheduler, "tcp://host:8786"; in Python also a Client; none: a cluster on this computer'
WORKERS_HELP = "workers of the cluster on this computer; by default as many as there are cores"


def as_scheduler(value: Any) -> Any:
    """
    Return what is meant by a scheduler: an address, a Dask client, or None.

    Raises:
        ValueError: For anything else.
    """
    if value is None or (isinstance(value, str) and "://" in value):
        return value
    if not isinstance(value, (str, int, float, bool, list, tuple, dict)):
        from distributed import Client

        if isinstance(value, Client):
            return value
    message = f'must be an address as "tcp://host:8786", or a dask.distributed.Client, not {value!r:.60}'
    raise ValueError(message)


def as_address(scheduler: Any) -> str | None:
    """Return the address by which a scheduler is found again, which a run folder keeps."""
    return scheduler if scheduler is None or isinstance(scheduler, str) else str(scheduler.scheduler.address)


@frozen(kw_only=True)
class Dask(ExecutorProvider):
    """The workers of a Dask cluster: one that exists, or one on this computer."""

    name: ClassVar[str] = "dask"
    scheduler: Any = parameter(None, help=SCHEDULER_HELP, converter=as_scheduler, plain=as_address)
    workers: int | None = workers_here(WORKERS_HELP)

    @contextmanager
    def open(self) -> Iterator[Executor]:
        """
        Yield an executor of the cluster; one on this computer begins and ends with it.

        Raises:
            BackendError: When the scheduler cannot be reached, or a worker has other versions.
        """
        from oqtopus_experiments_dask._cluster import connected
        from oqtopus_experiments_dask._executor import DaskExecutor

        with connected(self.scheduler, self.workers) as client, DaskExecutor(client) as executor:
            yield executor

    def pieces_at_once(self, executor: Executor) -> int:
        """
        Return how many threads the workers have now: a cluster may grow and shrink.

        Raises:
            BackendError: When the scheduler cannot be reached.
        """
        from oqtopus_experiments_dask._executor import DaskExecutor

        return executor.threads() if isinstance(executor, DaskExecutor) else super().pieces_at_once(executor)


@frozen(kw_only=True)
class DaskBackend(SpreadBackend):
    """
    A simulator on the workers of a Dask cluster.

    Counts are those of the simulator alone, whatever the number of workers. What a lost worker had runs again; workers
    that have other plugins or versions are refused by name.
    """

    name: ClassVar[str] = "dask"
    manner: ClassVar[tuple[str, ...]] = ("seed", "scheduler", "workers")
    scheduler: Any = parameter(None, help=SCHEDULER_HELP, converter=as_scheduler, plain=as_address)
    workers: int | None = workers_here(WORKERS_HELP)

    def provider(self) -> Dask:
        """Return the cluster."""
        return Dask(scheduler=self.scheduler, workers=self.workers)

    def worker(self) -> Callable[[], str]:
        """Return what tells the address of a worker."""
        return address


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [DaskBackend]


@hookimpl
def register_executors() -> list[type[ExecutorProvider]]:
    """Return the executor of this plugin."""
    return [Dask]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return the backend with the simulator that is used where none is named, on a cluster of this computer."""
    from oqtopus_experiments.backends import LocalBackend
    from oqtopus_experiments.testing import BackendSubject

    return [BackendSubject(backend=DaskBackend(inner=LocalBackend(), workers=1))]
