"""What belongs to several runs together: ``members.csv``, ``table.csv``, one figure, one page."""

from __future__ import annotations

import time

from oqtopus_experiments.reporting._siblings import member_rows, member_states, quantity_rows
from oqtopus_experiments.reporting.figures import _possible as possible
from oqtopus_experiments.reporting.report._siblings import siblings_page
from oqtopus_experiments.storage._parent import ParentFolder
from oqtopus_experiments.storage._summary import read_siblings
from oqtopus_experiments.support._csv_files import csv_of


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
    if not possible.why_not():
        from oqtopus_experiments.reporting.figures import render
        from oqtopus_experiments.reporting.figures._siblings import siblings_figure

        figure = siblings_figure(runs)
        if figure is not None:
            directory.write("figure.png", render(figure, "png"))
            directory.write("figure.svg", render(figure, "svg"))
    directory.write("report.html", siblings_page(runs, states, directory.read("figure.svg")).encode())
