"""Connections to Dask clusters, and whether their workers may be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from distributed import Client

from oqtopus_experiments import BackendError
from oqtopus_experiments.spreading import WorkerRefusedError, check_versions, installed_versions, versions_here
from oqtopus_experiments_dask._local_cluster import local_cluster

PATIENCE = 10
"""Seconds that a scheduler may take to answer."""


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
