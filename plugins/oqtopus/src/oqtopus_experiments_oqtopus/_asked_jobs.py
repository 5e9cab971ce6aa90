"""What a person asks of the jobs of a journal: which there are, and to cancel them."""

from __future__ import annotations

from collections.abc import Callable

from oqtopus_experiments import AuthenticationError, BackendError, JobError, Journal, PartState
from oqtopus_experiments_oqtopus._connection import Connection
from oqtopus_experiments_oqtopus._job_details import reason
from oqtopus_experiments_oqtopus._job_registry import JobRegistry, why_shared
from oqtopus_experiments_oqtopus._job_status import TERMINAL, UNKNOWN, UNREACHABLE, JobStatusCache
from oqtopus_experiments_oqtopus._service import Service
from oqtopus_experiments_oqtopus._waiting import Workers

_LOST = frozenset({"failed", "cancelled", UNKNOWN})
_REGISTERED = "not submitted: its input never arrived, or the run ended before; resume submits it, cancel clears it"


def states(connection: Connection, journal: Journal) -> list[PartState]:
    """Return the newest job of every circuit that has one, and those left behind that the service still holds open."""
    registry = JobRegistry(journal)
    ids = [*registry.job_ids, *registry.left_behind]
    if not ids:
        return []
    service = connection.service()
    statuses = JobStatusCache(service, registry.batch_id)
    statuses.look(ids)
    details = _reasons(service, statuses, registry)
    details |= {job_id: why_shared(job_id, circuits, registry.order) for job_id, circuits in registry.shared.items()}
    found = [(index, job.job_id, details.get(job.job_id, "")) for index, job in sorted(registry.jobs.items())]
    for job_id, index in registry.left_behind.items():
        if statuses.status(job_id) == "registered":
            found.append((index, job_id, "its input never arrived, and another job took its place; cancel clears it"))
    return [
        PartState(index, job_id, statuses.status(job_id), detail, lost=statuses.status(job_id) in _LOST)
        for index, job_id, detail in found
    ]


def cancel(connection: Connection, journal: Journal) -> int:
    """Let nothing more be submitted by any process, and cancel what has not ended; return how many jobs that were."""
    service = connection.service()
    journal.gate.close(2 * connection.options.request_timeout)
    journal.refresh()
    registry = JobRegistry(journal)
    statuses = JobStatusCache(service, registry.batch_id)
    return cancel_jobs(service, registry, statuses, connection.options.parallel)


def cancel_jobs(service: Service, registry: JobRegistry, statuses: JobStatusCache, parallel: int) -> int:
    """
    Cancel what has not ended, and remove what was registered and never submitted. The gate is closed already.

    Returns:
        How many jobs were cancelled, that is, asked to stop before they had ended.

    Raises:
        JobError: When some could not be; all others are.
    """
    service.patience.renew()
    ids = [*registry.job_ids, *registry.left_behind]
    statuses.look(ids)
    going, begun = list[str](), list[str]()
    for job_id in ids:
        status = statuses.status(job_id)
        if status == "registered" or (status == "cancelled" and not statuses.listed(job_id)):
            # Unlisted and cancelled: so before it was submitted, elsewhere. It breaks the lists of this account.
            begun.append(job_id)
        elif status not in TERMINAL | {UNKNOWN, UNREACHABLE}:
            going.append(job_id)
    workers = Workers(parallel, "oqtopus-cancel")
    try:
        asked = [workers.submit(_tried, service.cancel, job_id) for job_id in going]
        cleared = [workers.submit(_tried, service.clear, job_id) for job_id in begun]
        done = [future.result() for future in asked]
        problems = [why for why in (*done, *(future.result() for future in cleared)) if isinstance(why, BackendError)]
    finally:
        workers.shutdown()
    number = sum(answer is True for answer in done)
    if problems:
        message = f"{number} jobs are cancelled, {len(problems)} could not be ({problems[0]}); cancel again later"
        raise JobError(message)
    return number


def _reasons(service: Service, statuses: JobStatusCache, registry: JobRegistry) -> dict[str, str]:
    """Return why jobs failed, or could not be asked for."""
    states = {job_id: statuses.status(job_id) for job_id in registry.job_ids}
    told = {job_id: statuses.troubles(job_id)[-1] for job_id, status in states.items() if status == UNREACHABLE}
    told |= dict.fromkeys((i for i, status in states.items() if status == "registered"), _REGISTERED)
    if "failed" in states.values():
        for _, page in service.jobs(registry.batch_id, ("job_id", "job_info"), status="failed"):
            told |= {str(job.get("job_id")): reason(job) for job in page}
    return told


def _tried(ask: Callable[[str], bool | None], job_id: str) -> bool | BackendError | None:
    """Return the answer about one job, or what is wrong: the others must not wait for it."""
    try:
        return ask(job_id)
    except AuthenticationError:
        raise
    except BackendError as error:
        return error
