"""Experiments: standard and interleaved randomized benchmarking."""

from __future__ import annotations

from oqtopus_experiments import Experiment, hookimpl
from oqtopus_experiments_rb._interleaved import InterleavedRandomizedBenchmarking
from oqtopus_experiments_rb._standard import RandomizedBenchmarking

__all__ = ["InterleavedRandomizedBenchmarking", "RandomizedBenchmarking"]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiments of this plugin."""
    return [RandomizedBenchmarking, InterleavedRandomizedBenchmarking]
