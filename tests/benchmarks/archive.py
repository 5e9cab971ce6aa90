"""
Make an archive of many runs, and time what is asked of it: python tests/benchmarks/archive.py FOLDER --runs 100000.

Each run is a copy of one real run with another time, another backend's options and other values; its folder holds what
the index reads. Times are of whole commands; that of ``oqx --version`` stands beside them as a floor.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

import oqtopus_experiments as oqx
from oqtopus_experiments.storage._archive import find
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


def timed(*command: str) -> tuple[float, float]:
    """Return the seconds that a command takes, and those of computing among them."""
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", OQX, *command], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    computing = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - begin, computing


def best(*command: str) -> str:
    wall, computing = (min(times) for times in zip(*(timed(*command) for _ in range(3)), strict=True))
    return f"{wall:.2f} s, {computing:.2f} s of computing"


WRITER = """
import shutil, sys, time
from pathlib import Path
from oqtopus_experiments.storage._run_index import note
folder, first, own, number = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
begin = time.process_time()
for one in range(number):
    made = folder / f"20300101-000000-{own}-{one:06x}"
    shutil.copytree(first, made)
    note(made)
print(1e3 * (time.process_time() - begin) / number)
"""
EACH = 100


def two_writers(folder: Path) -> str:
    """Let two processes add runs at once, and see that all of them are there; they are taken away again."""
    first = next(path for path in folder.iterdir() if path.name[0].isdigit())
    before = find(folder, newest=1)[1]
    command = [sys.executable, "-c", WRITER, str(folder), str(first)]
    both = [subprocess.Popen([*command, own, str(EACH)], stdout=subprocess.PIPE, text=True) for own in ("one", "two")]
    each = [float(process.communicate()[0]) for process in both]
    there = find(folder, newest=1)[1] - before
    for path in folder.glob("20300101-000000-*"):
        shutil.rmtree(path)
    gone = find(folder, newest=1)[1] == before
    return f"{there} of {2 * EACH} are there, {max(each):.1f} ms of computing each; taken away again: {gone}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=100_000)
    given = parser.parse_args()
    if not given.folder.exists():
        make(given.folder, given.runs)
    where, index = str(given.folder), given.folder / FILE
    print(f"floor, oqx --version: {best('--version')}", flush=True)
    index.unlink(missing_ok=True)
    print(f"index made of {given.runs} runs: %.0f s, %.0f s of computing" % timed("runs", where), flush=True)
    print(f"its size: {index.stat().st_size / 1e6:.0f} MB", flush=True)
    timed("runs", where)  # notes that all has settled
    history = ("history", "t1_time", "--runs", where)
    told = "{:.2f} s, {:.2f} s of computing".format(*timed(*history))
    print(f"oqx history, where nothing was told yet: {told}", flush=True)
    for command in (
        ("runs", where),
        ("runs", where, "--device", "chip07", "--quantity", "t1_time"),
        ("runs", where, "--verdict", "bad"),
        ("runs", where, "--since", "2025-06-01", "--until", "2025-06-02"),
        (*history, "--qubit", "0", "--device", "chip07"),
        (*history, "--qubit", "0", "--device", "chip07", "--since", "2025-06-01"),
        (*history, "--device", "chip07"),
        history,
        (*history, "--verdict", "good"),
    ):
        print(f"oqx {' '.join(command).replace(where, 'FOLDER')}: {best(*command)}", flush=True)
    print(f"two writers at once: {two_writers(given.folder)}", flush=True)
