"""What is asked again, how often, and what is never asked again: counted at the service."""

from __future__ import annotations

import time

import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import BackendError, Batch, Counts, MemoryJournal
from oqtopus_experiments_oqtopus._answers import ClosedError, TransientError
from oqtopus_experiments_oqtopus._job_registry import JobRegistry
from oqtopus_experiments_oqtopus._submission import submit_circuit
from oqtopus_experiments_oqtopus._submission_requests import SubmissionRequest
from oqtopus_experiments_oqtopus._waiting import Patience


def _batch(number):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    return Batch((circuit,) * number, 10, (0,), "idle")


def test_after_a_lost_answer_the_state_is_asked_for_and_the_submission_not_repeated(start, backend_for):
    emulator = start(faults=["submit:lost,times=1"], manual=True)
    backend_for(emulator, "qulacs").submit(_batch(1))
    requests = emulator.stats()["requests"]
    assert (requests["submit"], requests["status"]) == (1, 1)


def test_a_job_known_as_submitted_is_not_submitted_again(start, backend_for):
    emulator = start(manual=True)
    backend, journal = backend_for(emulator, "qulacs"), MemoryJournal()
    backend.open(_batch(1), journal)
    service = backend.connection.service()
    submit_circuit(service, JobRegistry(journal), 0, SubmissionRequest("", {"description": ""}))
    requests = emulator.stats()["requests"]
    assert (requests["submit"], requests["register"]) == (1, 1)


def test_storage_that_is_busy_is_asked_again_with_the_same_form_and_address(start, backend_for):
    emulator = start(faults=["upload:429,times=2", "download:429,times=2"])
    job = backend_for(emulator, "qulacs", parallel=1).submit(_batch(2))
    assert all(isinstance(outcome.result, Counts) for outcome in job.outcomes(timeout=30))
    requests = emulator.stats()["requests"]
    assert (requests["register"], requests["upload"], requests["job"], requests["download"]) == (2, 4, 2, 4)


@pytest.mark.parametrize(("own", "given"), [(600.0, 0.3), (0.3, None), (0.3, 600.0)])
def test_the_smaller_of_two_budgets_ends_the_asking(own, given):
    asked = []

    def ask():
        asked.append(time.monotonic())
        message = "not now"
        raise TransientError(message)

    with pytest.raises(BackendError, match="not now; given up after"):
        Patience(own).call(ask, given)
    assert asked[-1] - asked[0] < 5


def test_a_journal_of_an_earlier_version_that_was_cancelled_submits_nothing(start, backend_for):
    emulator, journal = start(), MemoryJournal()
    journal.append({"batch": "oqx-0123456789ab", "device": "qulacs", "snapshot": {}})
    journal.append({"cancelled": True})
    with pytest.raises(ClosedError), JobRegistry(journal).passing():
        pytest.fail("a request was let through")
    job = backend_for(emulator, "qulacs").open(_batch(2), journal)
    assert all("never submitted" in outcome.result.reason for outcome in job.outcomes(timeout=20))
    journal.append({"again": [0, 1]})
    job = backend_for(emulator, "qulacs").open(_batch(2), journal)
    assert all(isinstance(outcome.result, Counts) for outcome in job.outcomes(timeout=20))
    assert emulator.stats()["requests"]["submit"] == 2
