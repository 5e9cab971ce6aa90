"""Entering a batch: fresh, half submitted, or with nothing but the id of one of its jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments import Batch, Counts, JobError, Journal, MemoryJournal
from oqtopus_experiments_oqtopus import handshake
from oqtopus_experiments_oqtopus.board import UNLISTED, Board
from oqtopus_experiments_oqtopus.handshake import Order
from oqtopus_experiments_oqtopus.job import OqtopusJob
from oqtopus_experiments_oqtopus.ledger import Ledger
from oqtopus_experiments_oqtopus.orders import parse
from oqtopus_experiments_oqtopus.programs import Reading, read_all
from oqtopus_experiments_oqtopus.recovery import recover, sendable
from oqtopus_experiments_oqtopus.sharing import disowned

if TYPE_CHECKING:
    from oqtopus_experiments_oqtopus import OqtopusBackend
    from oqtopus_experiments_oqtopus.service import Service


def open_batch(backend: OqtopusBackend, batch: Batch, journal: Journal) -> OqtopusJob:
    """
    Submit what the journal does not know as submitted, and return the job of the whole batch.

    Raises:
        BackendError: When something cannot be submitted; what was submitted is in the journal and goes on.
    """
    service = backend.connection.service(backend)
    ledger = Ledger(journal)
    lost = recover(service, ledger, journal) if journal.lost else []
    if not ledger.batch:
        device = backend.connection.choose(backend)
        backend.connection.orders(backend, batch, device)
        ledger.begin(backend.connection.info(backend, device))

    def order_of(index: int) -> Order:
        return backend.connection.orders(backend, batch, ledger.device).order(index, ledger.batch, ledger.device)

    if not ledger.cancelled:
        unsent = sendable(_unsent(service, ledger, len(batch.circuits)), ledger, journal, lost)
        handshake.send(service, ledger, order_of, unsent, backend.parallel)
    return _job(backend, service, ledger, read_all(batch), batch.shots, order_of)


def find(backend: OqtopusBackend, job_id: str) -> OqtopusJob:
    """
    Return the batch that a job belongs to, or the job alone when it is not one of ours.

    Raises:
        JobError: When the service knows no such job.
    """
    service = backend.connection.service(backend)
    status = service.status(job_id)
    found = service.job(job_id) if status not in (None, "registered") else None
    if found is None:
        message = f"the service knows no submitted job {job_id!r} of this account"
        raise JobError(message)
    journal = MemoryJournal()
    described = parse(found.get("description"))
    journal.append({"batch": described.batch if described else job_id, "device": str(found.get("device_id", ""))})
    readings = {0: Reading(None, 0)}
    if described is None:
        journal.append({"index": 0, "job_id": job_id, "attempt": 0})
    else:
        readings = dict.fromkeys(range(described.count), described.reading)
        for _, page in service.jobs(described.batch, ("job_id", "status", "description")):
            for job in page:
                part = parse(job.get("description"))
                if part is not None and part.batch == described.batch and part.index < described.count:
                    readings[part.index] = part.reading
                    journal.append({"index": part.index, "job_id": str(job["job_id"]), "attempt": 0})

    def no_order(index: int) -> Order:
        message = f"circuit {index} cannot be sent again: its program is not known here; resume the run instead"
        raise JobError(message)

    mitigated = bool((found.get("mitigation_info") or {}).get("ro_error_mitigation"))
    shots = given if type(given := found.get("shots")) is int else 0
    ordered = [readings[index] for index in range(len(readings))]
    return _job(backend, service, Ledger(journal), ordered, shots, no_order, mitigated=mitigated, resubmit=0)


def _unsent(service: Service, ledger: Ledger, count: int) -> list[int]:
    """Return the circuits not known to be submitted: those without a job, and those whose job is only registered."""
    done = {i for i, result in ledger.results().items() if isinstance(result, Counts) or result.final}
    entries = ledger.entries
    outstanding = [index for index in range(count) if index not in done]
    if any(index in entries for index in outstanding):
        board = Board(service, ledger.batch)
        board.look([entries[index].job_id for index in outstanding if index in entries])
        # A registered job has no description yet, so that the list of this batch does not show it. What cannot be
        # asked for may be submitted: it is left to the waiting, and stops nothing else.
        unsent = (UNLISTED, "registered")
        return [i for i in outstanding if i not in entries or board.status(entries[i].job_id) in unsent]
    return outstanding


def _job(
    backend: OqtopusBackend,
    service: Service,
    ledger: Ledger,
    readings: list[Reading] | tuple[Reading, ...],
    shots: int,
    order_of: handshake.OrderOf,
    *,
    mitigated: bool | None = None,
    resubmit: int | None = None,
) -> OqtopusJob:
    return OqtopusJob(
        service,
        ledger,
        readings,
        shots,
        order_of=order_of,
        mitigated=backend.mitigate_readout if mitigated is None else mitigated,
        parallel=backend.parallel,
        poll_interval=backend.poll_interval,
        resubmit_failed=backend.resubmit_failed if resubmit is None else resubmit,
        disowned=disowned(service, ledger),
    )
