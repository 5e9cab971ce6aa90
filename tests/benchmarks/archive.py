"""
Make an archive of many runs, and time what is asked of it: python tests/benchmarks/archive.py FOLDER --runs 100000.

Each run is a copy of one real run with another time, another backend's options and other values; its folder holds what
the index reads. Times are of whole commands; that of ``oqx --version`` stands beside them as a floor.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

import oqtopus_experiments as oqx
from oqtopus_experiments.storage._run_index import FILE

RUN = """
backend = "noisy"
seed = 1

[[experiments]]
use = "t1"
physical_qubits = [0, 1]
"""
DEVICES = 20
OQX = "import sys; sys.argv[0] = 'oqx'; from oqtopus_experiments.cli import program; program()"


def make(folder: Path, runs: int) -> None:
    """Make so many runs, of `DEVICES` devices, ten minutes apart."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".run.toml").write_text(RUN)
    first = oqx.run(folder / ".run.toml", runs=folder / ".first").path
    manifest = json.loads((first / "run.json").read_text())
    analysis = json.loads((first / "t1" / "analysis.json").read_text())
    draw = np.random.default_rng(1)
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(runs):
        created = begin + timedelta(minutes=10 * number)
        path = folder / f"{created:%Y%m%d-%H%M%S}-archive-{number:06x}"
        (path / "t1").mkdir(parents=True, exist_ok=True)
        manifest["provenance"] |= {"created": created.isoformat()}
        manifest["provenance"]["series"]["device"] = {"device": f"chip{number % DEVICES:02}"}
        (path / "run.json").write_text(json.dumps(manifest))
        for one in analysis["analyses"]:
            one["quantities"][0]["value"] = 40_000 + 500 * draw.standard_normal()
        (path / "t1" / "analysis.json").write_text(json.dumps(analysis))
        os.utime(path, (created.timestamp(), created.timestamp()))


def timed(*command: str) -> float:
    """Return the seconds a command takes."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", OQX, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def best(*command: str) -> str:
    return f"{min(timed(*command) for _ in range(3)):.2f} s"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=100_000)
    given = parser.parse_args()
    if not given.folder.exists():
        make(given.folder, given.runs)
    where = str(given.folder)
    (given.folder / FILE).unlink(missing_ok=True)
    print(f"floor, oqx --version: {best('--version')}")
    print(f"index made of {given.runs} runs: {timed('runs', where):.1f} s")
    print(f"its size: {(given.folder / FILE).stat().st_size / 1e6:.0f} MB")
    print(f"oqx runs: {best('runs', where)}")
    history = ("history", "t1_time", "--qubit", "0", "--device", "chip07", "--runs", where)
    print(f"oqx history of one device: {best(*history)}")
