"""
Characterize quantum devices: declare an experiment once, run it on any backend, believe the numbers.

This package is the public API for users and plugin authors. Experiments and backends of installed plugins are in
`oqtopus_experiments.experiments` and `oqtopus_experiments.backends`.
"""

from oqtopus_experiments import guesses
from oqtopus_experiments.__about__ import __version__
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
    PluginError,
    StoreError,
    UnsupportedOperationError,
)
from oqtopus_experiments.experiment import Experiment
from oqtopus_experiments.handle import Handle
from oqtopus_experiments.hookspecs import hookimpl
from oqtopus_experiments.parameters import REQUIRED, ge, gt, in_, le, lt, parameter
from oqtopus_experiments.result import ExperimentResult
from oqtopus_experiments.signals import Expectation, Parity, Probability, Signal
from oqtopus_experiments.sweep import Axis, Sweep

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
    "Parity",
    "PartState",
    "PluginError",
    "Probability",
    "Quantity",
    "QubitInfo",
    "Reason",
    "Signal",
    "StoreError",
    "Sweep",
    "UnsupportedOperationError",
    "Verdict",
    "__version__",
    "ge",
    "gt",
    "guesses",
    "hookimpl",
    "in_",
    "le",
    "lt",
    "parameter",
]
