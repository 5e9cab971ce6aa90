"""
What it costs to spread a simulation over workers, and how far that goes. Not part of any other session.

Measured, for circuits of several kinds: what a circuit takes to be simulated, to be written by the client, to be read
by a worker, and what its counts take on their way back and to become lines of the journal; what the disk takes for a
line; for each kind of workers what a piece takes that does nothing, of many that are sent at once. From these the
speed-up on paper: workers share what is simulated, the client does the rest alone. The disk is in none of it: while
it is waited for, workers go on, and what they return until then is written at once.

And one and two workers beside one process, which is no paper: seconds, and seconds of computing, in turns. On a
computer that does nothing else the first tell; else the speed-up is what the busiest of all took. Prints JSON.

    python tests/benchmarks/spread.py [--quick] [FILE.json]
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from oqtopus_experiments import Backend, Batch, Counts, Experiment, Outcome
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.contracts.pieces import SECONDS
from oqtopus_experiments.execution._submission import draw_order, prepare
from oqtopus_experiments.experiments import GHZ, T1
from oqtopus_experiments.spreading import _backend
from oqtopus_experiments.spreading._circuits import read, written
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments_dask import Dask
from oqtopus_experiments_processes import Processes, cores

SHOTS = 1000
WORKERS = (2, 10, 100, 1000)


def cases(*, quick: bool) -> dict[str, tuple[Experiment, Backend]]:
    """Return from cheap circuits to dear ones."""
    some = 10 if quick else 100
    return {
        "T1, 1 qubit, noisy": (T1(delay_points=some), LocalBackend("noisy", seed=1)),
        "T1, 100 qubits, noisy": (
            T1(delay_points=max(5, some // 5), physical_qubits=tuple(range(100))),
            LocalBackend("noisy", seed=1),
        ),
        "T1, 1 qubit, shot by shot": (
            T1(delay_points=some // 10 + 4),
            LocalBackend("noisy", seed=1, method="trajectories"),
        ),
        "GHZ, 8 qubits, noisy": (GHZ(num_qubits=8), LocalBackend("noisy", seed=1)),
    }


def batch_of(experiment: Experiment, backend: Backend) -> Batch:
    return prepare(experiment, SHOTS, experiment.name, draw_order(experiment, backend))


def computing(work: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Return the least seconds of computing of several times, and what came: other programs take none of them."""
    least, made = math.inf, None
    for _ in range(times):
        begin = time.process_time()
        made = work()
        least = min(least, time.process_time() - begin)
    return least, made


def per_circuit(experiment: Experiment, backend: Backend) -> dict[str, float]:
    """Return what one circuit costs, in seconds of computing of one thread, and its bytes."""
    batch = batch_of(experiment, backend)
    number = len(batch.circuits)
    write, sent = computing(lambda: written(batch.circuits))
    unpack, _ = computing(lambda: read(sent))
    simulate, counts = computing(lambda: backend.submit(batch).simulate(range(number)), 2)  # type: ignore[attr-defined]
    back, answer = computing(lambda: pickle.dumps(counts, pickle.HIGHEST_PROTOCOL))
    received, _ = computing(lambda: pickle.loads(answer))  # noqa: S301  # written the line before
    lines = journaling([Outcome(index, one) for index, one in enumerate(counts)])[0]
    told = {"simulate": simulate, "write": write, "read": unpack, "back": back + received, "lines": lines}
    return {
        **{name: seconds / number for name, seconds in told.items()},
        "bytes_out": len(sent) / number,
        "bytes_back": len(answer) / number,
        "circuits": number,
    }


def journaling(outcomes: list[Outcome]) -> tuple[float, float]:
    """Return the least seconds of computing, and of waiting for the disk, until outcomes that came at once are safe."""
    computed, waited = [], []
    for _ in range(5):
        with (
            tempfile.TemporaryDirectory() as folder,
            ExperimentJournal(Path(folder) / "journal.jsonl").writing() as kept,
        ):
            began, computing_began = time.perf_counter(), time.thread_time()
            kept.record(outcomes)
            computed.append(time.thread_time() - computing_began)
            waited.append(time.perf_counter() - began - computed[-1])
    return min(computed), min(waited)


def per_piece(provider: Processes | Dask) -> float:
    """Return the seconds that each of many calls takes which do nothing."""
    with provider.open() as executor:
        for _ in range(20):
            executor.submit(math.sqrt, 1.0).result()
        began = time.perf_counter()
        for future in [executor.submit(math.sqrt, 1.0) for _ in range(300)]:
            future.result()
        return (time.perf_counter() - began) / 300


def on_paper(cost: dict[str, float], piece: float) -> dict[str, float]:
    """
    Return the speed-up over one process of many circuits, by workers, and beyond how many workers nothing is gained.

    A piece is of half a second, and the client works at the next one while workers simulate.
    """
    in_a_piece = max(1.0, SECONDS / cost["simulate"])
    client = cost["write"] + cost["back"] + cost["lines"] + piece / in_a_piece
    worker = cost["simulate"] + cost["read"]
    alone = cost["simulate"] + cost["lines"]
    speed_up = {str(number): alone / max(client, worker / number) for number in WORKERS}
    return {**speed_up, "ends_at_workers": worker / client, "client_ms_per_circuit": client * 1e3}


def kept(backend: Backend, batch: Batch) -> tuple[dict[int, Any], int]:
    """Return the counts of a batch once they are safe, and how many writes of the journal that took."""
    found, writes = {}, 0
    with tempfile.TemporaryDirectory() as folder, ExperimentJournal(Path(folder) / "x").writing() as journal:
        for together in backend.submit(batch).arrivals():
            journal.record(together)
            found |= {one.index: one.result for one in together}
            writes += 1
    return found, writes


def computed() -> dict[int, float]:
    """Return the seconds that this process and each of those that it has begun have computed."""
    processes = [psutil.Process(), *psutil.Process().children(recursive=True)]
    told = {}
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            told[process.pid] = times.user + times.system
    return told


def truly(experiment: Experiment, backend: Backend, rounds: int = 3) -> dict[str, dict[str, float]]:
    """
    Return what a batch takes in this process, with all its threads, and on workers that have begun before.

    For each way: ``seconds``, the least of several rounds in turns, the ``computing`` of all processes then, and that
    of the ``busiest`` of them, with its threads: less than this no computer of as many cores takes.
    """
    _backend.LINGER = 3600.0  # workers wait for their turn
    batch = batch_of(experiment, backend)
    ways = {
        "this process": backend,
        "processes, 1 worker": LocalBackend("processes", inner=backend, workers=1),
        "processes, 2 workers": LocalBackend("processes", inner=backend, workers=2),
        "dask, 2 workers": LocalBackend("dask", inner=backend, workers=2),
    }
    found: dict[str, dict[str, float]] = {}
    expected = None
    for turn in range(rounds + 1):  # in the first one workers begin
        for way, chosen in ways.items():
            before, began = computed(), time.perf_counter()
            counts, writes = kept(chosen, batch)
            seconds = time.perf_counter() - began
            each = [now - before.get(pid, 0.0) for pid, now in computed().items()]
            expected = expected or counts
            assert counts == expected, way
            if turn and seconds < found.get(way, {}).get("seconds", math.inf):
                found[way] = {"seconds": seconds, "computing": sum(each), "busiest": max(each), "writes": writes}
    return found


def main() -> None:
    quick = "--quick" in sys.argv
    sending = {"processes": per_piece(Processes(workers=1)), "dask": per_piece(Dask(workers=1))}
    with Processes(workers=cores()).open() as alone:  # of so many processes each has one thread
        costs = {name: alone.submit(per_circuit, *case).result() for name, case in cases(quick=quick).items()}
    paper = {kind: {name: on_paper(cost, piece) for name, cost in costs.items()} for kind, piece in sending.items()}
    told: dict[str, Any] = {
        "cores": os.cpu_count(), "load": os.getloadavg()[0], "seconds_per_empty_piece": sending,
        "seconds_per_circuit": costs, "speed_up_on_paper": paper,
    }  # fmt: skip
    told["seconds_of_the_disk_per_write"] = journaling([Outcome(0, Counts.from_dict({"0": 1000}, 1))])[1]
    if not quick:
        by_shots = LocalBackend("noisy", seed=1, method="trajectories")
        told["truly"] = {
            "T1, 100 qubits, 200 circuits": truly(
                T1(delay_points=196, physical_qubits=tuple(range(100))), LocalBackend("noisy", seed=1)
            ),
            "T1, 3 qubits, shot by shot, 24 circuits": truly(
                T1(delay_points=20, physical_qubits=tuple(range(3))), by_shots
            ),
        }
    text = json.dumps(told, indent=1)
    print(text)
    for argument in sys.argv[1:]:
        if argument.endswith(".json"):
            Path(argument).write_text(text + "\n")


if __name__ == "__main__":
    main()
