"""The jobs of a run, seen or cancelled from its journal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments import Journal, PartState
from oqtopus_experiments_oqtopus import cancelling
from oqtopus_experiments_oqtopus.board import UNKNOWN, UNREACHABLE, Board
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.service import Service
from oqtopus_experiments_oqtopus.sharing import sentence
from oqtopus_experiments_oqtopus.states import reason

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus import OqtopusBackend


_LOST = frozenset({"failed", "cancelled", UNKNOWN})
_REGISTERED = "not submitted: its input never arrived, or the run ended before; resume submits it, cancel clears it"


def states(backend: OqtopusBackend, journal: Journal) -> list[PartState]:
    """Return the newest job of every circuit that has one, and those left behind that the service still holds open."""
    ledger = Ledger(journal)
    ids = [*ledger.job_ids, *ledger.left_behind]
    if not ids:
        return []
    service = backend.connection.service(backend)
    board = Board(service, ledger.batch)
    board.look(ids)
    details = _reasons(service, board, ledger)
    details |= {job_id: sentence(job_id, circuits) for job_id, circuits in ledger.shared.items()}
    found = [(index, entry.job_id, details.get(entry.job_id, "")) for index, entry in sorted(ledger.entries.items())]
    for job_id, index in ledger.left_behind.items():
        if board.status(job_id) == "registered":
            found.append((index, job_id, "its input never arrived, and another job took its place; cancel clears it"))
    return [
        PartState(index, job_id, board.status(job_id), detail, lost=board.status(job_id) in _LOST)
        for index, job_id, detail in found
    ]


def cancel(backend: OqtopusBackend, journal: Journal) -> int:
    """Let nothing more be submitted by any process, and cancel what has not ended; return how many jobs that were."""
    service = backend.connection.service(backend)
    journal.gate.close(2 * backend.request_timeout)
    journal.refresh()
    ledger = Ledger(journal)
    return cancelling.cancel(service, ledger, Board(service, ledger.batch), backend.parallel)


def _reasons(service: Service, board: Board, ledger: Ledger) -> dict[str, str]:
    """Return why jobs failed, or could not be asked for."""
    states = {job_id: board.status(job_id) for job_id in ledger.job_ids}
    told = {job_id: board.troubles(job_id)[-1] for job_id, status in states.items() if status == UNREACHABLE}
    told |= dict.fromkeys((i for i, status in states.items() if status == "registered"), _REGISTERED)
    if "failed" in states.values():
        for _, page in service.jobs(ledger.batch, ("job_id", "job_info"), status="failed"):
            told |= {str(job.get("job_id")): reason(job) for job in page}
    return told
