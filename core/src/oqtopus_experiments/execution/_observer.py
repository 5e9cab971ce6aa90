"""Who watches a run: a terminal, a notebook, a test."""

from __future__ import annotations

from pathlib import Path

from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.outcome import Outcome
from oqtopus_experiments.contracts.standing import Standing
from oqtopus_experiments.runfile._config import RunConfig


class Observer:
    """
    Told what happens to a run, in this order; every method does nothing until it is overridden.

    All experiments are submitted before any is waited for, and all outcomes are collected before any is analyzed. An
    experiment that fails has come to its end then: `analyzed` is called at once.

    All are called in the thread that runs the pipeline. What they raise ends the run; what has arrived is kept.
    """

    def planned(self, config: RunConfig) -> None:
        """The run file is checked; nothing is submitted yet."""

    def started(self, folder: Path) -> None:
        """The run folder is there and held."""

    def submitting(self, label: str) -> None:
        """An experiment is handed to the backend."""

    def waiting(self, label: str, circuits: int) -> None:
        """From now on outcomes of so many circuits are awaited."""

    def progress(self, label: str, standing: Standing) -> None:
        """What the circuits without an outcome are doing, as often as the backend says so."""

    def outcome(self, label: str, outcome: Outcome) -> None:
        """An outcome has arrived and is on disk."""

    def collected(self, label: str) -> None:
        """All outcomes of an experiment have arrived."""

    def analyzed(self, experiment: AnalyzedExperiment) -> None:
        """An experiment has come to its end: with analyses, or with the problem that kept it from having any."""

    def compared(self, label: str, lines: list[str]) -> None:
        """Each line says how far the headline of one target is from what the twin of the device shows."""

    def interrupted(self, config: RunConfig, folder: Path) -> None:
        """Ctrl-C was pressed; the folder is still held, and the interrupt goes on when this returns."""
