"""Circuits are sent in a random order: every id, text and time still belongs to the right circuit."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, Failure, Probability, Sweep, hookimpl, load_run
from oqtopus_experiments.execution._resume import job_states, reopen, send_again
from oqtopus_experiments.execution._submission import submit_or_resume
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments_oqtopus._job_details import ran_at
from oqtopus_experiments_oqtopus._job_registry import parse_description

BITS, SHOTS = 3, 20


@frozen(kw_only=True)
class Flips(Experiment):
    """Every circuit reads its own number on a simulator without noise."""

    name: ClassVar[str] = "flips"
    num_qubits: ClassVar[int] = BITS
    signal: ClassVar[Probability] = Probability("1" * BITS)

    def sweep(self):
        return Sweep(Axis("number", range(2**BITS)))

    def circuit(self, number):
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(BITS, BITS)
        for qubit in range(BITS):
            if number >> qubit & 1:
                circuit.x(qubit)
        circuit.measure(range(BITS), range(BITS))
        return circuit


RIGHT = {number: {f"{number:03b}": SHOTS} for number in range(2**BITS)}


@pytest.fixture
def account(start, monkeypatch):
    plugin = ModuleType("flips_plugin")
    plugin.register_experiments = hookimpl(lambda: [Flips])
    registry = plugins.PluginRegistry()
    registry.register(plugin, "flips-distribution")
    monkeypatch.setattr(plugins, "_current", registry)

    def begun(**options):
        emulator = start(**options)
        monkeypatch.setenv("OQTOPUS_URL", emulator.url)
        monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
        return emulator

    return begun


def is_shuffled(handle):
    order = handle.batch.order
    return [order.circuit(position) for position in range(2**BITS)] != list(range(2**BITS))


def test_every_circuit_gets_its_own_counts_and_the_time_of_its_job(account, backend_for, tmp_path):
    before = int(time.time())
    handle = Flips().submit(backend_for(account(), "qulacs", parallel=1), SHOTS, runs=tmp_path)

    result = handle.result(timeout=60)

    assert is_shuffled(handle)
    assert result.counts == RIGHT
    times = result.dataset.times
    assert (before <= times).all()
    assert (times <= time.time()).all()


def test_names_and_descriptions_tell_the_circuit_of_the_experiment(account, backend_for, tmp_path):
    emulator = account()
    backend = backend_for(emulator, "qulacs")
    handle = Flips().submit(backend, SHOTS, runs=tmp_path)
    handle.result(timeout=60)

    service = backend.connection.service()
    for state in job_states(backend, handle.journal):
        job = service.job(state.job_id)
        assert job["name"] == f"flips {state.index + 1}/8"
        assert parse_description(job["description"]).index == state.index
    assert is_shuffled(handle)


def test_a_batch_found_by_the_id_of_a_job_tells_the_circuits_of_the_experiment(account, backend_for):
    emulator = account()
    handle = Flips().submit(backend_for(emulator, "qulacs"), SHOTS, runs=False)
    handle.result(timeout=60)

    again = backend_for(emulator, "qulacs").job(handle.job.metadata["job_ids"][3])

    assert is_shuffled(handle)
    assert {outcome.index: outcome.result for outcome in again.outcomes(60)} == RIGHT


def test_a_resumed_run_gives_every_circuit_its_own_counts(account, backend_for, tmp_path):
    emulator = account(manual=True)
    handle = Flips().submit(backend_for(emulator, "qulacs"), SHOTS, runs=tmp_path)
    for job_id in handle.job.metadata["job_ids"]:
        while emulator.advance(job_id) != "succeeded":
            pass

    config, folder = reopen(handle.folder)
    (resumed,) = submit_or_resume(config, folder)

    assert is_shuffled(handle)
    assert resumed.batch.order == handle.batch.order
    assert resumed.result(timeout=60).counts == RIGHT
    assert emulator.stats()["requests"]["submit"] == 2**BITS


def test_jobs_whose_lines_are_lost_are_found_again_for_the_right_circuits(account, backend_for, tmp_path):
    emulator = account()
    handle = Flips().submit(backend_for(emulator, "qulacs"), SHOTS, runs=tmp_path)
    file = handle.journal.path / "journal.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(b"#" + line[1:] if b'"job":{"index":' in line else line for line in lines))

    config, folder = reopen(handle.folder)
    (resumed,) = submit_or_resume(config, folder)

    assert resumed.result(timeout=60).counts == RIGHT
    assert emulator.stats()["requests"]["submit"] == 2**BITS


def test_what_failed_is_named_and_sent_again_as_the_circuit_it_is(account, backend_for, tmp_path):
    emulator = account(faults=["run:fail,times=3"])
    handle = Flips().submit(backend_for(emulator, "qulacs"), SHOTS, runs=tmp_path)
    counts = handle.result(timeout=60).counts
    failed = {circuit for circuit, result in counts.items() if isinstance(result, Failure)}
    config, folder = reopen(handle.folder)

    lost = {state.index: state.job_id for state in job_states(config.backend, handle.journal) if state.lost}
    assert {circuit: result.job_id for circuit, result in counts.items() if circuit in failed} == lost
    assert send_again(config, folder) == len(failed) == 3
    (resumed,) = submit_or_resume(config, folder)

    assert resumed.result(timeout=60).counts == RIGHT
    assert emulator.stats()["requests"]["submit"] == 2**BITS + 3


def test_times_of_outcomes_that_an_earlier_process_took_stay(account, backend_for, tmp_path):
    handle = Flips().submit(backend_for(account(), "qulacs"), SHOTS, runs=tmp_path)
    times = handle.result(timeout=60).dataset.times

    config, folder = reopen(handle.folder)
    (resumed,) = submit_or_resume(config, folder)

    assert np.isfinite(times).all()
    assert resumed.result(timeout=60).dataset.times.tobytes() == times.tobytes()
    assert load_run(handle.folder).results["flips"].dataset.times.tobytes() == times.tobytes()


NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=timezone.utc).timestamp()


@pytest.mark.parametrize(
    ("job", "ran"),
    [
        ({"running_at": "2026-11-20T12:00:00Z", "ended_at": "2026-11-20T12:00:07Z"}, NOON),
        ({"running_at": None, "ended_at": "2026-11-20T12:00:00Z"}, NOON),
        ({"running_at": "2026-11-20T12:00:00"}, NOON),
        ({"running_at": "2026-11-20T13:00:00+01:00"}, NOON),
        ({"running_at": "soon", "ended_at": "2026-11-20T12:00:00Z"}, NOON),
        ({"running_at": 12, "ended_at": []}, None),
        ({}, None),
    ],
)
def test_a_job_ran_when_the_service_says_it_did(job, ran):
    assert ran_at(job) == ran
