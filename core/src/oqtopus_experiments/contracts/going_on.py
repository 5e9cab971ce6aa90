"""How a batch goes on from its journal where a backend submits it as a whole: what is safe stays, the rest is run."""

from __future__ import annotations

from collections.abc import Callable

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.job import FinishedJob, Job
from oqtopus_experiments.contracts.journal import Journal
from oqtopus_experiments.contracts.outcome import Outcome


def go_on(submit: Callable[[Batch], Job], batch: Batch, journal: Journal) -> Job:
    """
    Return the job of a batch of which a journal may know results: nothing is submitted where it knows them all.

    Args:
        submit: Submits the batch, as `Backend.submit`.
        batch: The batch.
        journal: What is safe already; the id of the job is noted in it.

    Raises:
        BackendError: What `submit` raises.
        StoreError: When the journal cannot be read or written.
        TypeError: When what was submitted is no job.
    """
    known = journal.results()
    settled = {i: result for i, result in known.items() if isinstance(result, Counts) or result.final}
    if journal.records and set(range(len(batch.circuits))) <= settled.keys():
        outcomes = [Outcome(index, known[index]) for index in range(len(batch.circuits))]
        ids = [str(record["job_id"]) for record in journal.records if "job_id" in record]
        return FinishedJob(ids[-1] if ids else "", outcomes)
    job = submit(batch)
    if not isinstance(job, Job):
        message = f"submit must return a Job, as FinishedJob(id, outcomes), not {job!r:.60}"
        raise TypeError(message)
    journal.append({"job_id": job.id})
    whole = job.beside(settled)
    whole.begin()
    return whole
