"""What moves while a run is waited for: a bar for each experiment, with its state, its time and what is left of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.standing import Standing

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress, TaskID

    from oqtopus_experiments.cli._tables import PlainConsole

SAFE = "Ctrl-C is safe: what has arrived is kept, and `oqx resume` goes on"
LABEL, BAR = 24, 16
"""Letters of a label and of a bar, so that a line fits a narrow terminal."""


class Bars:
    """Bars on a terminal; elsewhere nothing is made of this."""

    def __init__(self) -> None:
        self._live = contextlib.ExitStack()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def open(self, console: PlainConsole, label: str, circuits: int, later: Sequence[str]) -> None:
        """
        Show a bar for the experiment that is waited for, and below it those whose turn comes later.

        Args:
            console: Where.
            label: The experiment.
            circuits: How many outcomes it will have.
            later: Labels of the others.
        """
        from oqtopus_experiments.cli._sheets import cell

        self.close()
        bar = _progress(console)
        self._task = bar.add_task(cell(label), total=circuits, state="waiting")
        for other in later:
            bar.add_task(cell(other), total=None, start=False, state="waiting")
        self._bar = self._live.enter_context(bar)

    def advance(self) -> None:
        """Move the bar by an outcome."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, state="running")

    def stand(self, standing: Standing) -> None:
        """Say what the circuits without an outcome are doing."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, state=state_of(standing))

    def close(self) -> None:
        """Take them away."""
        self._live.close()
        self._bar = self._task = None


def state_of(standing: Standing) -> str:
    """Return the state of an experiment in a few words: ``waiting, 3 jobs ahead``."""
    if standing.running:
        return "running"
    if standing.ahead:
        return f"waiting, {standing.ahead} job{'s' * (standing.ahead > 1)} ahead"
    return "waiting"


def _progress(console: PlainConsole) -> Progress:
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.table import Column
    from rich.text import Text

    class WithHint(Progress):
        """Bars, and below them what one may do meanwhile."""

        def get_renderables(self) -> Iterable[RenderableType]:
            yield self.make_tasks_table(self.tasks)
            yield Text(SAFE, style="dim")

    label = Column(max_width=LABEL, no_wrap=True, overflow="ellipsis")
    return WithHint(
        TextColumn("{task.description}", markup=False, table_column=label),
        TextColumn("{task.fields[state]}", markup=False, table_column=Column(no_wrap=True)),
        BarColumn(BAR),
        TaskProgressColumn("{task.completed}/{task.total}", text_format_no_percentage="", markup=False),
        TimeElapsedColumn(),
        TimeRemainingColumn(elapsed_when_finished=False),
        console=console,
        transient=True,
    )
