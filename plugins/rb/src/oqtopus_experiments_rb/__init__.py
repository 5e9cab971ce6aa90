"""Experiments: standard, interleaved and simultaneous randomized benchmarking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments import Analyzer, Experiment, hookimpl
from oqtopus_experiments_rb._crosstalk import Crosstalk
from oqtopus_experiments_rb._interleaved import InterleavedRandomizedBenchmarking
from oqtopus_experiments_rb._simultaneous import SimultaneousRandomizedBenchmarking
from oqtopus_experiments_rb._standard import RandomizedBenchmarking

if TYPE_CHECKING:
    from oqtopus_experiments.testing import Subject

__all__ = [
    "Crosstalk",
    "InterleavedRandomizedBenchmarking",
    "RandomizedBenchmarking",
    "SimultaneousRandomizedBenchmarking",
]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiments of this plugin."""
    return [RandomizedBenchmarking, InterleavedRandomizedBenchmarking, SimultaneousRandomizedBenchmarking]


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of simultaneous benchmarking."""
    return [Crosstalk]


@hookimpl
def conformance_subjects() -> list[Subject]:
    """Return the experiments with few and short sequences."""
    from oqtopus_experiments_rb._subjects import SUBJECTS

    return SUBJECTS
