"""Small algorithms with a known outcome: the Hadamard test, Deutsch-Jozsa, Bernstein-Vazirani and Grover."""

from __future__ import annotations

from oqtopus_experiments import Analyzer, Experiment, hookimpl
from oqtopus_experiments_algorithms._bernstein_vazirani import BernsteinVazirani
from oqtopus_experiments_algorithms._deutsch_jozsa import DeutschJozsa
from oqtopus_experiments_algorithms._grover import Grover
from oqtopus_experiments_algorithms._hadamard_test import HadamardTest
from oqtopus_experiments_algorithms._success import Success

__all__ = ["BernsteinVazirani", "DeutschJozsa", "Grover", "HadamardTest", "Success"]


@hookimpl
def register_experiments() -> list[type[Experiment]]:
    """Return the experiments of this plugin."""
    return [HadamardTest, DeutschJozsa, BernsteinVazirani, Grover]


@hookimpl
def register_analyzers() -> list[type[Analyzer]]:
    """Return the analyzer of this plugin."""
    return [Success]
