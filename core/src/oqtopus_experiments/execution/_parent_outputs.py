"""What belongs to several runs together: ``members.csv``, ``table.csv``, one figure, one page."""

from __future__ import annotations

import math
import time

from attrs import define, field

from oqtopus_experiments.reporting._siblings import member_rows, member_states, quantity_rows
from oqtopus_experiments.reporting.figures import _possible as possible
from oqtopus_experiments.reporting.figures._files import KINDS
from oqtopus_experiments.reporting.report._siblings import siblings_page
from oqtopus_experiments.storage._parent import ParentFolder
from oqtopus_experiments.storage._summary import Siblings, read_siblings
from oqtopus_experiments.support._csv_files import csv_of

_LEAST_PAUSE = 9
"""So many times as long as comparing takes nothing is compared again: at most a tenth of the time goes into it."""


@define
class Comparing:
    """
    Compares several runs while they go on: each time reads all of them, so not after each of very many.

    Args:
        parent: Their folder.
    """

    parent: ParentFolder
    _not_before: float = field(default=-math.inf, init=False)
    behind: bool = field(default=False, init=False)
    """Whether a run has ended since they were compared."""

    def after_a_run(self) -> None:
        """Compare them anew unless that was done not long ago; whoever ends or waits writes what is then behind."""
        self.behind = True
        if time.monotonic() >= self._not_before:
            self.write()

    def write(self) -> None:
        """Compare them anew; StoreError when the files cannot be written."""
        begun = time.monotonic()
        write_parent(self.parent)
        ended = time.monotonic()
        self._not_before, self.behind = ended + _LEAST_PAUSE * (ended - begun), False


def write_parent(parent: ParentFolder) -> None:
    """
    Write table, figure and page of several runs anew, from what is in their folders now.

    Raises:
        StoreError: When they cannot be written.
    """
    import pandas as pd

    runs = read_siblings(parent)
    states = member_states(parent, runs, time.time())
    directory = parent.directory()
    directory.write("members.csv", csv_of(pd.DataFrame(member_rows(states))))
    directory.write("table.csv", csv_of(pd.DataFrame(quantity_rows(runs))))
    pictures = _pictures(runs)
    for kind in KINDS:
        if kind in pictures:
            directory.write(f"figure.{kind}", pictures[kind])
        else:  # of numbers that are no longer those of these runs
            directory.remove(f"figure.{kind}")
    directory.write("report.html", siblings_page(runs, states, pictures).encode())


def _pictures(runs: Siblings) -> dict[str, bytes]:
    """Return the figure of several runs by the kind of file; empty where nothing was measured or nothing can draw."""
    if possible.why_not():
        return {}
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._siblings import siblings_figure

    figure = siblings_figure(runs)
    return {} if figure is None else {kind: render(figure, kind) for kind in KINDS}
