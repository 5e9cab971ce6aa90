"""Experiment: assignment matrices of the readout, and their use to mitigate it."""

from __future__ import annotations

from oqtopus_experiments import Experiment, hookimpl


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiments of this plugin."""
    return []
