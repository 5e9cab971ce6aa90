"""Runs whose circuits are simulated by several processes: workers and clients may be lost, counts are not."""

from __future__ import annotations

import os
import signal

import pytest
from clients import RUN, Client, are_gone, counts_in, lines_in, processes_below, workers_of

from oqtopus_experiments import load_run

CIRCUITS = 18
SHOTS = 200
LONG = RUN.format(backend="processes", options='inner = "noisy"\nworkers = 2', shots=SHOTS)
ALONE = RUN.format(backend="noisy", options="", shots=SHOTS).replace("[backends.noisy]\n\n", "", 1)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The counts of the simulator in one process."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "long.toml").write_text(ALONE)
    client = Client(folder, "run", "long.toml")
    assert client.ended() == 0, client.printed
    return counts_in(folder)


def begun(folder):
    (folder / "long.toml").write_text(LONG)
    return Client(folder, "run", "long.toml")


def test_a_worker_killed_in_the_middle_costs_nothing_and_nothing_is_counted_twice(alone, tmp_path):
    client = begun(tmp_path)
    client.until(lambda: len(counts_in(tmp_path)) >= 2)
    before = workers_of(client.process.pid)
    assert len(before) == 2
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    client.until(lambda: workers_of(client.process.pid) and not set(workers_of(client.process.pid)) & set(before))

    assert client.ended() == 0, client.printed
    assert counts_in(tmp_path) == alone


@pytest.mark.parametrize("by", ["kill", "ctrl-c"])
def test_a_client_ended_in_the_middle_leaves_no_process_and_goes_on_with_what_is_missing(by, alone, tmp_path):
    client = begun(tmp_path)
    client.until(lambda: len(counts_in(tmp_path)) >= 2)
    below = processes_below(client.process.pid)
    assert len(below) >= 2
    if by == "kill":
        client.process.kill()
    else:
        os.killpg(client.process.pid, signal.SIGINT)  # as a terminal does: to the client and to all workers
    client.ended()
    assert are_gone(below)
    safe = counts_in(tmp_path)
    assert 0 < len(safe) < CIRCUITS
    if by == "ctrl-c":
        assert client.process.returncode == 130
        assert "go on with: oqx resume" in client.printed
        assert "Traceback" not in client.printed

    again = Client(tmp_path, "resume", "latest")

    assert again.ended() == 0, again.printed
    assert counts_in(tmp_path) == alone
    (simulated,) = next(line["done"]["simulation"] for line in lines_in(tmp_path) if "done" in line)
    assert len(safe) + _circuits(simulated["circuits"]) == CIRCUITS


def _circuits(text):
    from oqtopus_experiments.simulation import numbers_in

    return len(numbers_in(text))


def test_no_process_outlives_the_end_of_a_run_and_the_run_tells_the_simulator_and_its_libraries(tmp_path):
    (tmp_path / "long.toml").write_text(LONG.replace(f"shots = {SHOTS}", "shots = 50"))
    client = Client(tmp_path, "run", "long.toml")
    client.until(lambda: counts_in(tmp_path))
    below = processes_below(client.process.pid)

    assert client.ended() == 0, client.printed
    assert are_gone(below)
    provenance = load_run(next(tmp_path.glob("runs/*-long*"))).provenance
    assert "oqtopus-experiments-aer" in provenance["plugins"]
    assert "oqtopus-experiments-processes" in provenance["plugins"]
    assert "qiskit-aer" in provenance["versions"]
