"""What is asked of the jobs of a backend, each question behind a fence."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard

from oqtopus_experiments.errors import PluginFault, StoreError
from oqtopus_experiments.plugins._answers import REFUSALS, as_json, each, one
from oqtopus_experiments.plugins._fence import fence, log_fault

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.backend import Backend
    from oqtopus_experiments.contracts.batch import Batch
    from oqtopus_experiments.contracts.job import FinishedJob, Job, PartState
    from oqtopus_experiments.contracts.journal import Journal
    from oqtopus_experiments.contracts.outcome import Outcome
    from oqtopus_experiments.contracts.simulated import SimulatedJob


def open_job(backend: Backend, batch: Batch, journal: Journal) -> Job:
    """
    Submit what a journal does not know as submitted; see `Backend.open`.

    Raises:
        BackendError: When the batch cannot be run.
        StoreError: When the journal cannot be written.
        PluginFault: When its code fails, or gives something that is not a job.
    """
    from oqtopus_experiments.contracts.backend import Backend
    from oqtopus_experiments.contracts.job import Job

    what = "submit" if type(backend).open is Backend.open else "open"
    with fence(what, type(backend), f"of experiment {batch.name!r}", passing=(*REFUSALS, StoreError)):
        return one(backend.open(batch, journal), Job)  # type: ignore[type-abstract]  # as below


def arrivals(job: Job, owner: type[Any], timeout: float | None, name: str) -> Generator[Sequence[Outcome], None, None]:
    """
    Yield what a job yields, unchecked; see `Job.outcomes`. What whoever takes them raises is not the job's fault.
    Closed before the end, it closes what the job yields.

    Together is what a simulator has at once; of a job of somebody else each outcome is by itself.

    Args:
        job: The job.
        owner: Class that is answerable for it.
        timeout: Seconds to wait in all.
        name: Label of the experiment.

    Raises:
        BackendError: When the time is up, or there are none.
        PluginFault: When its code fails.
    """
    fenced = partial(fence, "outcomes", owner, f"of experiment {name!r}", passing=(*REFUSALS, StoreError))
    with fenced():
        # A class of somebody else's below one of these may yield other outcomes than that.
        told = job.arrivals(timeout) if is_of_core(job) else ((outcome,) for outcome in job.outcomes(timeout))
        found = iter(told)
    try:
        while True:
            with fenced():
                try:
                    together = next(found)
                except StopIteration:
                    return
            yield together
    finally:
        if isinstance(found, Generator):
            with fenced():
                found.close()


def is_of_core(job: Job) -> TypeGuard[FinishedJob | SimulatedJob]:
    """Return whether a job is of one of the classes of core itself: what fails in it is its backend's."""
    from oqtopus_experiments.contracts.job import FinishedJob
    from oqtopus_experiments.contracts.simulated import SimulatedJob

    return type(job) in (FinishedJob, SimulatedJob)


def metadata(job: Job, owner: type[Any]) -> dict[str, Any]:
    """Return what a backend knows of a job; see `Job.metadata`. A fault is logged and costs no counts."""
    try:
        with fence("metadata", owner):
            return as_json(job.metadata)
    except PluginFault as fault:
        log_fault(fault)
        return {}


def cancel(backend: Backend, journal: Journal) -> int:
    """
    Cancel the jobs of a journal; see `Backend.cancel`.

    Raises:
        BackendError: When it cannot.
        StoreError: When the journal cannot be read.
        PluginFault: When its code fails.
    """
    with fence("cancel", type(backend), passing=(*REFUSALS, StoreError)):
        return one(backend.cancel(journal), int)


def jobs(backend: Backend, journal: Journal) -> tuple[PartState, ...]:
    """
    Return the state of every job a journal knows; see `Backend.jobs`.

    Raises:
        BackendError: When they cannot be asked for.
        StoreError: When the journal cannot be read.
        PluginFault: When its code fails, or gives something else.
    """
    from oqtopus_experiments.contracts.job import PartState

    with fence("jobs", type(backend), passing=(*REFUSALS, StoreError)):
        return tuple(each(backend.jobs(journal), PartState))


def jobs_for(backend: Backend, circuits: int) -> int:
    """
    Return how many jobs a batch of so many circuits becomes; see `Backend.jobs_for`.

    Raises:
        PluginFault: When its code fails, or gives something else.
    """
    with fence("jobs_for", type(backend), passing=REFUSALS):
        return one(backend.jobs_for(circuits), int)
