"""Cancelling a batch: nothing more is submitted, what goes on is stopped, what never began is cleared away."""

from __future__ import annotations

from collections.abc import Callable

from oqtopus_experiments import AuthenticationError, BackendError, JobError
from oqtopus_experiments_oqtopus.board import TERMINAL, UNKNOWN, UNREACHABLE, Board
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.service import Service
from oqtopus_experiments_oqtopus.workers import Workers


def cancel(service: Service, ledger: Ledger, board: Board, parallel: int) -> int:
    """
    Cancel what has not ended, and remove what was registered and never submitted. The gate is closed already.

    Returns:
        How many jobs were cancelled, that is, asked to stop before they had ended.

    Raises:
        JobError: When some could not be; all others are.
    """
    service.patience.renew()
    ids = [*ledger.job_ids, *ledger.left_behind]
    board.look(ids)
    going, begun = list[str](), list[str]()
    for job_id in ids:
        status = board.status(job_id)
        if status == "registered" or (status == "cancelled" and not board.listed(job_id)):
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


def _tried(ask: Callable[[str], bool | None], job_id: str) -> bool | BackendError | None:
    """Return the answer about one job, or what is wrong: the others must not wait for it."""
    try:
        return ask(job_id)
    except AuthenticationError:
        raise
    except BackendError as error:
        return error
