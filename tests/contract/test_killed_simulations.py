"""A simulation is safe piece by piece: killed or interrupted in the middle, it goes on with what is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch, Counts, MemoryJournal
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import T1
from oqtopus_experiments_aer._methods import ranges

POINTS = 12
ENOUGH = 10
RUN = f"""
backend = "noisy"
name = "long"
seed = 5
shots = 2500

[backends.noisy]
method = "trajectories"

[[experiments]]
use = "t1"
physical_qubits = [0, 1, 2]
delay_points = {POINTS}
"""
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from oqtopus_experiments.cli import program
program()
"""


def oqx(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    with (folder / "output.txt").open("w") as output:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
        )


def printed(folder: Path) -> str:
    return (folder / "output.txt").read_text()


def ends_well(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that ends well."""
    assert process.wait(600) == 0, printed(folder)


def lines_in(folder: Path) -> list[dict]:
    text = "".join(path.read_text() for path in folder.glob("runs/*/t1/journal.jsonl"))
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def counts_in(folder: Path) -> dict[int, dict]:
    return {line["index"]: line["counts"] for line in lines_in(folder) if "counts" in line}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The counts of a run that nobody disturbed."""
    folder = tmp_path_factory.mktemp("undisturbed")
    (folder / "long.toml").write_text(RUN)
    ends_well(folder, oqx(folder, "run", "long.toml"))
    return counts_in(folder)


@pytest.mark.parametrize("by", ["kill", "ctrl-c"])
def test_a_simulation_ended_in_the_middle_goes_on_and_has_the_counts_of_one_that_was_not(by, undisturbed, tmp_path):
    expected = undisturbed
    (tmp_path / "long.toml").write_text(RUN)
    process = oqx(tmp_path, "run", "long.toml")
    before, seen = 0, 0
    while seen < ENOUGH:
        assert process.poll() is None, printed(tmp_path)
        time.sleep(0.02)
        if (now := len(counts_in(tmp_path))) > seen:
            before, seen = seen, now
    process.send_signal(signal.SIGKILL if by == "kill" else signal.SIGINT)
    process.wait(60)
    safe = counts_in(tmp_path)
    # What is being written when Ctrl-C is pressed, the outcomes of one piece, is taken back.
    assert before <= len(safe) < len(expected)
    assert len(safe) >= (seen if by == "kill" else ENOUGH // 2)
    if by == "ctrl-c":
        assert process.returncode == 130
        assert "go on with: oqx resume" in printed(tmp_path)

    ends_well(tmp_path, oqx(tmp_path, "resume", "latest"))

    assert f"t1: {len(expected)} of {len(expected)} circuits" in printed(tmp_path)
    assert counts_in(tmp_path) == expected
    (simulated,) = next(line["done"]["simulation"] for line in lines_in(tmp_path) if "done" in line)
    assert simulated["circuits"] == ranges(expected.keys() - safe.keys())


def pairs(device: str) -> Batch:
    """Return circuits for all ways to simulate: one qubit alone, four that are entangled, one that is read twice."""
    circuits = []
    for number in range(9):
        circuit = QuantumCircuit(5, 5)
        circuit.rx(0.3 * number, 0)
        circuit.h(1)
        for qubit in range(1, 4):
            circuit.cx(qubit, qubit + 1)
        if number == 7 and device == "noisy":
            circuit.measure(0, 0)
            circuit.x(0)
        circuit.measure(range(5), range(5))
        circuits.append(circuit)
    return Batch(tuple(circuits), 500, tuple(range(5)), "pairs")


@pytest.mark.parametrize(
    ("device", "options"),
    [
        ("qulacs", {}),
        ("noisy", {}),
        ("noisy", {"method": "matrix_product_state"}),
        ("noisy", {"method": "trajectories"}),
        ("noisy", {"detuning_spread": 1e5}),
    ],
    ids=str,
)
def test_a_circuit_has_the_same_counts_alone_in_pieces_and_beside_all_others(device, options):
    backend, batch = LocalBackend(device, seed=11, **options), pairs(device)
    whole = list(backend.submit(batch).simulate(range(9)))
    assert len({str(counts) for counts in whole}) == 9
    job = backend.submit(batch)
    assert [job.simulate([position])[0] for position in reversed(range(9))] == whole[::-1]
    job = backend.submit(batch)
    assert [*job.simulate([4, 2]), *job.simulate([0, 8])] == [whole[at] for at in (4, 2, 0, 8)]


@pytest.mark.parametrize("device", ["qulacs", "noisy"])
def test_a_simulator_of_which_only_the_state_is_asked_comes_to_its_end(device):
    handle = T1(delay_points=6).submit(LocalBackend(device, seed=1), 50)
    until = time.monotonic() + 60
    while handle.status() != "succeeded":
        assert time.monotonic() < until
        time.sleep(0.01)
    assert handle.result().job_metadata["status"] == "succeeded"


def test_what_a_piece_took_is_in_the_metadata_whichever_way_it_was_simulated():
    job = LocalBackend("noisy", seed=1).open(pairs("noisy"), MemoryJournal())
    assert all(isinstance(outcome.result, Counts) for outcome in job.outcomes())
    stated = {each["method"]: each["circuits"] for each in job.metadata["simulation"]}
    assert stated == {"density_matrix": "0-6, 8", "trajectories": "7"}
