"""Connections to Dask clusters, and whether their workers may be used."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from distributed import Client

from oqtopus_experiments import BackendError
from oqtopus_experiments.spreading import (
    WorkerRefusedError,
    check_versions,
    cores,
    installed_versions,
    versions_here,
)
from oqtopus_experiments_dask._local_cluster import local_cluster

PATIENCE = 10
"""Seconds that a scheduler may take to answer."""
FRESH = 1.0
"""Seconds for which the number of workers is taken to be what it was."""
_open: defaultdict[tuple[Any, int | None], list[_Connection]] = defaultdict(list)


class _Connection:
    """A client, and how many threads its workers had when they were last counted."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._counted = 0.0
        self._threads = 1

    def threads(self) -> int:
        """Return how many threads the workers have, at least 1: tasks wait for the first worker."""
        if time.monotonic() - self._counted > FRESH:
            self._threads = max(1, sum(self.client.nthreads().values()))
            self._counted = time.monotonic()
        return self._threads


def threads(scheduler: Any, workers: int | None) -> int:
    """
    Return how many threads the workers have.

    Raises:
        BackendError: When the scheduler cannot be reached.
    """
    if connections := _open[scheduler, workers]:
        return connections[-1].threads()
    if scheduler is None:
        return workers or cores()
    with ExitStack() as stack:
        return _Connection(_client(scheduler, stack)).threads()


@contextmanager
def connected(scheduler: Any, workers: int | None) -> Iterator[Client]:
    """
    Yield a client of a cluster whose workers have what this process has.

    Args:
        scheduler: Its address, a client, or None for a cluster on this computer.
        workers: Of a cluster on this computer.

    Raises:
        BackendError: When the scheduler cannot be reached, or naming the workers that have other versions.
    """
    with ExitStack() as stack:
        address = stack.enter_context(local_cluster(workers)).scheduler_address if scheduler is None else scheduler
        client = _client(address, stack)
        _check(client)
        connection = _Connection(client)
        _open[scheduler, workers].append(connection)
        stack.callback(_open[scheduler, workers].remove, connection)
        yield client


def _client(scheduler: Any, stack: ExitStack) -> Client:
    if isinstance(scheduler, Client):
        return scheduler
    try:
        return stack.enter_context(Client(scheduler, timeout=PATIENCE, set_as_default=False))
    except (OSError, ValueError) as error:
        message = f"no Dask scheduler answers at {scheduler!r}: {error}; is it running, and is the address right?"
        raise BackendError(message) from error


def _check(client: Client) -> None:
    """Refuse a cluster with workers that have another core; what a simulator needs besides, each piece asks for."""
    expected = versions_here()
    found = client.run(installed_versions, list(expected), on_error="return")
    for worker, versions in sorted(found.items()):
        if isinstance(versions, BaseException):
            message = f"worker {worker} is not used: it cannot load oqtopus-experiments: {versions}"
            raise WorkerRefusedError(message)
        check_versions(expected, worker, versions)
