"""The same seed gives the same counts, whatever the number of processes and pieces."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from attrs import frozen
from qiskit import QuantumCircuit
from qiskit.circuit import Gate

from oqtopus_experiments import Backend, Batch, Counts, JobError, MemoryJournal, ParameterError
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.contracts import pieces
from oqtopus_experiments.spreading import _backend
from oqtopus_experiments_processes import ProcessesBackend

OPTIONS = [
    ("qulacs", {}),
    ("noisy", {}),
    ("noisy", {"method": "matrix_product_state"}),
    ("noisy", {"method": "trajectories"}),
    ("noisy", {"detuning_spread": 1e5, "qubits": {2: {"t1": 9000.0}}}),
]


def batch_for(device: str) -> Batch:
    """Return circuits for all ways to simulate: one qubit alone, some that are entangled, one that is read twice."""
    circuits = []
    for number in range(13):
        circuit = QuantumCircuit(5, 5, name=f"circuit-{number}")
        circuit.rx(0.3 * number, 0)
        circuit.h(1)
        circuit.delay(100.5 * number, 2, unit="ns")
        for qubit in range(1, 4):
            circuit.cx(qubit, qubit + 1)
        if number == 7 and device == "noisy":
            circuit.measure(0, 0)
            circuit.x(0)
        circuit.measure(range(5), range(5))
        circuits.append(circuit)
    return Batch(tuple(circuits), 200, tuple(range(5)), "spread")


def ran(backend, batch):
    job = backend.open(batch, MemoryJournal(batch.order))
    found = {outcome.index: outcome.result for outcome in job.outcomes(60)}
    assert all(isinstance(result, Counts) for result in found.values())
    return {index: result.to_dict() for index, result in sorted(found.items())}, job.metadata


@pytest.mark.parametrize(("device", "options"), OPTIONS, ids=str)
def test_counts_are_those_of_one_process_whatever_the_number_of_workers_and_pieces(device, options, monkeypatch):
    backend, batch = LocalBackend(device, seed=11, **options), batch_for(device)
    alone, said = ran(backend, batch)
    assert len({str(counts) for counts in alone.values()}) > 9
    for workers, seconds in ((2, 0.5), (2, 1e-6)) if options else ((2, 0.5), (2, 1e-6), (1, 0.5)):
        monkeypatch.setattr(pieces, "SECONDS", seconds)  # so short that every circuit is a piece of its own
        spread, told = ran(ProcessesBackend(inner=backend, workers=workers), batch)
        assert spread == alone
        assert told.get("simulation") == said.get("simulation")
        assert told["device"] == device


@pytest.mark.parametrize("method", ["trajectories", "density_matrix", "matrix_product_state"])
def test_counts_do_not_depend_on_the_number_of_threads_that_a_worker_may_take(method, monkeypatch):
    monkeypatch.setattr("oqtopus_experiments.spreading._cores.cores", lambda: 5)
    backend, batch = LocalBackend("noisy", seed=11, method=method), batch_for("qulacs")
    found = []
    for allowed in ("1", "5"):
        monkeypatch.setenv("OMP_NUM_THREADS", allowed)
        _backend._line.cache_clear()  # a process begins anew, and is told (see the test of its executor)
        found.append(ran(ProcessesBackend(inner=backend, workers=1), batch)[0])

    assert found[0] == found[1]


def test_the_seed_of_the_backend_is_for_a_simulator_that_has_none():
    batch = batch_for("qulacs")
    given, _ = ran(ProcessesBackend(inner="qulacs", seed=4, workers=2), batch)

    assert given == ran(LocalBackend("qulacs", seed=4), batch)[0]
    own = {"use": "qulacs", "seed": 4}
    assert given == ran(ProcessesBackend(inner=own, seed=4, workers=2), batch)[0]
    with pytest.raises(ParameterError, match="'seed': 9, but the inner simulator 'qulacs' has the seed 4: say it once"):
        ProcessesBackend(inner=own, seed=9)


@frozen(kw_only=True)
class Settled(Backend):
    """A simulator that draws nothing at random."""

    name = "settled"

    def submit(self, batch):
        raise NotImplementedError


def test_a_seed_that_the_simulator_does_not_take_is_refused():
    assert ProcessesBackend(inner=Settled()).seed is None
    with pytest.raises(ParameterError, match="'seed': 9, but the inner simulator 'settled' takes no seed: leave it"):
        ProcessesBackend(inner=Settled(), seed=9)


class Deadly(Gate):
    """A gate that ends the process that reads it, as a circuit that needs more memory than there is."""

    def __reduce__(self):
        return os._exit, (9,)


def test_circuits_that_end_their_process_each_time_are_named_and_end_nothing_else():
    circuits = [QuantumCircuit(1, 1) for _ in range(6)]
    circuits[4].append(Deadly("deadly", 1, []), [0], copy=False)
    for circuit in circuits:
        circuit.measure(0, 0)
    backend = ProcessesBackend(inner="qulacs", seed=1, workers=2)
    job = backend.submit(Batch(tuple(circuits), 10, (0,), "mortal"))

    named = r"circuits [0-4]-[4-5] of 'mortal' were not simulated: .* ended 3 times .*exit code 9"
    with pytest.raises(JobError, match=named):
        list(job.outcomes(60))
    assert ran(backend, batch_for("qulacs"))[0]


def test_workers_are_let_go_when_there_is_nothing_to_do(monkeypatch):
    monkeypatch.setattr(_backend, "LINGER", 0.2)
    _backend._line.cache_clear()
    backend = ProcessesBackend(inner="qulacs", seed=1, workers=1)
    before = set(multiprocessing.active_children())
    first, _ = ran(backend, batch_for("qulacs"))
    own = set(multiprocessing.active_children()) - before
    for process in own:
        process.join(30)
        assert not process.is_alive()

    assert ran(backend, batch_for("qulacs"))[0] == first


def test_what_does_not_simulate_here_cannot_be_spread(tmp_path: Path):
    for inner in ("nosuch", "processes", 3, {"use": "noisy", "t1": -1.0}):
        with pytest.raises(ValueError, match="inner"):
            ProcessesBackend(inner=inner)
