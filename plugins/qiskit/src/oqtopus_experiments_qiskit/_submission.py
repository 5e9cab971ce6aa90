"""Submitting a batch, each circuit once: fresh, half submitted, or by a process that ended before it knew the id."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments import Batch, Counts, Journal
from oqtopus_experiments.transpilation import CompiledBatch, compile_batch, on_one_register
from oqtopus_experiments_qiskit._job import QueuedJob
from oqtopus_experiments_qiskit._records import Records
from oqtopus_experiments_qiskit._service import Service

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

logger = logging.getLogger(__name__)


def submit_or_resume(
    service: Service, device: str, batch: Batch, journal: Journal, *, circuits_per_job: int, poll_interval: float
) -> QueuedJob:
    """
    Submit what the journal does not know as submitted, and return the job of the whole batch.

    Args:
        service: What keeps jobs.
        device: What to run on, unless the journal names one already.
        batch: The circuits.
        journal: What is known of their jobs.
        circuits_per_job: Circuits in one job, at most.
        poll_interval: Pause between two looks at the jobs, s.

    Raises:
        BackendError: When something cannot be submitted; what was submitted is in the journal and goes on.
    """
    records = Records(journal)
    _recover(service, records)
    unsent = _unsent(records, len(batch.circuits))
    if unsent:
        compiled = _compiled(service, records.device or device, batch)
        if not records.tag:
            records.begin(device, compiled.metadata())
        for first in range(0, len(unsent), circuits_per_job):
            chunk = unsent[first : first + circuits_per_job]
            _submit(service, records, chunk, [compiled.circuits[index] for index in chunk], batch.shots)
    _stop_if_closed(service, records)
    widths = [circuit.num_clbits for circuit in batch.circuits]
    return QueuedJob(service, records, widths, poll_interval)


def _compiled(service: Service, device: str, batch: Batch) -> CompiledBatch:
    plain = [on_one_register(circuit, range(circuit.num_qubits)) for circuit in batch.circuits]
    return compile_batch(plain, batch, service.device(device))


def _recover(service: Service, records: Records) -> None:
    """Find the jobs whose ids nobody was there to note."""
    for sending in records.unconfirmed:
        found = service.tagged(sending)
        if found:
            logger.info("job %s had been submitted; the process before ended before it could note it", found[0])
            records.sent(sending, found[0])
        else:
            records.never(sending)


def _unsent(records: Records, count: int) -> list[int]:
    known = {i for i, result in records.journal.results().items() if isinstance(result, Counts) or result.final}
    submitted = {index for circuits in records.jobs.values() for index in circuits}
    unsent = [index for index in range(count) if index not in known | submitted]
    if records.journal.lost:
        # What cannot be read any more may have been the job of any of them.
        return [index for index in unsent if index in records.asked_again]
    return unsent


def _submit(
    service: Service, records: Records, indices: Sequence[int], circuits: Sequence[QuantumCircuit], shots: int
) -> None:
    with records.journal.gate.passing() as allowed:
        if allowed:
            tag = records.sending(indices)
            records.sent(tag, service.submit(records.device, circuits, shots, tag))


def _stop_if_closed(service: Service, records: Records) -> None:
    """Cancel what was submitted while somebody cancelled the run and could not wait for us."""
    if records.journal.gate.closed:
        for job_id in records.jobs:
            service.cancel(job_id)
