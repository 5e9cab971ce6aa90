"""Register, upload, submit: many circuits at once, each exactly once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from typing import Any, TypeAlias

from attrs import frozen

from oqtopus_experiments import BackendError, JobError
from oqtopus_experiments_oqtopus.errors import ClosedError, RefusedError
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.payload import pack
from oqtopus_experiments_oqtopus.service import Service
from oqtopus_experiments_oqtopus.workers import Workers

logger = logging.getLogger(__name__)

OrderOf: TypeAlias = Callable[[int], "Order"]

_ROUNDS = 5
"""Registrations tried for one circuit, when the forms of earlier ones expired before the upload."""


@frozen
class Order:
    """
    What is sent for one circuit.

    Args:
        program: OpenQASM 3 text.
        body: Body of the submit request.
    """

    program: str
    body: dict[str, Any]


def send(
    service: Service,
    ledger: Ledger,
    order_of: Callable[[int], Order],
    indices: Iterable[int],
    parallel: int,
) -> None:
    """
    Bring circuits to the state `submitted`, whatever has been done for them before.

    Args:
        service: The service.
        ledger: Where every job is written down before it is submitted.
        order_of: Makes what is sent for a circuit.
        indices: The circuits.
        parallel: How many at once.

    Raises:
        BackendError: The first error; handshakes that were under way are finished or stop at a step that can be
            resumed.
    """
    todo = list(indices)
    if not todo:
        return
    orders = [(index, order_of(index)) for index in todo]
    pool = Workers(parallel, "oqtopus-send")
    futures = [pool.submit(bring, service, ledger, index, order) for index, order in orders]
    try:
        done, begun = wait(futures, return_when=FIRST_EXCEPTION)
        pool.shutdown()  # after an error nothing new begins
        done |= wait(begun).done
    except BaseException:
        # Ctrl-C: nothing new begins, and whoever waits for a retry stops waiting.
        service.patience.end()
        raise
    finally:
        pool.shutdown()
    # In the order of the circuits: the first is the one to tell of.
    ended = [future for future in futures if future in done and not future.cancelled()]
    errors = [error for future in ended if (error := future.exception())]
    if errors:
        unsent = {index for future, (index, _) in zip(futures, orders, strict=True) if _is_unsent(future)}
        submitted, registered = ledger.entries.keys() - unsent, ledger.entries.keys() & unsent
        logger.warning(
            "%d circuits were submitted, and their jobs are kept; %d are registered only",
            len(submitted),
            len(registered),
        )
    for error in errors:
        if not isinstance(error, ClosedError):  # whoever cancelled the run knows; what was submitted is collected
            raise error


def _is_unsent(future: Future[None]) -> bool:
    return not future.done() or future.cancelled() or future.exception() is not None


def bring(service: Service, ledger: Ledger, index: int, order: Order, *, again: bool = False) -> None:
    """
    Bring one circuit to the state `submitted`.

    Args:
        service: The service.
        ledger: Where its job is written down.
        index: The circuit.
        order: What to send.
        again: Whether its job failed, and another is to be made.

    Raises:
        BackendError: When the service will not have it.
        ClosedError: When the run was cancelled.
    """
    entry = ledger.entries.get(index)
    attempt = (entry.attempt + 1 if again else entry.attempt) if entry else ledger.attempt(index)
    if entry and not again and _resumed(service, ledger, entry.job_id, order):
        return
    for _ in range(_ROUNDS):
        # Noted while the gate is held: whoever closes it then reads of every job there is.
        registration = service.register(ledger.passing, lambda job_id: ledger.note(index, job_id, attempt))
        try:
            service.upload(registration, pack({"program": [order.program]}), ledger.passing)
        except RefusedError as error:
            logger.info("%s; registering anew", error)
            continue
        if _submitted(service, ledger, registration.job_id, order, fresh=True):
            return
    message = f"circuit {index}: storage refused its upload {_ROUNDS} times, each with a fresh form"
    raise BackendError(message)


def _resumed(service: Service, ledger: Ledger, job_id: str, order: Order) -> bool:
    """Submit a job of an earlier process unless it was; False when its input never arrived."""
    # One that the service has forgotten did run, or somebody deleted it: it is not repeated, and waiting for it
    # reports that it is gone.
    return service.status(job_id) != "registered" or _submitted(service, ledger, job_id, order)


def _submitted(service: Service, ledger: Ledger, job_id: str, order: Order, *, fresh: bool = False) -> bool:
    """Submit a registered job; False when its input never arrived, so that a new one must be made."""
    try:
        if not service.submit(job_id, order.body, ledger.passing) and fresh:
            _check_ours(service, job_id, order)
    except RefusedError as error:
        if error.status == 404 or "information input" in error.reason:
            return False
        raise
    if ledger.cancelled:  # by somebody who could not wait for us: a file system without locks, or a long request
        service.cancel(job_id)
    return True


def _check_ours(service: Service, job_id: str, order: Order) -> None:
    """Refuse a job that had been submitted before we did so for the first time, unless it is described as ours."""
    job = service.job(job_id) or {}
    if job.get("description") != order.body["description"]:
        message = (
            f"the service gave job id {job_id}, which was submitted before, by another run: something on the way, such "
            "as a caching proxy or gateway, repeats its answers. Let POST requests pass uncached, and run again"
        )
        raise JobError(message)
