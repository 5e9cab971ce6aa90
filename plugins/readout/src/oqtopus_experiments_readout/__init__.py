"""Readout: what a device reads when each state is prepared."""

from __future__ import annotations

from oqtopus_experiments import Analyzer, Experiment, hookimpl
from oqtopus_experiments_readout._assignment import Assignment
from oqtopus_experiments_readout._experiment import Readout

__all__ = ["Assignment", "Readout"]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [Readout]


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of the experiment."""
    return [Assignment]
