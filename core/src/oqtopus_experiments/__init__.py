"""
Characterize quantum devices: declare an experiment once, run it on any backend, believe the numbers.

This package is the public API for users and plugin authors. Experiments and backends of installed plugins are in
`oqtopus_experiments.experiments` and `oqtopus_experiments.backends`.

To pytest, which warns of a plugin that was imported before it: PYTEST_DONT_REWRITE
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oqtopus_experiments.__about__ import __version__ as __version__

# The public names, written once. They are loaded on first use, so that `oqx --help` does not wait for numpy.
if TYPE_CHECKING:
    from oqtopus_experiments.contracts import (
        checks as checks,
        clock_grid as clock_grid,
        deadline as deadline,
        guesses as guesses,
        listed as listed,
        questions as questions,
        readout as readout,
        standing as standing,
    )
    from oqtopus_experiments.contracts.analysis import Analysis as Analysis, Curve as Curve, Quantity as Quantity
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment as AnalyzedExperiment
    from oqtopus_experiments.contracts.analyzer import Analyzer as Analyzer
    from oqtopus_experiments.contracts.arrays import Dimension as Dimension, QuantityArray as QuantityArray
    from oqtopus_experiments.contracts.backend import Backend as Backend
    from oqtopus_experiments.contracts.batch import Batch as Batch
    from oqtopus_experiments.contracts.calibration import Calibration as Calibration
    from oqtopus_experiments.contracts.contract_version import CONTRACT as CONTRACT
    from oqtopus_experiments.contracts.correction import Correction as Correction
    from oqtopus_experiments.contracts.counts import Counts as Counts
    from oqtopus_experiments.contracts.credentials import Credential as Credential
    from oqtopus_experiments.contracts.dataset import (
        Dataset as Dataset,
        TargetOutcomes as TargetOutcomes,
    )
    from oqtopus_experiments.contracts.devices import (
        CouplingInfo as CouplingInfo,
        DeviceInfo as DeviceInfo,
        DeviceSummary as DeviceSummary,
        QubitInfo as QubitInfo,
    )
    from oqtopus_experiments.contracts.estimates import Estimates as Estimates
    from oqtopus_experiments.contracts.executors import ExecutorProvider as ExecutorProvider
    from oqtopus_experiments.contracts.experiment import Declaration as Declaration
    from oqtopus_experiments.contracts.fit_options import FitOptions as FitOptions
    from oqtopus_experiments.contracts.gate import Gate as Gate
    from oqtopus_experiments.contracts.hookspecs import hookimpl as hookimpl
    from oqtopus_experiments.contracts.job import (
        FinishedJob as FinishedJob,
        Job as Job,
        JobStatus as JobStatus,
        PartState as PartState,
    )
    from oqtopus_experiments.contracts.journal import Journal as Journal, MemoryJournal as MemoryJournal
    from oqtopus_experiments.contracts.mitigation import Mitigation as Mitigation, mitigated as mitigated
    from oqtopus_experiments.contracts.model import FitModel as FitModel, FitSummary as FitSummary
    from oqtopus_experiments.contracts.order import Execution as Execution, Order as Order
    from oqtopus_experiments.contracts.outcome import Failure as Failure, Outcome as Outcome
    from oqtopus_experiments.contracts.outcome_probabilities import OutcomeProbabilities as OutcomeProbabilities
    from oqtopus_experiments.contracts.panels import (
        Band as Band,
        HeatMap as HeatMap,
        Level as Level,
        Line as Line,
        Panel as Panel,
        PanelAxis as PanelAxis,
        PointSeries as PointSeries,
    )
    from oqtopus_experiments.contracts.parameters import (
        REQUIRED as REQUIRED,
        ge as ge,
        gt as gt,
        in_ as in_,
        le as le,
        lt as lt,
        parameter as parameter,
    )
    from oqtopus_experiments.contracts.per_target import PerTarget as PerTarget
    from oqtopus_experiments.contracts.signals import (
        Expectation as Expectation,
        Parity as Parity,
        Probability as Probability,
        Signal as Signal,
    )
    from oqtopus_experiments.contracts.simulated import SimulatedJob as SimulatedJob
    from oqtopus_experiments.contracts.sweep import Axis as Axis, Sweep as Sweep
    from oqtopus_experiments.contracts.targets import Target as Target
    from oqtopus_experiments.contracts.verdict import (
        LEVELS as LEVELS,
        Reason as Reason,
        ReasonCode as ReasonCode,
        Verdict as Verdict,
    )
    from oqtopus_experiments.errors import (
        AnalysisError as AnalysisError,
        AuthenticationError as AuthenticationError,
        BackendError as BackendError,
        CalibrationError as CalibrationError,
        ConfigError as ConfigError,
        CountsError as CountsError,
        DeviceError as DeviceError,
        JobError as JobError,
        NotStoredError as NotStoredError,
        OqtopusExperimentsError as OqtopusExperimentsError,
        ParameterError as ParameterError,
        PluginError as PluginError,
        PluginFault as PluginFault,
        StoreError as StoreError,
        UnsupportedOperationError as UnsupportedOperationError,
    )
    from oqtopus_experiments.execution._device_lookup import find_device as find_device
    from oqtopus_experiments.execution._experiment import Experiment as Experiment
    from oqtopus_experiments.execution._finished_run import FinishedRun as FinishedRun, FinishedRuns as FinishedRuns
    from oqtopus_experiments.execution._forecast import (
        Forecast as Forecast,
        Truth as Truth,
        forecast as forecast,
    )
    from oqtopus_experiments.execution._load import Run as Run, load_run as load_run
    from oqtopus_experiments.execution._observer import Observer as Observer
    from oqtopus_experiments.execution._price import Offer as Offer, Price as Price, price as price
    from oqtopus_experiments.execution._progress_bar import ProgressBar as ProgressBar
    from oqtopus_experiments.execution._rehearsal import Rehearsal as Rehearsal, rehearse as rehearse
    from oqtopus_experiments.execution._result import ExperimentResult as ExperimentResult
    from oqtopus_experiments.execution._run_file import run as run
    from oqtopus_experiments.execution._submitted import SubmittedExperiment as SubmittedExperiment
    from oqtopus_experiments.plugins._options import construct as construct
    from oqtopus_experiments.plugins._registry import register_plugin as register_plugin
    from oqtopus_experiments.reporting.figures._sweep_panels import sweep_panels as sweep_panels
    from oqtopus_experiments.support._plain import LARGEST_INTEGER as LARGEST_INTEGER
    from oqtopus_experiments.support._suggestions import suggest as suggest
    from oqtopus_experiments.support._text import bounded as bounded


def _homes() -> dict[str, str]:
    """Return the module of each public name, as the imports above say."""
    block = next(node for node in ast.parse(Path(__file__).read_text("utf-8")).body if isinstance(node, ast.If))
    return {
        alias.name: str(node.module) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }


_HOMES = _homes()
__all__ = sorted([*_HOMES, "__version__"])  # noqa: PLE0605  # type checkers read the imports above


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home = importlib.import_module(_HOMES[name])
    # `checks`, `guesses` and `readout` are modules themselves.
    return vars(home)[name] if name in vars(home) else importlib.import_module(f"{home.__name__}.{name}")


def __dir__() -> list[str]:
    return __all__
