"""What a damaged journal lost, found again at the service: the batch by one of its jobs, the jobs by their batch."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from oqtopus_experiments import JobError, Journal
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.orders import parse
from oqtopus_experiments_oqtopus.service import Service

logger = logging.getLogger(__name__)


def recover(service: Service, ledger: Ledger, journal: Journal) -> list[str]:
    """
    Note the jobs that the service has and a damaged journal lost.

    Returns:
        What stays lost: as many of the damaged lines as no job was found for.

    Raises:
        JobError: When the line that names the batch is lost, and no job is known to tell it.
    """
    if not ledger.batch:
        _name_batch(service, ledger, journal)
    found = {}
    for _, page in service.jobs(ledger.batch, ("job_id", "description")):
        for job in page:
            part = parse(job.get("description"))
            if part is not None and part.batch == ledger.batch and part.index not in ledger.entries:
                found[part.index] = str(job["job_id"])
    for index, job_id in found.items():
        ledger.note(index, job_id, 0)
    return list(journal.lost[len(found) :])


def sendable(unsent: Iterable[int], ledger: Ledger, journal: Journal, lost: Iterable[str]) -> list[int]:
    """Return the circuits that may be submitted: not those that may have a job which a damaged journal lost."""
    lost = list(lost)
    wanted = list(unsent)
    if not lost:
        return wanted
    asked = {index for record in journal.records for index in record.get("again", ())}
    safe = [index for index in wanted if index in ledger.entries or index in asked]
    if len(safe) < len(wanted):
        logger.warning(
            "%d circuits are not submitted, as each may have a job that is not known any more (%s); look for it at the "
            "service, or submit them once more with `oqx resume RUN --failed`", len(wanted) - len(safe), lost[0]
        )  # fmt: skip
    return safe


def _name_batch(service: Service, ledger: Ledger, journal: Journal) -> None:
    for job_id in ledger.job_ids:
        job = service.job(job_id) or {}
        part = parse(job.get("description"))
        if part is not None:
            ledger.batch, ledger.device = part.batch, str(job.get("device_id", ""))
            journal.append({"batch": ledger.batch, "device": ledger.device})
            return
    message = f"nothing is submitted, as it may have been before: {journal.lost[0]}; restore the journal or run anew"
    raise JobError(message)
