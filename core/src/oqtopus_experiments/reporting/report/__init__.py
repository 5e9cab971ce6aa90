"""
The page of a run, ``report.html``: one file that needs nothing else, not even a network.

Verdicts come first, then quantities, figures, settings and provenance. Figures answer the pointer where scripts run
(uPlot, inside the page) and are pictures where they do not, and in print. Every text that came from a person, a file or
a backend is escaped, and a content security policy keeps any other script, and every request, out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments.reporting.report._kept import kept_of
from oqtopus_experiments.reporting.report._page import page
from oqtopus_experiments.storage._run_folder import RunFolder

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment


def write_report(folder: RunFolder, experiments: Sequence[AnalyzedExperiment]) -> None:
    """
    Write ``report.html`` from what a run has come to, with the figures found in the folder.

    Raises:
        StoreError: When it cannot be written.
    """
    kept = {experiment.label: kept_of(folder, experiment.label) for experiment in experiments}
    text = page(folder.manifest(), experiments, kept)
    folder.directory().write("report.html", text.encode("utf-8", errors="backslashreplace"))
