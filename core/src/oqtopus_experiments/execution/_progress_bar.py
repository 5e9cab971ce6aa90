"""A bar that moves with every outcome, for who runs experiments from Python: shown when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.outcome import Outcome
from oqtopus_experiments.execution._observer import Observer

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressBar(Observer):
    """
    A bar for each experiment: on a terminal, or in a notebook with ipywidgets (extra ``[notebook]``).

    Pass it as ``observer=ProgressBar()``; ``Experiment.run(..., progress=True)`` shows one by itself.
    """

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def waiting(self, label: str, circuits: int) -> None:
        """Show a bar of so many circuits."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.close()
        # Labels are anybody's words, not markup.
        text = TextColumn("{task.description}", markup=False)
        self._bar = Progress(text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._task = self._bar.add_task(label, total=circuits)
        self._bar.start()

    def outcome(self, label: str, outcome: Outcome) -> None:
        """Move it."""
        if self._bar is not None and self._task is not None:
            self._bar.advance(self._task)

    def collected(self, label: str) -> None:
        """Leave it as it is."""
        self.close()

    def analyzed(self, experiment: AnalyzedExperiment) -> None:
        """Leave it as it is: an experiment that failed is not collected."""
        self.close()

    def close(self) -> None:
        """Stop moving; may be called at any time."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None
