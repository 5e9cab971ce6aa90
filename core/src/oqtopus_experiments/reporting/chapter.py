"""One experiment of a run as its files and its report tell it: what was measured, and what it means."""

from __future__ import annotations

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.execution.result import ExperimentResult


@frozen(eq=False)
class Chapter:
    """
    One experiment of a run, as far as it came.

    Args:
        label: Its name in the run.
        result: What was measured; None when nothing came.
        analyses: One per target; empty when there is a problem.
        problem: Why there is no result or no analysis, in one sentence.
    """

    label: str
    result: ExperimentResult | None = None
    analyses: tuple[Analysis, ...] = ()
    problem: str = ""
