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
_LEAST, _OTHER_LINES = 3, 2
"""So many bars are shown at least; so many lines of a terminal are no bars."""


class Bars:
    """Bars on a terminal; elsewhere nothing is made of this."""

    def __init__(self) -> None:
        self._live = contextlib.ExitStack()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._tasks: dict[str, TaskID] = {}

    @property
    def shown(self) -> bool:
        """Whether there are any."""
        return self._bar is not None

    def open(self, console: PlainConsole, label: str, circuits: int, later: Sequence[str]) -> None:
        """
        Show a bar for the experiment that is waited for, above it those that are done, below it those that come later.

        Args:
            console: Where.
            label: The experiment.
            circuits: How many outcomes it will have.
            later: Labels of the others.
        """
        from oqtopus_experiments.cli._sheets import cell

        bar = self._bar or _progress(console)
        for one in (label, *later):
            if one not in self._tasks:
                self._tasks[one] = bar.add_task(cell(one), total=None, start=False, state="waiting")
        self._task = self._tasks[label]
        bar.reset(self._task, total=circuits, state="waiting")
        self._show_around(bar, self._task, max(_LEAST, console.height - _OTHER_LINES))
        if self._bar is None:
            self._bar = self._live.enter_context(bar)

    def advance(self) -> None:
        """Move the bar by an outcome."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, state="running")

    def stand(self, standing: Standing) -> None:
        """Say what the circuits without an outcome are doing."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, state=state_of(standing))

    def finish(self, failed: int) -> None:
        """Say that all outcomes of the experiment that is waited for are there, and how many of them have no counts."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, state=f"{failed} failed" if failed else "done")
            self._bar.stop_task(self._task)
            self._task = None

    def close(self) -> None:
        """Take them away."""
        self._live.close()
        self._bar = self._task = None
        self._tasks = {}

    def _show_around(self, bar: Progress, current: TaskID, rows: int) -> None:
        """Show as many bars as a terminal has lines: some that are done, the one waited for, those that follow."""
        every = list(self._tasks.values())
        first = max(0, min(every.index(current) - rows // 3, len(every) - rows))
        for number, task in enumerate(every):
            bar.update(task, visible=first <= number < first + rows)


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
