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
    from oqtopus_experiments import checks, guesses, readout
    from oqtopus_experiments.analysis import (
        Analysis,
        Analyzer,
        Curve,
        FitModel,
        FitSummary,
        Quantity,
        Reason,
        Verdict,
    )
    from oqtopus_experiments.backend import (
        Backend,
        Batch,
        Failure,
        FinishedJob,
        Job,
        Journal,
        MemoryJournal,
        Outcome,
        PartState,
    )
    from oqtopus_experiments.counts import Counts
    from oqtopus_experiments.dataset import Dataset, Estimates
    from oqtopus_experiments.devices import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo
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
    from oqtopus_experiments.experiment import Experiment
    from oqtopus_experiments.handle import Handle
    from oqtopus_experiments.hookspecs import hookimpl
    from oqtopus_experiments.load import Run, load_run
    from oqtopus_experiments.parameters import REQUIRED, ge, gt, in_, le, lt, parameter
    from oqtopus_experiments.result import ExperimentResult
    from oqtopus_experiments.signals import Expectation, Parity, Probability, Signal
    from oqtopus_experiments.sweep import Axis, Sweep

# Loaded on first use, so that `oqx --help` does not wait for numpy: name of the module, names it gives.
_HOME = {
    "analysis": ("Analysis", "Analyzer", "Curve", "FitModel", "FitSummary", "Quantity", "Reason", "Verdict"),
    "backend": (
        "Backend",
        "Batch",
        "Failure",
        "FinishedJob",
        "Job",
        "Journal",
        "MemoryJournal",
        "Outcome",
        "PartState",
    ),
    "counts": ("Counts",),
    "dataset": ("Dataset", "Estimates"),
    "devices": ("CouplingInfo", "DeviceInfo", "DeviceSummary", "QubitInfo"),
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
    "experiment": ("Experiment",),
    "handle": ("Handle",),
    "hookspecs": ("hookimpl",),
    "load": ("Run", "load_run"),
    "parameters": ("REQUIRED", "ge", "gt", "in_", "le", "lt", "parameter"),
    "result": ("ExperimentResult",),
    "signals": ("Expectation", "Parity", "Probability", "Signal"),
    "sweep": ("Axis", "Sweep"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name in ("checks", "guesses", "readout"):
        return importlib.import_module(f"oqtopus_experiments.{name}")
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
