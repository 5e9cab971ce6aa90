"""The jobs of a run, seen or cancelled from its journal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments import Journal, PartState
from oqtopus_experiments_oqtopus import job as jobs
from oqtopus_experiments_oqtopus.board import Board
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.sharing import sentence

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus import OqtopusBackend


def states(backend: OqtopusBackend, journal: Journal) -> list[PartState]:
    """Return the newest job of every circuit that has one; a job that no list shows is asked for singly."""
    ledger = Ledger(journal)
    if not ledger.entries:
        return []
    board = Board(backend.connection.service(backend), ledger.batch)
    board.look(ledger.job_ids)
    return [
        PartState(index, entry.job_id, board.status(entry.job_id), _detail(board, ledger, entry.job_id))
        for index, entry in sorted(ledger.entries.items())
    ]


def cancel(backend: OqtopusBackend, journal: Journal) -> int:
    """Cancel what has not ended; return how many jobs were asked to stop."""
    ledger = Ledger(journal)
    service = backend.connection.service(backend)
    return jobs.cancel(service, ledger, Board(service, ledger.batch), backend.parallel)


def _detail(board: Board, ledger: Ledger, job_id: str) -> str:
    if (circuits := ledger.shared.get(job_id)) is not None:
        return sentence(job_id, circuits)
    return board.reason(job_id) if board.status(job_id) == "failed" else ""
