"""The backend against the emulator: results, exactly once, and what becomes of jobs that do not succeed."""

from __future__ import annotations

import json
import threading
import time

import numpy as np
import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch, Counts, DeviceError, Failure, JobError, MemoryJournal
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_oqtopus import OqtopusBackend
from oqtopus_experiments_oqtopus_emulator import Emulator
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1


def _flips(number, qubits=3):
    """Circuits whose outcome is their number, in binary."""
    circuits = []
    for value in range(number):
        circuit = QuantumCircuit(qubits, qubits)
        for qubit in range(qubits):
            if value >> qubit & 1:
                circuit.x(qubit)
        circuit.measure(range(qubits), range(qubits))
        circuits.append(circuit)
    return tuple(circuits)


def _assert_once(stats, jobs):
    submitted = [job for job in stats["jobs"].values() if job["submissions"]]
    assert len(submitted) == jobs
    assert all(job["submissions"] == 1 for job in submitted)
    assert all(job["runs"] <= 1 for job in submitted)
    assert stats["repeated"] == 0
    assert stats["tokens_sent_to_storage"] == 0


def test_every_count_comes_back_to_its_own_circuit(start, backend_for):
    emulator = start()
    job = backend_for(emulator, "qulacs").submit(Batch(_flips(8), 50, (5, 2, 9), "flips"))
    results = {outcome.index: outcome.result for outcome in job.outcomes()}
    assert results == {value: {f"{value:03b}": 50} for value in range(8)}
    _assert_once(emulator.stats(), 8)


def test_every_count_in_a_result_is_in_a_body_the_service_sent(start, backend_for, monkeypatch):
    from oqtopus_experiments_oqtopus import _service as service

    bodies = []
    unpack = service.unpack
    monkeypatch.setattr(service, "unpack", lambda *data: bodies.append(unpack(*data)) or bodies[-1])
    result = Rabi(amplitude_points=12, physical_qubit=3).run(backend_for(start()), shots=200, runs=False)
    received = [body["sampling"]["counts"] for body in bodies if "sampling" in body]
    assert sorted(map(str, received)) == sorted(str(json.loads(json.dumps(dict(c)))) for c in received)
    assert len(received) == len(result.counts) == 12
    for counts in result.counts.values():
        received.remove(dict(counts))
    assert received == []


def test_t1_of_a_qubit_is_what_the_device_says_it_is(start, backend_for):
    backend = backend_for(start())
    qubit = 3
    true = backend.device_info().qubits[qubit].t1
    frame = T1(physical_qubit=qubit, delay_points=20, max_delay=3 * true).run(backend, shots=2000, runs=False).analyze()
    assert abs(frame.t1_time[0] - true) < 4 * frame.t1_time_stderr[0]


def test_without_a_name_the_one_available_qpu_is_meant(start, backend_for):
    emulator = start()
    assert backend_for(emulator, None).device_info().summary.name == "anemone"
    emulator.set_device("anemone", status="unavailable")
    with pytest.raises(DeviceError, match=r"no QPUs are available.*anemone \(QPU, unavailable, 0 waiting\); qulacs"):
        backend_for(emulator, None).submit(Batch(_flips(1), 10, (0, 1, 2)))
    with pytest.raises(DeviceError, match="'anemone' is unavailable"):
        backend_for(emulator).submit(Batch(_flips(1), 10, (0, 1, 2)))
    assert emulator.stats()["jobs"] == {}


@pytest.mark.parametrize("form", ["url", "json", "null"])
def test_device_info_is_understood_in_all_three_forms(start, backend_for, form):
    emulator = start()
    emulator.set_device("anemone", info_form=form)
    backend = backend_for(emulator)
    info = backend.device_info()
    assert len(info.qubits) == (0 if form == "null" else 16)
    result = Rabi(amplitude_points=5).run(backend, shots=100, runs=False)
    assert all(isinstance(counts, Counts) for counts in result.counts.values())


def test_metadata_names_every_job_and_its_times(start, backend_for):
    result = Rabi(amplitude_points=5).run(backend_for(start()), shots=100, runs=False)
    metadata = result.job_metadata
    assert metadata["job_id"] == metadata["job_ids"][0]
    assert len(set(metadata["job_ids"])) == 5
    assert (metadata["status"], metadata["device"]) == ("succeeded", "anemone")
    assert metadata["calibrated_at"] == "2026-08-20T06:30:12Z"
    assert metadata["submitted_at"] <= metadata["running_at"] <= metadata["ended_at"]
    assert metadata["execution_time"] >= 0


def test_a_failed_job_is_a_missing_point_with_its_reason(start, backend_for):
    emulator = start(faults=["run:fail,times=2"])
    result = Rabi(amplitude_points=8).run(backend_for(emulator), shots=100, runs=False)
    failures = [r for r in result.counts.values() if isinstance(r, Failure)]
    assert len(failures) == 2
    assert all("failed to execute job on device" in failure.reason and failure.job_id for failure in failures)
    _assert_once(emulator.stats(), 8)


def test_a_failed_job_is_sent_again_only_when_asked_for(start, backend_for):
    emulator = start(faults=["run:fail,times=3"])
    result = Rabi(amplitude_points=8).run(backend_for(emulator, resubmit_failed=3), shots=100, runs=False)
    assert all(isinstance(counts, Counts) for counts in result.counts.values())
    submitted = [job for job in emulator.stats()["jobs"].values() if job["submissions"]]
    assert len(submitted) == 8 + 3


def test_when_every_job_fails_there_is_an_error_and_no_result(start, backend_for):
    with pytest.raises(JobError, match=r"none of the 5 circuits .* has counts"):
        Rabi(amplitude_points=5).run(backend_for(start(faults=["run:fail"])), shots=100, runs=False)


def test_timeout_ends_the_waiting_and_not_the_jobs(start, backend_for):
    emulator = start(manual=True)
    handle = Rabi(amplitude_points=5).submit(backend_for(emulator, poll_interval=0.1), shots=100, runs=False)
    with pytest.raises(JobError, match="time is up with 5 of 5 circuits outstanding; the jobs go on"):
        handle.result(timeout=0.5)
    assert handle.status() == "submitted"
    for job_id in handle.job.metadata["job_ids"]:
        while emulator.advance(job_id) != "succeeded":
            pass
    assert handle.status() == "succeeded"
    assert all(isinstance(counts, Counts) for counts in handle.result(timeout=30).counts.values())
    _assert_once(emulator.stats(), 5)


def test_cancelling_keeps_what_has_run(start, backend_for):
    emulator = start(manual=True)
    handle = Rabi(amplitude_points=5).submit(backend_for(emulator), shots=100, runs=False)
    first = handle.job.metadata["job_ids"][2]
    while emulator.advance(first) != "succeeded":
        pass
    handle.cancel()
    result = handle.result(timeout=30)
    assert [i for i, r in result.counts.items() if isinstance(r, Counts)] == [handle.batch.order.circuit(2)]
    assert "cancelled" in result.counts[handle.batch.order.circuit(0)].reason


def test_a_batch_is_found_again_by_the_id_of_any_of_its_jobs(start, backend_for):
    emulator = start()
    backend = backend_for(emulator, "qulacs")
    job = backend.submit(Batch(_flips(6), 50, (0, 1, 2), "flips"))
    expected = {outcome.index: outcome.result for outcome in job.outcomes()}
    again = backend_for(emulator, "qulacs").job(job.metadata["job_ids"][4])
    assert {outcome.index: outcome.result for outcome in again.outcomes()} == expected
    with pytest.raises(JobError, match="knows no submitted job"):
        backend.job("06b00a7a-0000-7000-8000-000000000000")


def test_outcomes_already_in_the_journal_are_not_fetched_again(start, backend_for):
    emulator = start()

    class Kept(MemoryJournal):
        def results(self):
            return {1: Counts.from_dict({"001": 50}, 3)}

    journal = Kept()
    backend = backend_for(emulator, "qulacs")
    results = {o.index: o.result for o in backend.open(Batch(_flips(3), 50, (0, 1, 2)), journal).outcomes()}
    assert results[1] == {"001": 50}
    assert emulator.stats()["requests"]["download"] == 2
    _assert_once(emulator.stats(), 2)


def test_mitigated_readout_is_nearer_to_the_truth(start, backend_for):
    emulator = start()

    def flipped(**options):
        job = backend_for(emulator, **options).submit(Batch(_flips(8)[7:], 4000, (0, 1, 2)))
        return next(iter(job.outcomes())).result["111"] / 4000

    assert flipped(mitigate_readout=True) > flipped() + 0.05


def test_the_service_transpiler_keeps_qubit_and_delay(start, backend_for):
    backend = backend_for(start(), transpiler="service")
    true = backend.device_info().qubits[9].t1
    frame = T1(physical_qubit=9, delay_points=12, max_delay=3 * true).run(backend, shots=2000, runs=False).analyze()
    assert abs(frame.t1_time[0] - true) < 4 * frame.t1_time_stderr[0]


def test_results_are_fetched_while_other_jobs_wait(start, backend_for):
    emulator = start(manual=True)
    job = backend_for(emulator, poll_interval=0.1).submit(Batch(_flips(4), 20, (0, 1, 2)))
    ids = job.metadata["job_ids"]
    arrived = []

    def finish_the_rest():
        while not arrived:
            time.sleep(0.02)
        for job_id in ids[:3]:
            while emulator.advance(job_id) != "succeeded":
                pass

    while emulator.advance(ids[3]) != "succeeded":
        pass
    rest = threading.Thread(target=finish_the_rest)
    rest.start()
    for outcome in job.outcomes(timeout=30):
        arrived.append(outcome.index)  # noqa: PERF401  # the other thread looks on
    rest.join()
    assert arrived[0] == 3
    assert sorted(arrived) == [0, 1, 2, 3]


def test_pages_are_polled_rather_than_jobs(start, backend_for):
    emulator = start(queue_delay=0.5)
    Rabi(amplitude_points=110, max_amplitude=3.0).run(backend_for(emulator), shots=20, runs=False)
    requests = emulator.stats()["requests"]
    assert requests.get("status", 0) == 0
    # How many pages depends on how long it takes; asked one by one, every job would cost a request at each look.
    assert requests["list"] < 110
    assert (
        requests["job"]
        == requests["download"]
        == requests["submit"]
        == requests["upload"]
        == requests["register"]
        == 110
    )


def test_the_same_experiment_agrees_with_the_noiseless_simulator(start, backend_for):
    rabi = Rabi(amplitude_points=9, max_amplitude=2.0)
    remote = rabi.run(backend_for(start(), "qulacs"), shots=4000, runs=False).dataset
    local = rabi.run(LocalBackend("qulacs", seed=3), shots=4000).dataset
    sigma = np.sqrt(remote.stderr**2 + local.stderr**2) + 1e-3
    assert (np.abs(remote.mean - local.mean) < 4.5 * sigma).all()


def test_a_second_emulator_needs_no_second_backend_class():
    with Emulator(seed=2) as one, Emulator(seed=2) as other:
        results = [
            Rabi(amplitude_points=5).run(OqtopusBackend(url=e.url, token=e.token), shots=50, runs=False).counts
            for e in (one, other)
        ]
    assert results[0] == results[1]


def test_two_services_are_two_devices_and_patience_makes_none(monkeypatch):
    monkeypatch.setenv("OQTOPUS_URL", "https://one.example")
    monkeypatch.setenv("OQTOPUS_API_TOKEN", "abc.def")
    here = OqtopusBackend(device="kawasaki", poll_interval=1.0, retry_budget=5.0).identity()
    monkeypatch.setenv("OQTOPUS_URL", "https://two.example")

    assert here == {"device": "kawasaki", "url": "https://one.example"}
    assert OqtopusBackend(device="kawasaki").identity() == {"device": "kawasaki", "url": "https://two.example"}
    assert OqtopusBackend(device="kawasaki", profile=None, transpiler="service").identity()["transpiler"] == "service"
