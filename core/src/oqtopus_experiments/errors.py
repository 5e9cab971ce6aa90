"""
The errors of this library, one small tree::

    OqtopusExperimentsError
    ├── PluginError (also an ImportError)    a plugin is missing, broken, or clashes with another
    │   └── PluginFault                      code of a plugin failed when it was called
    ├── ConfigError (also a ValueError)      a run file or an option is wrong; nothing was run
    ├── ParameterError (also a ValueError)   a parameter of an experiment or an option was refused
    ├── StoreError                           a run folder is damaged, foreign or of another version
    │   └── NotStoredError (also a ValueError)   there is no such run, quantity or folder; nothing was changed
    ├── CountsError (also a ValueError)      counts taken elsewhere are not those of the experiment; nothing was written
    ├── CalibrationError                     a mitigation has no calibration that it may use
    ├── AnalysisError                        an analyzer cannot be applied to this experiment
    └── BackendError                         a backend cannot do, or did not do, what was asked
        ├── UnsupportedOperationError        a circuit holds an operation this backend cannot run
        ├── DeviceError                      the device is unknown, unavailable or too small
        ├── AuthenticationError              credentials are missing, wrong or expired
        └── JobError                         a job failed, was cancelled or cannot be found

Poor data are never an error: they give a `bad` verdict. What is also a ValueError or an ImportError, a fault apart, is
said of what was asked for: ask otherwise. All others are said of what came of it. ``oqx`` ends with 2 and with 1.
"""

from __future__ import annotations

from pathlib import Path


class OqtopusExperimentsError(Exception):
    """Base of all errors raised on purpose by this library and its plugins."""


class PluginError(OqtopusExperimentsError, ImportError):
    """A plugin is missing, broken, incompatible, or clashes with another."""


class PluginFault(PluginError):  # noqa: N818  # said of code; "error" would sound like its user's
    """
    Code of a plugin failed when it was called: a mistake of its author, not of who uses it.

    The message names distribution, class and method, the point, the error, and the author's file and line.
    """


class ConfigError(OqtopusExperimentsError, ValueError):
    """
    A run file, an option or a parameter is wrong.

    Args:
        message: What is wrong and what would be right.
        path: Where in the configuration, as in ``experiments.0.max_amplitude``.
        file: The file, when there is one.
        line: The line in that file, counted from 1, when it is known.
    """

    def __init__(self, message: str, *, path: str = "", file: Path | None = None, line: int | None = None) -> None:
        self.message = message
        self.path = path
        self.file = file
        self.line = line
        place = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(f"{place}{path}: {message}" if path else f"{place}{message}")


class ParameterError(OqtopusExperimentsError, ValueError):
    """
    A parameter of an experiment, or an option of a backend or analyzer, was refused.

    Args:
        field: Its name.
        message: What is wrong, with the value.
    """

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class StoreError(OqtopusExperimentsError):
    """A run folder is damaged, was not written by this library, or is of another version."""


class NotStoredError(StoreError, ValueError):
    """What was asked of runs is not there: no such folder, run or quantity; the message says what there is."""


class CountsError(OqtopusExperimentsError, ValueError):
    """Counts that were taken elsewhere cannot be those of the experiment; the message names file and row."""


class AnalysisError(OqtopusExperimentsError):
    """An analyzer cannot be applied to this experiment, whatever the data."""


class CalibrationError(OqtopusExperimentsError):
    """A mitigation has no calibration that it may use: of another device, without the qubits, or too old."""


class BackendError(OqtopusExperimentsError):
    """A backend cannot do, or did not do, what was asked. No stand-in result exists."""


class UnsupportedOperationError(BackendError):
    """A circuit holds an operation that this backend cannot run."""


class DeviceError(BackendError):
    """A device is unknown, unavailable, or lacks a qubit that was asked for."""


class AuthenticationError(BackendError):
    """Credentials are missing, wrong or expired."""


class JobError(BackendError):
    """A job failed, was cancelled, or cannot be found."""
