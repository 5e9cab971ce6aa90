"""The jobs of a run, seen or cancelled from its journal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments import Journal, PartState
from oqtopus_experiments_oqtopus import job as jobs
from oqtopus_experiments_oqtopus.board import UNREACHABLE, Board
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.service import Service
from oqtopus_experiments_oqtopus.sharing import sentence
from oqtopus_experiments_oqtopus.states import reason

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus import OqtopusBackend


def states(backend: OqtopusBackend, journal: Journal) -> list[PartState]:
    """Return the newest job of every circuit that has one; a job that no list shows is asked for singly."""
    ledger = Ledger(journal)
    if not ledger.entries:
        return []
    service = backend.connection.service(backend)
    board = Board(service, ledger.batch)
    board.look(ledger.job_ids)
    details = _reasons(service, board, ledger) | {
        job_id: sentence(job_id, circuits) for job_id, circuits in ledger.shared.items()
    }
    return [
        PartState(index, entry.job_id, board.status(entry.job_id), details.get(entry.job_id, ""))
        for index, entry in sorted(ledger.entries.items())
    ]


def cancel(backend: OqtopusBackend, journal: Journal) -> int:
    """Cancel what has not ended; return how many jobs were asked to stop."""
    ledger = Ledger(journal)
    service = backend.connection.service(backend)
    return jobs.cancel(service, ledger, Board(service, ledger.batch), backend.parallel)


def _reasons(service: Service, board: Board, ledger: Ledger) -> dict[str, str]:
    """Return why jobs failed, or could not be asked for."""
    states = {job_id: board.status(job_id) for job_id in ledger.job_ids}
    told = {job_id: board.troubles(job_id)[-1] for job_id, status in states.items() if status == UNREACHABLE}
    if "failed" in states.values():
        for _, page in service.jobs(ledger.batch, ("job_id", "job_info"), status="failed"):
            told |= {str(job.get("job_id")): reason(job) for job in page}
    return told
