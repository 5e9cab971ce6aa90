"""A cluster of Dask on this computer that begins and ends with what it is for, and says nothing of either."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dask
from distributed import LocalCluster

from oqtopus_experiments.spreading import begun_with, cores, threads_each
from oqtopus_experiments_dask._quiet import closing, quiet, variables


@contextmanager
def local_cluster(workers: int | None) -> Iterator[LocalCluster]:
    """
    Yield a cluster whose workers share the cores of this computer.

    Args:
        workers: How many; None for as many as there are cores.
    """
    number = workers or cores()
    # A share is a default: what the configuration of Dask says stays.
    share = {"OMP_NUM_THREADS": threads_each(number), **dask.config.get("distributed.nanny.environ", {})}
    with quiet():
        # Dask sets some for its workers in this process.
        by_dask = (*dask.config.get("distributed.nanny.pre-spawn-environ", {}), "PYTHONHASHSEED")
        with begun_with(variables(), by_dask):
            # Any port will do for what it tells of itself, and nobody but this computer asks.
            cluster = LocalCluster(
                n_workers=number, threads_per_worker=1, env=share, dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )  # fmt: skip
        with cluster, closing():
            yield cluster
