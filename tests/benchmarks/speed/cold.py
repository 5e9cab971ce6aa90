"""A cold ``oqx run`` beside the imports it needs: each in a fresh process, in turn, by the time of the processor."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

RUN_FILE = 'backend = "noisy"\nseed = 1\n[[experiments]]\nuse = "t1"\nphysical_qubit = 0\ndelay_points = 51\n'
OQX = "import sys; sys.argv = ['oqx', 'run', 'run.toml']; from oqtopus_experiments.cli import program; program()"
MODULES = "import atexit, json, sys; atexit.register(lambda: json.dump(list(sys.modules), open('modules.json', 'w')))\n"
IMPORTS = """
import importlib, json
for name in json.load(open({file!r})):
    try:
        importlib.import_module(name)
    except ImportError:  # made by another module, and in no file of its own
        pass
"""
OURS = "oqtopus_experiments"


def cold(repeats: int = 5) -> dict[str, float]:
    """
    Return what a cold run takes, s of the processor, beside the imports of its modules: medians.

    Returns:
        ``run``; ``third``, the imports of all modules that are not ours, Python's own included; ``all``, of all.
    """
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "run.toml").write_text(RUN_FILE)
        seconds(OQX, folder)  # which writes bytecode, and learns what plugins have
        seconds(MODULES + OQX, folder)
        names = json.loads((folder / "modules.json").read_text())
        (folder / "third.json").write_text(json.dumps(without_ours(names)))
        sides = {"run": OQX, "third": IMPORTS.format(file="third.json"), "all": IMPORTS.format(file="modules.json")}
        times: dict[str, list[float]] = {side: [] for side in sides}
        for _ in range(repeats):
            for side, code in sides.items():
                times[side].append(seconds(code, folder))
    return {side: statistics.median(found) for side, found in times.items()}


def without_ours(names: Sequence[str]) -> list[str]:
    """Return the modules of others."""
    return [name for name in names if name != "__main__" and not name.startswith(OURS)]


def seconds(code: str, folder: Path) -> float:
    """Return how many seconds of the processor a fresh Python takes for some code."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with (folder / "output").open("w") as output:
        started = subprocess.Popen(
            [sys.executable, "-c", code], cwd=folder, env=environment, stdout=output, stderr=output
        )
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode:
        message = (folder / "output").read_text()
        raise RuntimeError(message)
    return used.ru_utime + used.ru_stime


def told(found: dict[str, float]) -> str:
    """Return what was found as people read it."""
    beside = {name: f"{found[name]:.2f} s, ratio {found['run'] / found[name]:.2f}" for name in ("third", "all")}
    return f"cold run: {found['run']:.2f} s; imports of others' modules {beside['third']}; of all {beside['all']}"


if __name__ == "__main__":
    print(told(cold()))
