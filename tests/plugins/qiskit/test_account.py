"""Jobs of an account of IBM Quantum: each circuit once, found again by any later process."""

from __future__ import annotations

import json

import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import (
    AuthenticationError,
    Batch,
    Counts,
    DeviceError,
    Failure,
    JobError,
    MemoryJournal,
    ParameterError,
    load_run,
)
from oqtopus_experiments.execution._pipeline import go_on, resume
from oqtopus_experiments.execution._resume import job_states, reopen, send_again
from oqtopus_experiments.experiments import Rabi
from oqtopus_experiments_qiskit import QiskitBackend

RABI = Rabi(physical_qubit=1, amplitude_points=7)


def flipped(*qubits):
    circuit = QuantumCircuit(2, 2)
    if qubits:
        circuit.x(qubits)
    circuit.measure([0, 1], [0, 1])
    return circuit


def batch(count=4):
    return Batch(tuple(flipped(*[q for q in (0, 1) if i >> q & 1]) for i in range(count)), 200, (1, 2))


def outcomes(job, **options):
    return {outcome.index: outcome.result for outcome in job.outcomes(**options)}


def likeliest(counts):
    assert isinstance(counts, Counts), counts
    return max(counts, key=counts.get)


def test_a_run_of_an_account_is_measured_and_kept_in_a_folder_without_any_secret(ibm, account, tmp_path):
    handle = RABI.submit(account(), shots=100, runs=tmp_path)
    dataset = handle.result().dataset

    assert dataset.shots.tolist() == [[100] * 7]
    assert ibm.circuits == [7]
    manifest = (handle.folder / "run.json").read_text()
    assert json.loads(manifest)["config"]["backend"]["options"]["account"] == "lab"
    assert b"secret" not in b"".join(path.read_bytes() for path in handle.folder.rglob("*") if path.is_file())


def test_a_run_goes_into_a_folder_only_where_jobs_outlive_the_process(ibm, account):
    assert account().queued
    assert not QiskitBackend(device="fake_manila").queued


def test_each_circuit_has_its_own_counts_and_bit_0_is_on_the_right(ibm, account):
    found = outcomes(account(circuits_per_job=3).submit(batch()))

    assert ibm.circuits == [3, 1]
    assert [likeliest(found[i]) for i in range(4)] == ["00", "01", "10", "11"]
    assert account(circuits_per_job=3).jobs_for(4) == 2


def test_a_later_process_fetches_what_was_submitted_and_submits_nothing(ibm, account, tmp_path):
    ibm.states = ["QUEUED"]
    folder = RABI.submit(account(), shots=100, runs=tmp_path).folder
    ibm.let_through()

    assert resume(folder).complete

    assert ibm.circuits == [7]
    assert load_run(folder).results["rabi"].dataset.shots.tolist() == [[100] * 7]


@pytest.mark.parametrize("moment", ["before it is submitted", "after it was submitted"])
def test_a_process_that_is_killed_while_it_submits_leaves_nothing_twice_and_nothing_undone(
    ibm, account, tmp_path, moment
):
    ibm.dies = moment
    with pytest.raises(BaseException, match=r"^$") as killed:
        RABI.submit(account(), shots=100, runs=tmp_path)
    assert type(killed.value).__name__ == "Killed"
    ibm.dies = ""
    (folder,) = tmp_path.iterdir()

    resume(folder)

    assert ibm.circuits == [7]
    assert load_run(folder).results["rabi"].dataset.shots.tolist() == [[100] * 7]


def test_only_the_circuits_of_a_job_that_failed_are_missing_and_submitted_again_when_asked_for(ibm, account, tmp_path):
    ibm.states = ["DONE", "ERROR", "DONE"]
    handle = RABI.submit(account(circuits_per_job=3), shots=100, runs=tmp_path)
    result = handle.result()
    (folder,) = tmp_path.iterdir()

    lost = [handle.batch.order.circuit(position) for position in (3, 4, 5)]
    assert result.dataset.shots.tolist() == [[0 if circuit in lost else 100 for circuit in range(7)]]
    assert result.counts[lost[1]] == Failure("job d4job1: failed: the fridge is warm", "d4job1")
    states = job_states(account(), reopen(folder)[1].journal("rabi"))
    assert [state.index for state in states if state.lost] == sorted(lost)

    config, opened = reopen(folder)
    assert send_again(config, opened) == 3
    go_on(config, opened)

    assert ibm.circuits == [3, 3, 1, 3]
    assert load_run(folder).results["rabi"].dataset.shots.tolist() == [[100] * 7]
    assert {state.index: state.job_id for state in job_states(account(), opened.journal("rabi"))}[lost[1]] == "d4job3"


def test_results_go_to_their_circuits_when_some_of_a_job_were_submitted_again(ibm, account):
    journal = MemoryJournal()
    account(circuits_per_job=4).open(batch(), journal)
    journal.append({"again": [1, 3]})

    found = outcomes(account(circuits_per_job=4).open(batch(), journal))

    assert ibm.circuits == [4, 2]
    assert [likeliest(found[i]) for i in range(4)] == ["00", "01", "10", "11"]


def test_each_circuit_has_the_time_at_which_it_ran_where_the_service_tells(ibm, account):
    ibm.spans = [(100.0, 110.0, [2]), (120.0, 130.0, [0, 1])]

    job = account().submit(batch())

    assert {outcome.index: outcome.time for outcome in job.outcomes()} == {0: 125.0, 1: 125.0, 2: 105.0, 3: None}


def test_cancelling_stops_what_has_not_ended_and_nothing_more_is_submitted(ibm, account):
    ibm.states = ["DONE", "QUEUED", "RUNNING"]
    journal = MemoryJournal()
    account(circuits_per_job=1).open(batch(3), journal)

    assert account().cancel(journal) == 2
    assert [job.state for job in ibm.jobs] == ["DONE", "CANCELLED", "CANCELLED"]

    found = outcomes(account(circuits_per_job=1).open(batch(4), journal))
    assert len(ibm.jobs) == 3
    assert likeliest(found[0]) == "00"
    assert "cancelled" in found[1].reason
    assert "never submitted" in found[3].reason


def test_a_job_whose_id_nobody_noted_is_cancelled_by_its_tag(ibm, account):
    ibm.dies, ibm.states = "after it was submitted", ["QUEUED"]
    journal = MemoryJournal()
    with pytest.raises(BaseException, match=r"^$"):
        account().open(batch(), journal)

    assert account().cancel(journal) == 1
    assert ibm.jobs[0].state == "CANCELLED"


def test_who_waits_no_longer_is_told_which_job_goes_on(ibm, account):
    ibm.states = ["QUEUED"]
    job = account().submit(batch())

    with pytest.raises(JobError, match="1 jobs have not ended, the first is d4job0; they go on"):
        outcomes(job, timeout=0.05)
    assert job.status() == "submitted"
    ibm.let_through()
    assert [likeliest(result) for result in outcomes(job).values()] == ["00", "01", "10", "11"]
    assert job.status() == "succeeded"


def test_a_job_is_found_by_its_id_alone(ibm, account):
    job_id = account().submit(batch()).id

    found = outcomes(account().job(job_id))

    assert [likeliest(found[i]) for i in range(4)] == ["00", "01", "10", "11"]
    with pytest.raises(JobError, match="account 'lab' has no job 'nobody'"):
        account().job("nobody")


def test_circuits_whose_jobs_a_damaged_journal_may_hide_are_not_submitted_unasked(ibm, account):
    class Damaged(MemoryJournal):
        @property
        def lost(self):
            return ("line 3 cannot be read",)

    journal = Damaged()
    found = outcomes(account().open(batch(), journal))
    assert ibm.jobs == []
    assert all("never submitted" in result.reason for result in found.values())

    journal.append({"again": [2]})
    found = outcomes(account().open(batch(), journal))
    assert ibm.circuits == [1]
    assert likeliest(found[2]) == "10"


def test_an_account_that_was_never_saved_is_named_with_the_way_to_save_it(ibm):
    backend = QiskitBackend(device="fake_manila", account="labb")

    with pytest.raises(AuthenticationError, match=r"no account 'labb'.*lab.*save_account\(name='labb', token=") as told:
        backend.submit(batch())
    assert "secret" not in str(told.value)


def test_a_device_that_an_account_does_not_have_is_refused_before_anything_is_submitted(ibm):
    backend = QiskitBackend(device="fake_manil", account="lab")

    with pytest.raises(DeviceError, match=r"account 'lab' has no device 'fake_manil'.*fake_manila"):
        backend.check(batch())
    assert ibm.jobs == []


def test_what_compiling_changed_is_told_by_every_later_process(ibm, account):
    circuit = QuantumCircuit(1, 1)
    circuit.delay(100, 0, unit="ns")
    circuit.measure(0, 0)
    journal = MemoryJournal()
    account().open(Batch((circuit,), 10, (0,)), journal)

    told = account().open(Batch((circuit,), 10, (0,)), journal).metadata

    assert told["device"] == "fake_manila"
    assert told["jobs"] == ["d4job0"]
    assert told["delays"]["largest_change_ns"] == pytest.approx(100 - 28 * 32 / 9, abs=1e-6)


def test_a_seed_that_nothing_would_heed_is_refused(account):
    with pytest.raises(ParameterError, match="'seed' is for fake devices"):
        account(seed=3)


def test_a_doctor_is_told_which_account_is_used_and_never_its_token(ibm):
    (found,) = QiskitBackend(device="fake_manila", account="lab").credentials()
    (missing,) = QiskitBackend(device="fake_manila", account="lob").credentials()

    assert (found.name, found.problem) == ("account 'lab'", "")
    assert "save_account(name='lob'" in missing.problem
    assert "a secret" not in repr((found, missing))
    assert QiskitBackend(device="fake_manila").credentials() == ()
