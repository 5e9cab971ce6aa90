"""The jobs of a run, seen and cancelled."""

from __future__ import annotations

from oqtopus_experiments import BackendError, JobError, Journal, PartState
from oqtopus_experiments_qiskit._records import Records
from oqtopus_experiments_qiskit._service import ENDED, Service


def states(service: Service, journal: Journal) -> list[PartState]:
    """Return the state of the job of every circuit that has one, in the order of the circuits."""
    found = []
    for job_id, circuits in Records(journal).jobs.items():
        seen = service.state(job_id)
        lost = seen.state in ("failed", "cancelled")
        found += [PartState(index, job_id, seen.state, seen.reason, lost=lost) for index in circuits]
    return sorted(found, key=lambda part: part.index)


def cancel(service: Service, journal: Journal) -> int:
    """
    Let nothing more be submitted by any process, and cancel what has not ended; return how many jobs that were.

    Raises:
        JobError: When some could not be; all others are.
    """
    journal.gate.close()
    journal.refresh()
    records = Records(journal)
    # A job whose id was never noted is found by its tag; noting it is left to whoever resumes.
    ids = [*records.jobs, *(job_id for sending in records.unconfirmed for job_id in service.tagged(sending))]
    number, problems = 0, []
    for job_id in ids:
        try:
            if service.state(job_id).state not in ENDED:
                number += service.cancel(job_id)
        except BackendError as error:
            problems.append(error)
    if problems:
        message = f"{number} jobs are cancelled, {len(problems)} could not be ({problems[0]}); cancel again later"
        raise JobError(message)
    return number
