"""The sides of a comparison, each a process of its own, so that none has the memory of another to walk through."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LONG = 2.0
"""Seconds: what takes longer is measured once, after a first time that imports what it needs."""


class Side:
    """
    One side of the comparison.

    Args:
        name: ``ours``, ``floors`` or ``peer``.
        process: Its `worker`.
    """

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name, self._process = name, process
        self.about = self._answer()
        self.times: dict[str, list[dict[str, float]]] = {}

    def run(self, task: str, *, keep: bool = True) -> dict[str, float]:
        """Run a task, and return what it took."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{task}\n")
        self._process.stdin.flush()
        found = self._answer()
        if keep:
            self.times.setdefault(task, []).append(found)
        return found

    def median(self, task: str, what: str = "cpu") -> float | None:
        """Return the median of what a task took; None where it has none."""
        return statistics.median(one[what] for one in self.times[task]) if self.times.get(task) else None

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            message = f"{self.name} has ended: see its error above"
            raise SystemExit(message)
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def side(name: str, python: str) -> Iterator[Side]:
    """Start a side, and end it."""
    command = [python, str(HERE / "worker.py"), name]
    env = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env) as process:
        yield Side(name, process)
        assert process.stdin is not None
        process.stdin.close()


def compare(sides: Sequence[Side], task: str, repeats: int) -> None:
    """Measure a task on every side that has it, in turn."""
    having = [one for one in sides if task in one.about["tasks"]]
    for one in having:
        one.run(task, keep=False)
    for _ in range(repeats):
        for one in having:
            taken = one.median(task, "wall")
            if taken is None or taken < LONG:
                one.run(task)
