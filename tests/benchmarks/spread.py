"""
What it costs to spread a simulation over workers, and how far that goes. Not part of any other session.

Measured, for circuits of several kinds: what a circuit takes to be simulated, to be written by the client, to be read
by a worker, and what its counts take on their way back and into the journal; for each kind of workers what a piece
takes that does nothing, of many that are sent at once. From these the speed-up on paper: workers share what is
simulated, the client does the rest alone. And two workers beside one process, which is no paper. Prints JSON.

    python tests/benchmarks/spread.py [--quick] [FILE.json]
"""

from __future__ import annotations

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

from oqtopus_experiments import Backend, Batch, Experiment, Outcome
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.contracts.pieces import SECONDS
from oqtopus_experiments.execution._submission import draw_order, prepare
from oqtopus_experiments.experiments import GHZ, T1
from oqtopus_experiments.spreading._circuits import read, written
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments_dask import Dask
from oqtopus_experiments_processes import Processes

SHOTS = 1000
WORKERS = (2, 10, 100, 1000)


def cases(*, quick: bool) -> dict[str, tuple[Experiment, Backend]]:
    """Return from cheap circuits to dear ones."""
    some = 10 if quick else 100
    return {
        "T1, 1 qubit, noisy": (T1(delay_points=some), LocalBackend("noisy", seed=1)),
        "T1, 100 qubits, noisy": (
            T1(delay_points=some // 5, physical_qubits=tuple(range(100))),
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
    """Return what one circuit costs, in seconds of computing, and its bytes."""
    batch = batch_of(experiment, backend)
    number = len(batch.circuits)
    write, sent = computing(lambda: written(batch.circuits))
    unpack, _ = computing(lambda: read(sent))
    simulate, counts = computing(lambda: backend.submit(batch).simulate(range(number)), 2)  # type: ignore[attr-defined]
    back, answer = computing(lambda: pickle.dumps(counts, pickle.HIGHEST_PROTOCOL))
    received, _ = computing(lambda: pickle.loads(answer))  # noqa: S301  # written the line before
    journal = journaling([Outcome(index, one) for index, one in enumerate(counts)])
    told = {"simulate": simulate, "write": write, "read": unpack, "back": back + received, "journal": journal}
    return {
        **{name: seconds / number for name, seconds in told.items()},
        "bytes_out": len(sent) / number,
        "bytes_back": len(answer) / number,
        "circuits": number,
    }


def journaling(outcomes: list[Outcome]) -> float:
    """Return the seconds until outcomes that came together are safe on the disk."""
    least = math.inf
    for _ in range(5):
        with (
            tempfile.TemporaryDirectory() as folder,
            ExperimentJournal(Path(folder) / "journal.jsonl").writing() as kept,
        ):
            began = time.perf_counter()
            kept.record(outcomes)
            least = min(least, time.perf_counter() - began)
    return least


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
    client = cost["write"] + cost["back"] + cost["journal"] + piece / in_a_piece
    worker = cost["simulate"] + cost["read"]
    alone = cost["simulate"] + cost["journal"]
    speed_up = {str(number): alone / max(client, worker / number) for number in WORKERS}
    return {**speed_up, "ends_at_workers": worker / client, "client_ms_per_circuit": client * 1e3}


def truly(backend: Backend) -> dict[str, float]:
    """Return the seconds of a simulation in one process and on one and two workers, which have begun before."""
    experiment = T1(delay_points=20, physical_qubits=tuple(range(3)))
    batch = batch_of(experiment, backend)
    ways = {
        "one process": backend,
        "processes, 1 worker": LocalBackend("processes", inner=backend, workers=1),
        "processes, 2 workers": LocalBackend("processes", inner=backend, workers=2),
        "dask, 2 workers": LocalBackend("dask", inner=backend, workers=2),
    }
    found: dict[str, float] = {}
    expected = None
    for way, chosen in ways.items():
        list(chosen.submit(batch).outcomes())  # workers begin
        times = []
        for _ in range(3):
            began = time.perf_counter()
            counts = {one.index: one.result for one in chosen.submit(batch).outcomes()}
            times.append(time.perf_counter() - began)
        expected = expected or counts
        assert counts == expected, way
        found[way] = min(times)
    return found


def main() -> None:
    quick = "--quick" in sys.argv
    sending = {"processes": per_piece(Processes(workers=1)), "dask": per_piece(Dask(workers=1))}
    costs = {name: per_circuit(*case) for name, case in cases(quick=quick).items()}
    paper = {kind: {name: on_paper(cost, piece) for name, cost in costs.items()} for kind, piece in sending.items()}
    told: dict[str, Any] = {
        "cores": os.cpu_count(), "load": os.getloadavg()[0], "seconds_per_empty_piece": sending,
        "seconds_per_circuit": costs, "speed_up_on_paper": paper,
    }  # fmt: skip
    if not quick:
        told["seconds_of_24_circuits_shot_by_shot"] = truly(LocalBackend("noisy", seed=1, method="trajectories"))
    text = json.dumps(told, indent=1)
    print(text)
    for argument in sys.argv[1:]:
        if argument.endswith(".json"):
            Path(argument).write_text(text + "\n")


if __name__ == "__main__":
    main()
