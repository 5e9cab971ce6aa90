"""Submitting a batch, each circuit exactly once: fresh, half submitted, or found by the id of one of its jobs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_EXCEPTION, Future, wait

from oqtopus_experiments import BackendError, Batch, Counts, JobError, Journal, MemoryJournal
from oqtopus_experiments_oqtopus._answers import ClosedError, RefusedError
from oqtopus_experiments_oqtopus._connection import Connection
from oqtopus_experiments_oqtopus._download import Reading
from oqtopus_experiments_oqtopus._job import OqtopusJob
from oqtopus_experiments_oqtopus._job_registry import JobRegistry, disowned, parse_description, recover, sendable
from oqtopus_experiments_oqtopus._job_status import UNLISTED, JobStatusCache
from oqtopus_experiments_oqtopus._programs import read_all
from oqtopus_experiments_oqtopus._service import Service
from oqtopus_experiments_oqtopus._submission_requests import SubmissionRequest, pack, prepared
from oqtopus_experiments_oqtopus._waiting import Workers

logger = logging.getLogger(__name__)

_ROUNDS = 5
"""Registrations tried for one circuit, when the forms of earlier ones expired before the upload."""


def submit_or_resume(connection: Connection, batch: Batch, journal: Journal) -> OqtopusJob:
    """
    Submit what the journal does not know as submitted, and return the job of the whole batch.

    Raises:
        BackendError: When something cannot be submitted; what was submitted is in the journal and goes on.
    """
    service = connection.service()
    registry = JobRegistry(journal)
    lost = recover(service, registry, journal) if journal.lost else []
    if not registry.batch_id:
        device = connection.choose()
        prepared(connection, batch, device)
        registry.begin(connection.info(device))

    def request_of(index: int) -> SubmissionRequest:
        return prepared(connection, batch, registry.device).request(index, registry.batch_id, registry.device)

    def submit_again(index: int, replaced: bool) -> None:
        submit_circuit(service, registry, index, request_of(index), again=replaced)

    if not registry.cancelled:
        unsent = sendable(_unsent(service, registry, len(batch.circuits)), registry, journal, lost)
        submit(service, registry, request_of, unsent, connection.options.parallel)
    return _job(connection, service, registry, read_all(batch), batch.shots, submit_again)


def find(connection: Connection, job_id: str) -> OqtopusJob:
    """
    Return the batch that a job belongs to, or the job alone when it is not one of ours.

    Raises:
        JobError: When the service knows no such job.
    """
    service = connection.service()
    status = service.status(job_id)
    found = service.job(job_id) if status not in (None, "registered") else None
    if found is None:
        message = f"the service knows no submitted job {job_id!r} of this account"
        raise JobError(message)
    journal = MemoryJournal()
    described = parse_description(found.get("description"))
    journal.append({"batch": described.batch_id if described else job_id, "device": str(found.get("device_id", ""))})
    readings = {0: Reading(None, 0)}
    if described is None:
        journal.append({"index": 0, "job_id": job_id, "attempt": 0})
    else:
        readings = dict.fromkeys(range(described.count), described.reading)
        for _, page in service.jobs(described.batch_id, ("job_id", "status", "description")):
            for job in page:
                part = parse_description(job.get("description"))
                if part is not None and part.batch_id == described.batch_id and part.index < described.count:
                    readings[part.index] = part.reading
                    journal.append({"index": part.index, "job_id": str(job["job_id"]), "attempt": 0})

    def not_again(index: int, _replaced: bool) -> None:
        # The description of a job names the circuit of the experiment: here there is no other order.
        message = f"circuit {index} cannot be sent again: its program is not known here; resume the run instead"
        raise JobError(message)

    mitigated = bool((found.get("mitigation_info") or {}).get("ro_error_mitigation"))
    shots = given if type(given := found.get("shots")) is int else 0
    ordered = [readings[index] for index in range(len(readings))]
    return _job(connection, service, JobRegistry(journal), ordered, shots, not_again, mitigated=mitigated, resubmit=0)


def _unsent(service: Service, registry: JobRegistry, count: int) -> list[int]:
    """Return the circuits not known to be submitted: those without a job, and those whose job is only registered."""
    done = {i for i, result in registry.results().items() if isinstance(result, Counts) or result.final}
    known = registry.jobs
    outstanding = [index for index in range(count) if index not in done]
    if any(index in known for index in outstanding):
        statuses = JobStatusCache(service, registry.batch_id)
        statuses.look([known[index].job_id for index in outstanding if index in known])
        # A registered job has no description yet, so that the list of this batch does not show it. What cannot be
        # asked for may be submitted: it is left to the waiting, and stops nothing else.
        unsent = (UNLISTED, "registered")
        return [i for i in outstanding if i not in known or statuses.status(known[i].job_id) in unsent]
    return outstanding


def _job(
    connection: Connection,
    service: Service,
    registry: JobRegistry,
    readings: list[Reading] | tuple[Reading, ...],
    shots: int,
    submit_again: Callable[[int, bool], None],
    *,
    mitigated: bool | None = None,
    resubmit: int | None = None,
) -> OqtopusJob:
    options = connection.options
    return OqtopusJob(
        service,
        registry,
        readings,
        shots,
        submit_again=submit_again,
        mitigated=options.mitigate_readout if mitigated is None else mitigated,
        parallel=options.parallel,
        poll_interval=options.poll_interval,
        resubmit_failed=options.resubmit_failed if resubmit is None else resubmit,
        disowned=disowned(service, registry),
    )


def submit(
    service: Service,
    registry: JobRegistry,
    request_of: Callable[[int], SubmissionRequest],
    indices: Iterable[int],
    parallel: int,
) -> None:
    """
    Bring circuits to the state `submitted`, whatever has been done for them before.

    Args:
        service: The service.
        registry: Where every job is written down before it is submitted.
        request_of: Makes what is sent for a circuit.
        indices: The circuits.
        parallel: How many at once.

    Raises:
        BackendError: The first error; submissions that were under way are finished or stop at a step that can be
            resumed.
    """
    todo = list(indices)
    if not todo:
        return
    requests = [(index, request_of(index)) for index in todo]
    pool = Workers(parallel, "oqtopus-send")
    futures = [pool.submit(submit_circuit, service, registry, index, request) for index, request in requests]
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
        unsent = {index for future, (index, _) in zip(futures, requests, strict=True) if _is_unsent(future)}
        submitted, registered = registry.jobs.keys() - unsent, registry.jobs.keys() & unsent
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


def submit_circuit(
    service: Service, registry: JobRegistry, index: int, request: SubmissionRequest, *, again: bool = False
) -> None:
    """
    Bring one circuit to the state `submitted`.

    Args:
        service: The service.
        registry: Where its job is written down.
        index: The circuit.
        request: What to send.
        again: Whether its job failed, and another is to be made.

    Raises:
        BackendError: When the service will not have it.
        ClosedError: When the run was cancelled.
    """
    job = registry.jobs.get(index)
    attempt = (job.attempt + 1 if again else job.attempt) if job else registry.attempt(index)
    if job and not again and _resumed(service, registry, job.job_id, request):
        return
    for _ in range(_ROUNDS):
        # Noted while the gate is held: whoever closes it then reads of every job there is.
        registration = service.register(registry.passing, lambda job_id: registry.note(index, job_id, attempt))
        try:
            service.upload(registration, pack({"program": [request.program]}), registry.passing)
        except RefusedError as error:
            logger.info("%s; registering anew", error)
            continue
        if _submitted(service, registry, registration.job_id, request, fresh=True):
            return
    message = (
        f"circuit {registry.order.circuit(index)}: storage refused its upload {_ROUNDS} times, each with a fresh form"
    )
    raise BackendError(message)


def _resumed(service: Service, registry: JobRegistry, job_id: str, request: SubmissionRequest) -> bool:
    """Submit a job of an earlier process unless it was; False when its input never arrived."""
    # One that the service has forgotten did run, or somebody deleted it: it is not repeated, and waiting for it
    # reports that it is gone.
    return service.status(job_id) != "registered" or _submitted(service, registry, job_id, request)


def _submitted(
    service: Service, registry: JobRegistry, job_id: str, request: SubmissionRequest, *, fresh: bool = False
) -> bool:
    """Submit a registered job; False when its input never arrived, so that a new one must be made."""
    try:
        if not service.submit(job_id, request.body, registry.passing) and fresh:
            _check_ours(service, job_id, request)
    except RefusedError as error:
        if error.status == 404 or "information input" in error.reason:
            return False
        raise
    if registry.cancelled:  # by somebody who could not wait for us: a file system without locks, or a long request
        service.cancel(job_id)
    return True


def _check_ours(service: Service, job_id: str, request: SubmissionRequest) -> None:
    """Refuse a job that had been submitted before we did so for the first time, unless it is described as ours."""
    job = service.job(job_id) or {}
    if job.get("description") != request.body["description"]:
        message = (
            f"the service gave job id {job_id}, which was submitted before, by another run: something on the way, such "
            "as a caching proxy or gateway, repeats its answers. Let POST requests pass uncached, and run again"
        )
        raise JobError(message)
