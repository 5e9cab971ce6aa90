"""Clients in processes of their own, which may be killed, and the workers that they have: for spread simulations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENT = 60.0
"""Seconds that a test waits for what takes a few."""
# Each circuit takes about 50 ms, so that a run can be met in the middle.
RUN = """
backend = "{backend}"
name = "long"
seed = 5
shots = {shots}

[backends.{backend}]
{options}

[backends.noisy]
method = "trajectories"

[[experiments]]
use = "t1"
physical_qubits = [0, 1, 2]
delay_points = 14
"""
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from oqtopus_experiments.cli import program
if __name__ == "__main__":
    program()
"""


class Client:
    """``oqx`` in a process of its own, in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str, **variables: str):
        self.folder = folder
        (folder / "client.py").write_text(PROGRAM)
        with (folder / "output.txt").open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "client.py", *arguments],
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | {"OMP_NUM_THREADS": "1"} | variables,
                start_new_session=True,
            )

    def until(self, true, seconds=PATIENT):
        end = time.monotonic() + seconds
        while not true():
            assert self.process.poll() is None, self.printed
            assert time.monotonic() < end, self.printed
            time.sleep(0.02)

    def ended(self) -> int:
        try:
            return self.process.wait(PATIENT)
        finally:
            self.process.kill()
            self.process.wait()

    @property
    def printed(self) -> str:
        return (self.folder / "output.txt").read_text()


def lines_in(folder: Path, experiment: str = "t1") -> list[dict]:
    text = "".join(path.read_text() for path in folder.glob(f"runs/*/{experiment}/journal.jsonl"))
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def counts_in(folder: Path, experiment: str = "t1") -> dict[int, dict]:
    """Return the counts of each circuit; that none came twice is a promise of its own."""
    found = [(line["index"], line["counts"]) for line in lines_in(folder, experiment) if "counts" in line]
    assert len(dict(found)) == len(found)
    return dict(found)


def processes_below(pid: int) -> set[int]:
    """Return the processes that a process began, and those that these began."""
    told = subprocess.run(["ps", "-ewwo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(line.split()[0]): int(line.split()[1]) for line in told.splitlines()}
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in {pid, *found}} - found:
        found |= more
    return found


def workers_of(pid: int) -> list[int]:
    """Return the worker processes of a client, those that compute first."""
    told = subprocess.run(["ps", "-ewwo", "pid=,time=,args="], capture_output=True, text=True, check=True).stdout
    below = processes_below(pid)
    lines = [line.split(None, 2) for line in told.splitlines() if int(line.split(None, 1)[0]) in below]
    return [int(one) for one, _, words in sorted(lines, key=lambda line: line[1])[::-1] if "spawn_main" in words]


def are_gone(pids, seconds=PATIENT) -> bool:
    """Return whether processes have ended, or end within some time."""
    until = time.monotonic() + seconds
    while any(map(_lives, pids)):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _lives(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return bool(state.stdout.strip()) and not state.stdout.startswith("Z")
    return False
