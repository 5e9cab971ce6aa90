"""One experiment of a run as its files and its report tell it: what was measured, and what it means."""

from __future__ import annotations

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis


@frozen(eq=False)
class AnalyzedExperiment:
    """
    One experiment of a run, as far as it came.

    Args:
        label: Its name in the run.
        analyses: One per target; empty when there is a problem.
        problem: Why there is no result or no analysis, in one sentence.
        measured: Whether there are points at all.
        notes: What a person should know of what came back, each in a sentence.
    """

    label: str
    analyses: tuple[Analysis, ...] = ()
    problem: str = ""
    measured: bool = True
    notes: tuple[str, ...] = ()
