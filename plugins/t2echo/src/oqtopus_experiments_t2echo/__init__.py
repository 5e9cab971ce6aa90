"""Experiment: dephasing time under echo sequences."""

from __future__ import annotations

from oqtopus_experiments import Experiment, hookimpl


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiments of this plugin."""
    return []
