"""A submitted experiment: ask how it is doing, wait for it, or leave it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from attrs import field, frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.job import Job, JobStatus
from oqtopus_experiments.contracts.journal import Record
from oqtopus_experiments.contracts.outcome import Failure, Outcome, Progress
from oqtopus_experiments.contracts.standing import Standing, heard_by
from oqtopus_experiments.errors import BackendError, JobError
from oqtopus_experiments.execution._mitigation import Place, with_calibration
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.execution._returned import Returned, notes
from oqtopus_experiments.plugins import _job_calls as job_calls
from oqtopus_experiments.plugins._experiment_calls import reading
from oqtopus_experiments.plugins._fence import author_of, fence
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal

Ended: TypeAlias = Callable[["SubmittedExperiment", ExperimentResult], None]


@frozen(eq=False)
class SubmittedExperiment:
    """
    A submitted experiment.

    Args:
        experiment: What was submitted.
        batch: Its circuits.
        job: The job of the backend.
        journal: Where outcomes are kept; None keeps them in memory.
        provenance: What the result will say about where it comes from.
        backend: What the job is at.
        ended: Called with each result before it is returned; raises nothing.
        synthesized: The driven gates that the backend makes of others, each with its physical qubits.
        calibration: What the mitigation that the experiment asks for is calibrated by, where that is known already.
    """

    experiment: Declaration
    batch: Batch
    job: Job
    journal: ExperimentJournal | None = None
    provenance: Mapping[str, Any] = field(factory=dict)
    backend: Backend | None = None
    ended: Ended | None = None
    synthesized: Mapping[str, tuple[int, ...]] = field(factory=dict)
    calibration: Calibration | None = None
    _submitted: Sequence[Record] = field(init=False, repr=False)

    @_submitted.default
    def _known_at_first(self) -> Sequence[Record]:
        return self.journal.records if self.journal else ()

    @property
    def folder(self) -> Path | None:
        """The run folder, from which ``oqx resume`` goes on; None when there is none."""
        return self.journal.path.parent if self.journal else None

    def status(self) -> JobStatus:
        """Return the state of the job now."""
        with fence("status", self._owner, passing=(BackendError,)):
            return self.job.status()

    def cancel(self) -> None:
        """Ask the backend to stop what has not run yet."""
        with fence("cancel", self._owner, passing=(BackendError,)):
            self.job.cancel()

    def result(self, timeout: float | None = None, progress: Progress | None = None) -> ExperimentResult:
        """
        Wait for the outcomes and return the result.

        Args:
            timeout: Seconds to wait; None waits for as long as it takes. The job goes on when the time is up.
            progress: Called with every outcome, once it is safe.

        Raises:
            JobError: When the time is up, or when no circuit came back with counts.
            BackendError: When an outcome does not belong to this batch.
            StoreError: When another process is collecting into the same folder.
            PluginFault: When the code of the backend, or of the experiment's signal, fails. What arrived is kept.
        """
        result = self.collect(timeout, progress)()
        if self.ended is not None:
            self.ended(self, result)
        return result

    def collect(
        self,
        timeout: float | None = None,
        progress: Progress | None = None,
        standing: Callable[[Standing], None] | None = None,
    ) -> Callable[[], ExperimentResult]:
        """
        Wait for the outcomes, and return what makes the result of them: by then all are kept.

        Arguments and errors are those of `result`; the code of the experiment is called by what is returned. Beside
        them `standing` is called with what the circuits without an outcome are doing, where the job says so.
        """
        with self.journal.writing() if self.journal else contextlib.nullcontext(), heard_by(standing):
            job = self._job_now()
            # Read under the lock: what was known before may be old.
            results = self.journal.outcomes() if self.journal else {}
            times = self.journal.times() if self.journal else {}

            def keep(together: Sequence[Outcome]) -> None:
                """Make safe what arrived together, at once: a disk takes as long for one outcome as for fifty."""
                new = [outcome for outcome in together if results.get(outcome.index) != outcome.result]
                if self.journal and new:
                    self.journal.record(new)
                for outcome in together:
                    results[outcome.index] = outcome.result
                    if outcome.time is not None:
                        times[outcome.index] = outcome.time
                    if progress:
                        progress(outcome)

            returned = Returned(self.batch, self._where(job))
            # Closed at once where keeping fails or is interrupted: a simulation rests then.
            with contextlib.closing(job_calls.arrivals(job, self._owner, timeout, self.batch.name)) as arriving:
                for together in returned.accepted_together(arriving):
                    keep(together)
            returned.raise_refused()
            keep(returned.missing(results))
            metadata = job_calls.metadata(job, self._owner)
            if self.journal:
                self.journal.finish(metadata)
        if not any(isinstance(result, Counts) for result in results.values()):
            reasons = sorted({result.reason for result in results.values() if isinstance(result, Failure)})
            message = (
                f"job {self.job.id}: none of the {len(self.batch.circuits)} circuits of {self.batch.name!r} has counts"
                f" ({'; '.join(reasons[:3]) or 'no outcome arrived'}); nothing to analyze"
            )
            raise JobError(message)
        return partial(self._read, results, times, metadata)

    def _read(
        self, results: Mapping[int, Counts | Failure], times: Mapping[int, float], metadata: Mapping[str, Any]
    ) -> ExperimentResult:
        with reading(self.experiment):
            dataset = Dataset.from_counts(self.experiment, results, order=self.batch.order, times=times)
        result = ExperimentResult(
            experiment=self.experiment,
            dataset=dataset,
            counts=results,
            job_metadata=metadata,
            provenance=self.provenance,
            notes=notes(results, self.batch.shots),
            label=self.batch.name,
            synthesized=self.synthesized,
        )
        return (
            result
            if self.calibration is None
            else with_calibration(result, self.calibration, Place.of(self.provenance))
        )

    def _job_now(self) -> Job:
        """Return the job, opened anew when another process has gone on with it since it was submitted."""
        if self.journal is None or self.backend is None or self.journal.records == self._submitted:
            return self.job
        return job_calls.open_job(self.backend, self.batch, self.journal)

    @property
    def _owner(self) -> type[Any]:
        """The class that is answerable for the job: its own, or that of the backend which gave one of core's."""
        from_core = job_calls.is_of_core(self.job)
        return type(self.backend) if self.backend is not None and from_core else type(self.job)

    def _where(self, job: Job) -> str:
        """Return who answers for the outcomes of a job, as messages begin."""
        backend = type(self.backend or job)
        return f"{author_of(backend)}: {backend.__name__}, job {job.id}"
