"""Waiting costs the service little, and no job is out of sight for ever."""

from __future__ import annotations

import json
import threading
from urllib.parse import parse_qs

import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch, Counts, Failure, MemoryJournal
from oqtopus_experiments_oqtopus._polling_interval import PollingInterval


def _batch(number, shots=10):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    return Batch((circuit,) * number, shots, (0,), "idle")


def _end(emulator, job_ids):
    for job_id in job_ids:
        while emulator.advance(job_id) != "succeeded":
            pass


def _registered(emulator, gateway, status):
    """Register a job, and leave it, or cancel it as somebody else might, which breaks it for the service."""
    import http.client

    def call(method, path):
        connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=30)
        connection.request(method, path, headers={"q-api-token": emulator.token})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    job_id = json.loads(call("POST", "/jobs")[1])["job_id"]
    if status == "cancelled":
        assert call("POST", f"/jobs/{job_id}/cancel")[0] == 200
        assert call("GET", f"/jobs/{job_id}")[0] == 500
    return job_id


def test_a_look_at_a_hundred_jobs_is_one_page_of_ids_and_states(start, backend_for, gateway):
    emulator = start(manual=True)
    watched = gateway(emulator)
    job = backend_for(watched, "qulacs").submit(_batch(100))
    before = len(watched.lists())
    assert job.status() == "submitted"
    looks = watched.lists()[before:]
    assert len(looks) == 1  # no empty second page
    query, size = looks[0]
    assert parse_qs(query)["fields"] == ["job_id,status"]
    assert size < 10_000


def test_addresses_and_times_are_asked_for_when_a_job_is_done(start, backend_for, gateway):
    emulator = start()
    watched = gateway(emulator)
    job = backend_for(watched, "qulacs").submit(_batch(100))
    assert all(isinstance(outcome.result, Counts) for outcome in job.outcomes())
    metadata = job.metadata
    assert metadata["submitted_at"] <= metadata["running_at"] <= metadata["ended_at"]
    assert metadata["execution_time"] > 0
    queries = [parse_qs(query) for query, _ in watched.lists()]
    assert {query["page"][0] for query in queries} == {"1"}
    assert not any("job_info" in query["fields"][0] for query in queries)
    single = [path for _, path, _ in watched.seen if path.startswith("/jobs/") and path.count("/") == 2]
    assert len(single) == len(set(single)) == 100


def test_times_of_jobs_fetched_by_an_earlier_process_are_still_told(start, backend_for, gateway):
    class Kept(MemoryJournal):
        def results(self):
            return dict(self.known)

    emulator = start()
    watched = gateway(emulator)
    journal = Kept()
    journal.known = {}
    backend = backend_for(watched, "qulacs")
    journal.known = {o.index: o.result for o in backend.open(_batch(5), journal).outcomes()}
    again = backend.open(_batch(5), journal)
    assert len(list(again.outcomes())) == 5
    metadata = again.metadata
    assert metadata["submitted_at"] <= metadata["running_at"] <= metadata["ended_at"]
    assert metadata["status"] == "succeeded"


def test_a_job_deleted_while_others_wait_hides_none_of_them(start, backend_for, gateway):
    """The pages shift by one: what began the second page ends the first, which had been read to its end."""
    emulator = start(manual=True)
    watched = gateway(emulator)
    backend = backend_for(watched, "qulacs", poll_interval=0.05)
    job = backend.submit(_batch(103))
    ids = job.metadata["job_ids"]
    _end(emulator, ids[:100])
    arrived, deleted = {}, threading.Event()

    def delete_when_the_first_page_is_settled():
        while len(arrived) < 100:
            deleted.wait(0.02)
        _delete(emulator, ids[7])
        deleted.set()
        _end(emulator, ids[100:])

    other = threading.Thread(target=delete_when_the_first_page_is_settled)
    other.start()
    for outcome in job.outcomes(timeout=30):
        arrived[outcome.index] = outcome.result
    other.join()
    assert sorted(arrived) == list(range(103))
    assert emulator.stats()["requests"].get("status", 0) == 0  # the page is read anew, and no job asked for singly
    assert all(isinstance(result, Counts) for result in arrived.values())


def _delete(emulator, job_id):
    import http.client

    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=30)
    connection.request("DELETE", f"/jobs/{job_id}", headers={"q-api-token": emulator.token})
    assert connection.getresponse().status == 200
    connection.close()


def test_a_job_that_is_gone_while_it_is_waited_for_is_a_missing_point(start, backend_for, gateway):
    emulator = start(manual=True)
    backend = backend_for(emulator, "qulacs", poll_interval=0.05)
    job = backend.submit(_batch(3))
    ids = job.metadata["job_ids"]
    assert job.status() == "submitted"
    backend.connection.service().cancel(ids[1])
    _delete(emulator, ids[1])
    _end(emulator, [ids[0], ids[2]])
    results = {outcome.index: outcome.result for outcome in job.outcomes(timeout=30)}
    assert isinstance(results[1], Failure)
    assert "does not know this job any more" in results[1].reason
    assert isinstance(results[0], Counts)
    assert isinstance(results[2], Counts)


def _with_a_broken_job(backend, emulator, status):
    journal = MemoryJournal()
    job = backend.open(_batch(4), journal)
    broken = _registered(emulator, None, status)
    wrong = MemoryJournal()
    for record in journal.records:
        wrong.append({**record, "job_id": broken} if record.get("index") == 2 else dict(record))
    list(job.outcomes())
    return wrong, broken


def test_a_registered_job_that_was_cancelled_elsewhere_stops_neither_jobs_nor_cancel_nor_resume(start, backend_for):
    emulator = start()
    backend = backend_for(emulator, "qulacs", retry_budget=20.0)
    journal, _ = _with_a_broken_job(backend, emulator, "cancelled")
    assert [state.status for state in backend.jobs(journal)] == ["succeeded", "succeeded", "cancelled", "succeeded"]
    results = {outcome.index: outcome.result for outcome in backend.open(_batch(4), journal).outcomes(timeout=10)}
    assert results[2].reason == "the job was cancelled"
    assert [isinstance(results[index], Counts) for index in range(4)] == [True, True, False, True]
    assert backend.cancel(journal) == 0


def test_a_job_that_cannot_be_asked_at_all_is_named_and_the_rest_goes_on(start, backend_for, gateway):
    emulator = start()
    journal, broken = _with_a_broken_job(backend_for(emulator, "qulacs"), emulator, "cancelled")

    def deaf(_method, path, ask):
        answer = ask()
        if path == f"/jobs/{broken}/status":
            answer.status = 500
        return answer

    backend = backend_for(gateway(emulator, deaf), "qulacs", retry_budget=60.0, poll_interval=0.1)
    states = backend.jobs(journal)
    assert [state.status for state in states] == ["succeeded", "succeeded", "unreachable", "succeeded"]
    assert "answered 500" in states[2].detail
    results = {outcome.index: outcome.result for outcome in backend.open(_batch(4), journal).outcomes(timeout=50)}
    assert [isinstance(results[index], Counts) for index in range(4)] == [True, True, False, True]
    assert "could not be asked" in results[2].reason
    assert broken in results[2].job_id
    assert backend.cancel(journal) == 0


def test_list_pages_that_never_end_are_an_error_and_not_a_loop(start, backend_for, gateway):
    from oqtopus_experiments import BackendError

    def endless(method, path, ask):
        if method == "GET" and path.startswith("/jobs?"):
            answer = ask()
            answer.body = json.dumps([{"job_id": f"x{n}", "status": "running"} for n in range(100)]).encode()
            return answer
        return ask()

    emulator = start(manual=True)
    job = backend_for(gateway(emulator, endless), "qulacs").submit(_batch(2))
    with pytest.raises(BackendError, match=r"page 2 of the list of jobs .* shows no job that is new"):
        job.status()


@pytest.mark.parametrize("seconds", [0.3, 2.0, 5.8, 30.0])
@pytest.mark.parametrize("number", [12, 40, 200])
@pytest.mark.parametrize("longest", [2.0, 10.0])
def test_slow_jobs_one_at_a_time_cost_at_most_a_look_each(seconds, number, longest):
    polling, now, looks, before, seen = PollingInterval(longest), 0.0, 0, 0, 0
    while seen < number:
        ended = min(number, int(now / seconds))
        looks += 1
        before += ended == 0
        polling.looked(ended - seen, number - ended, now)
        seen = ended
        now += polling.interval
    assert looks - before < number
    assert looks <= max(number, 2 * before)  # how many looks before the first job ends is for whoever waits to say
    assert now < (number + 4) * seconds + longest


def test_a_queue_that_does_not_move_is_looked_at_ever_more_rarely_but_never_forgotten():
    polling, pauses = PollingInterval(10.0), []
    for look in range(20):
        polling.looked(0, 5, float(look))
        pauses.append(polling.interval)
    assert pauses[0] <= 0.2
    assert pauses == sorted(pauses)
    assert pauses[-1] == 10.0


def test_a_burst_of_jobs_is_collected_at_once():
    polling = PollingInterval(10.0)
    for look in range(8):
        polling.looked(0, 100, float(look))
    for look in range(5):
        polling.looked(20, 80 - 20 * look, 8 + 0.1 * look)
    assert polling.interval < 1.0


def test_list_requests_to_a_real_queue_of_slow_jobs_are_at_most_one_each(start, backend_for):
    emulator = start(run_time=0.4)
    job = backend_for(emulator, "qulacs", poll_interval=5.0).submit(_batch(14))
    assert len(list(job.outcomes(timeout=60))) == 14
    requests = emulator.stats()["requests"]
    assert requests["list"] <= 14
    assert requests.get("status", 0) == 0
