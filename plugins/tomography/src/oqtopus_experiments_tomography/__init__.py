"""State tomography: the density matrix of one to three qubits, with errors and a verdict."""

from __future__ import annotations

from oqtopus_experiments import Analyzer, Experiment, hookimpl
from oqtopus_experiments_tomography._analyzer import Tomography
from oqtopus_experiments_tomography._experiment import StateTomography

__all__ = ["StateTomography", "Tomography"]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiment of this plugin."""
    return [StateTomography]


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of this plugin."""
    return [Tomography]
