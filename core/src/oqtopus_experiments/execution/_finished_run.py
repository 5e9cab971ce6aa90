"""What became of a run, and of several: of those of this process as it saw them, of others as their folders say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from attrs import field, frozen

from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.execution._load import load_sound
from oqtopus_experiments.execution._result import ExperimentResult
from oqtopus_experiments.storage._summary import Summary, read_summary


@frozen(eq=False)
class FinishedRun:
    """
    What a run came to.

    Args:
        path: Its run folder.
        experiments: What became of each experiment, in the order of the run file.
        results: The results by label; an experiment that has none is absent.
        lost_points: How many points failed or were cancelled; they can be submitted again.
        complete: Whether nothing more can come; otherwise `resume` may bring more.
    """

    path: Path
    experiments: tuple[AnalyzedExperiment, ...]
    results: Mapping[str, ExperimentResult] = field(repr=False)
    lost_points: int = 0
    complete: bool = True

    def __getitem__(self, label: str) -> ExperimentResult:
        """Return the result of an experiment; KeyError when it has none, and `experiments` says why."""
        return self.results[label]

    @property
    def failed(self) -> tuple[AnalyzedExperiment, ...]:
        """The experiments without an analysis, each with its problem."""
        return tuple(experiment for experiment in self.experiments if experiment.problem)


@frozen(eq=False)
class FinishedRuns:
    """
    What a sweep or a watch came to, as its folder holds it: runs of an earlier process count like those of this one.

    Args:
        path: The folder of all.
        members: What the runs that have come to their end came to, in order.
        refused: Why runs could not begin, by the name of their folder.
        complete: Whether nothing more can come; otherwise `resume` may bring more, and more members.
    """

    path: Path
    members: tuple[FinishedRun, ...]
    refused: Mapping[str, str] = field(factory=dict)
    complete: bool = True

    @property
    def experiments(self) -> tuple[AnalyzedExperiment, ...]:
        """What became of each experiment of each run, in order."""
        return tuple(experiment for member in self.members for experiment in member.experiments)

    @property
    def failed(self) -> tuple[AnalyzedExperiment, ...]:
        """The experiments of all runs without an analysis, each with its problem."""
        return tuple(experiment for member in self.members for experiment in member.failed)

    @property
    def lost_points(self) -> int:
        """How many points of all runs failed or were cancelled; they can be submitted again."""
        return sum(member.lost_points for member in self.members)


def stored_run(path: Path, lost_points: int = 0) -> FinishedRun:
    """
    Return what a run came to that another process brought to its end; nothing is analyzed.

    Args:
        path: Its run folder.
        lost_points: How many of its points failed or were cancelled.

    Raises:
        StoreError: When the folder is damaged, or of another version.
    """
    return FinishedRun(path, stored_experiments(read_summary(path)), _StoredResults(path), lost_points)


def stored_experiments(run: Summary) -> tuple[AnalyzedExperiment, ...]:
    """Return what became of each experiment of a run, as its folder says: why one has no analysis is not kept."""
    return tuple(
        AnalyzedExperiment(entry.label, run.analyses[entry.label])
        if entry.label in run.analyses
        else AnalyzedExperiment(entry.label, problem="it has no analysis")
        for entry in run.entries
    )


class _StoredResults(Mapping[str, ExperimentResult]):
    """The results in a run folder, read when one is asked for: of many runs most never are."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _found(self) -> Mapping[str, ExperimentResult]:
        return load_sound(self._path)[0].results

    def __getitem__(self, label: str) -> ExperimentResult:
        return self._found[label]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)
