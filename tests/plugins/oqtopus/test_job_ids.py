"""One job id is one circuit: an id that comes twice is refused, and no count is given to two."""

from __future__ import annotations

import json
import threading

import pytest

from oqtopus_experiments import Batch, Counts, Failure, JobError, MemoryJournal
from oqtopus_experiments_oqtopus._job_registry import JobRegistry
from oqtopus_experiments_rabi import Rabi

POINTS = 6


def _caching(kept):
    """A gateway that answers a registration with the one it saw first."""
    lock = threading.Lock()

    def meddle(method, path, ask):
        if (method, path) != ("POST", "/jobs"):
            return ask()
        with lock:
            if not kept:
                kept.append(ask())
        return kept[0]

    return meddle


@pytest.mark.parametrize("parallel", [1, 8])
def test_registrations_answered_with_one_id_are_refused_and_nothing_is_submitted_twice(
    start, backend_for, gateway, parallel
):
    emulator = start()
    caching = gateway(emulator, _caching([]))
    with pytest.raises(JobError, match=r"job id \S+ for circuit \d, but it stands for circuit \d already.*caching"):
        Rabi(amplitude_points=POINTS).run(backend_for(caching, parallel=parallel), shots=20, runs=False)
    jobs = emulator.stats()["jobs"].values()
    assert [job["submissions"] for job in jobs] == [1]
    assert [job["uploads"] for job in jobs] == [1]


def test_an_id_that_an_earlier_process_wrote_down_is_refused(start, backend_for, gateway):
    emulator = start(manual=True)
    kept, journal, batch = [], MemoryJournal(), _batch(3)
    with pytest.raises(JobError, match="caching"):
        backend_for(gateway(emulator, _caching(kept)), "qulacs", parallel=1).open(batch, journal)
    first = JobRegistry(journal).jobs[0].job_id
    with pytest.raises(JobError, match=f"job id {first} for circuit 1, but it stands for circuit 0 already"):
        backend_for(gateway(emulator, _caching(kept)), "qulacs", parallel=1).open(batch, journal)
    assert emulator.stats()["requests"]["submit"] == 1


def _batch(number):
    from qiskit import QuantumCircuit

    circuits = []
    for value in range(number):
        circuit = QuantumCircuit(2, 2)
        for qubit in range(2):
            if value >> qubit & 1:
                circuit.x(qubit)
        circuit.measure([0, 1], [0, 1])
        circuits.append(circuit)
    return Batch(tuple(circuits), 20, (0, 1), "flips")


def test_a_stale_id_of_another_run_is_never_taken_for_this_one(start, backend_for, gateway):
    emulator = start()
    kept = []
    backend_for(gateway(emulator, _caching(kept)), "qulacs").submit(_batch(1))
    with pytest.raises(JobError, match="was submitted before, by another run"):
        backend_for(gateway(emulator, _caching(kept)), "qulacs").submit(_batch(1))
    assert [job["submissions"] for job in emulator.stats()["jobs"].values()] == [1]


def test_a_submission_that_something_on_the_way_repeats_is_ours_all_the_same(start, backend_for, gateway):
    def twice(method, path, ask):
        if method == "POST" and path.endswith("/submit"):
            ask()
        return ask()

    emulator = start()
    job = backend_for(gateway(emulator, twice), "qulacs").submit(_batch(2))
    assert {o.index: o.result for o in job.outcomes()} == {0: {"00": 20}, 1: {"01": 20}}


def _shared(emulator, backend):
    """A journal, as an earlier version would have written it, that gives one job to two circuits."""
    journal = MemoryJournal()
    job = backend.open(_batch(3), journal)
    list(job.outcomes())
    records = [dict(record) for record in journal.records]
    taken = next(r["job_id"] for r in records if r.get("index") == 1)
    wrong = MemoryJournal()
    for record in records:
        wrong.append({**record, "job_id": taken} if record.get("index") == 2 else record)
    return wrong, taken


def test_a_journal_that_gives_one_job_to_two_circuits_gives_counts_to_the_one_it_is_described_for(start, backend_for):
    emulator = start()
    backend = backend_for(emulator, "qulacs")
    journal, taken = _shared(emulator, backend)
    results = {o.index: o.result for o in backend.open(_batch(3), journal).outcomes()}
    assert results[0] == {"00": 20}
    assert results[1] == {"01": 20}
    assert isinstance(results[2], Failure)
    assert f"the journal gives job {taken} to circuits 1 and 2" in results[2].reason
    assert emulator.stats()["requests"]["submit"] == 3
    states = {state.index: state for state in backend.jobs(journal)}
    assert "circuits 1 and 2" in states[2].detail


def test_counts_that_were_given_to_two_circuits_are_taken_back(start, backend_for):
    class Kept(MemoryJournal):
        def results(self):
            return {index: Counts.from_dict({"01": 20}, 2) for index in range(3)}

    emulator = start()
    backend = backend_for(emulator, "qulacs")
    journal, _ = _shared(emulator, backend)
    kept = Kept()
    for record in journal.records:
        kept.append(record)
    results = {o.index: o.result for o in backend.open(_batch(3), kept).outcomes()}
    assert results[1] == {"01": 20}
    assert isinstance(results[2], Failure)


@pytest.mark.parametrize("told", ["something else", "oqx-0123456789ab 1/3 2"], ids=["not ours", "of another batch"])
def test_without_a_description_neither_circuit_gets_the_counts(start, backend_for, gateway, told):
    def undescribed(method, path, ask):
        answer = ask()
        if method == "GET" and path.startswith("/jobs/") and not path.endswith("/status"):
            content = json.loads(answer.body)
            content["description"] = told
            answer.body = json.dumps(content).encode()
        return answer

    emulator = start()
    journal, _ = _shared(emulator, backend_for(emulator, "qulacs"))
    blurred = gateway(emulator, undescribed)
    results = {o.index: o.result for o in backend_for(blurred, "qulacs").open(_batch(3), journal).outcomes()}
    assert results[0] == {"00": 20}
    assert isinstance(results[1], Failure)
    assert isinstance(results[2], Failure)


def test_a_description_of_another_batch_does_not_tell_whose_a_job_is(start, backend_for):
    emulator = start()
    backend = backend_for(emulator, "qulacs")
    journal, _ = _shared(emulator, backend)
    other = MemoryJournal()
    for record in journal.records:
        other.append({**record, "batch": "oqx-0123456789ab"} if "batch" in record else record)
    results = {o.index: o.result for o in backend.open(_batch(3), other).outcomes()}
    assert isinstance(results[1], Failure)
    assert isinstance(results[2], Failure)
