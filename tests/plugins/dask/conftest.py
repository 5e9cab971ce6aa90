"""A cluster of processes of their own: a scheduler and workers, as somebody else would have begun them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# For the helpers of these tests: pytest imports by path.
sys.path += [str(HERE), str(HERE.parent / "processes")]


class Cluster:
    """A scheduler, and workers that come and go."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._begun: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._begin("scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file))
        until(file.exists)
        self.address = json.loads(file.read_text())["address"]

    def worker(self, name: str, **variables: str) -> subprocess.Popen[bytes]:
        more = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--name", name, "--host", "127.0.0.1")
        return self._begin("worker", self.address, *more, **variables)

    def _begin(self, *arguments: str, **variables: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{len(self._begun)}.txt").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *arguments],
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {"OMP_NUM_THREADS": "1"} | variables,
            )
        self._begun.append(process)
        return process

    def end(self) -> None:
        for process in self._begun:
            process.kill()
            process.wait()


def until(true, seconds=60.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """Two workers."""
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    for name in ("one", "two"):
        made.worker(name)
    yield made
    made.end()


@pytest.fixture
def own_cluster(tmp_path):
    """A scheduler of the test's own, without workers."""
    made = Cluster(tmp_path)
    yield made
    made.end()
