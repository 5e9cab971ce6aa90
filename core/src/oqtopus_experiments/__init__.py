"""
Characterize quantum devices: declare an experiment once, run it on any backend, believe the numbers.

This package is the public API for users and plugin authors. Experiments and backends of installed plugins are in
`oqtopus_experiments.experiments` and `oqtopus_experiments.backends`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.__about__ import __version__

if TYPE_CHECKING:
    from oqtopus_experiments.contracts import checks, guesses, readout
    from oqtopus_experiments.contracts.analysis import Analysis, Curve, Quantity
    from oqtopus_experiments.contracts.analyzer import Analyzer
    from oqtopus_experiments.contracts.backend import Backend, Batch
    from oqtopus_experiments.contracts.counts import Counts
    from oqtopus_experiments.contracts.dataset import Dataset, Estimates
    from oqtopus_experiments.contracts.devices import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo
    from oqtopus_experiments.contracts.experiment import Declaration
    from oqtopus_experiments.contracts.hookspecs import hookimpl
    from oqtopus_experiments.contracts.job import FinishedJob, Job, PartState
    from oqtopus_experiments.contracts.journal import Journal, MemoryJournal
    from oqtopus_experiments.contracts.model import FitModel, FitSummary
    from oqtopus_experiments.contracts.outcome import Failure, Outcome
    from oqtopus_experiments.contracts.parameters import REQUIRED, ge, gt, in_, le, lt, parameter
    from oqtopus_experiments.contracts.signals import Expectation, Parity, Probability, Signal
    from oqtopus_experiments.contracts.sweep import Axis, Sweep
    from oqtopus_experiments.contracts.verdict import Reason, Verdict
    from oqtopus_experiments.errors import (
        AnalysisError,
        AuthenticationError,
        BackendError,
        ConfigError,
        DeviceError,
        JobError,
        OqtopusExperimentsError,
        ParameterError,
        PluginError,
        StoreError,
        UnsupportedOperationError,
    )
    from oqtopus_experiments.execution.experiment import Experiment
    from oqtopus_experiments.execution.handle import Handle
    from oqtopus_experiments.execution.load import Run, load_run
    from oqtopus_experiments.execution.result import ExperimentResult

# Loaded on first use, so that `oqx --help` does not wait for numpy: name of the module, names it gives.
_HOME = {
    "contracts.analysis": ("Analysis", "Curve", "Quantity"),
    "contracts.analyzer": ("Analyzer",),
    "contracts.model": ("FitModel", "FitSummary"),
    "contracts.verdict": ("Reason", "Verdict"),
    "contracts.backend": ("Backend", "Batch"),
    "contracts.outcome": ("Failure", "Outcome"),
    "contracts.journal": ("Journal", "MemoryJournal"),
    "contracts.job": ("FinishedJob", "Job", "PartState"),
    "contracts.counts": ("Counts",),
    "contracts.dataset": ("Dataset", "Estimates"),
    "contracts.devices": ("CouplingInfo", "DeviceInfo", "DeviceSummary", "QubitInfo"),
    "errors": (
        "AnalysisError",
        "AuthenticationError",
        "BackendError",
        "ConfigError",
        "DeviceError",
        "JobError",
        "OqtopusExperimentsError",
        "ParameterError",
        "PluginError",
        "StoreError",
        "UnsupportedOperationError",
    ),
    "contracts.experiment": ("Declaration",),
    "execution.experiment": ("Experiment",),
    "execution.handle": ("Handle",),
    "contracts.hookspecs": ("hookimpl",),
    "execution.load": ("Run", "load_run"),
    "contracts.parameters": ("REQUIRED", "ge", "gt", "in_", "le", "lt", "parameter"),
    "execution.result": ("ExperimentResult",),
    "contracts.signals": ("Expectation", "Parity", "Probability", "Signal"),
    "contracts.sweep": ("Axis", "Sweep"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in ("checks", "guesses", "readout"):
        return importlib.import_module(f"oqtopus_experiments.contracts.{name}")
    if name not in _MODULE_OF:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"oqtopus_experiments.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "REQUIRED",
    "Analysis",
    "AnalysisError",
    "Analyzer",
    "AuthenticationError",
    "Axis",
    "Backend",
    "BackendError",
    "Batch",
    "ConfigError",
    "Counts",
    "CouplingInfo",
    "Curve",
    "Dataset",
    "Declaration",
    "DeviceError",
    "DeviceInfo",
    "DeviceSummary",
    "Estimates",
    "Expectation",
    "Experiment",
    "ExperimentResult",
    "Failure",
    "FinishedJob",
    "FitModel",
    "FitSummary",
    "Handle",
    "Job",
    "JobError",
    "Journal",
    "MemoryJournal",
    "OqtopusExperimentsError",
    "Outcome",
    "ParameterError",
    "Parity",
    "PartState",
    "PluginError",
    "Probability",
    "Quantity",
    "QubitInfo",
    "Reason",
    "Run",
    "Signal",
    "StoreError",
    "Sweep",
    "UnsupportedOperationError",
    "Verdict",
    "__version__",
    "checks",
    "ge",
    "gt",
    "guesses",
    "hookimpl",
    "in_",
    "le",
    "load_run",
    "lt",
    "parameter",
    "readout",
]
