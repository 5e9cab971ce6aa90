"""A cluster of Dask on this computer that begins and ends with what it is for, and says nothing of either."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dask
from distributed import LocalCluster

from oqtopus_experiments.spreading import cores, threads_each
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
        with _environment_kept(variables()):
            # Any port will do for what it tells of itself, and nobody but this computer asks.
            cluster = LocalCluster(
                n_workers=number, threads_per_worker=1, env=share, dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
            )  # fmt: skip
        with cluster, closing():
            yield cluster


@contextmanager
def _environment_kept(added: Mapping[str, str]) -> Iterator[None]:
    """
    Take back what Dask sets for its workers in this process, whose own libraries would read it.

    Args:
        added: What is set for them besides.
    """
    names = (*dask.config.get("distributed.nanny.pre-spawn-environ", {}), "PYTHONHASHSEED", *added)
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(added)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
