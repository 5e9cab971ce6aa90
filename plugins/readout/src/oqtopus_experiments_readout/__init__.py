"""Readout: what a device reads when each state is prepared."""

from __future__ import annotations

from oqtopus_experiments import Analyzer, Experiment, Mitigation, hookimpl
from oqtopus_experiments_readout._assignment import Assignment
from oqtopus_experiments_readout._experiment import Readout
from oqtopus_experiments_readout._mitigation import ReadoutMitigation

__all__ = ["Assignment", "Readout", "ReadoutMitigation"]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [Readout]


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of the experiment."""
    return [Assignment]


@hookimpl
def register_mitigations() -> list[type[Mitigation]]:
    """Return the mitigation that the experiment calibrates."""
    return [ReadoutMitigation]
