"""
Whoever wants to be told that something has ended: exporters, notifications.

A listener can do no harm: what it raises is logged with its distribution and its author's line, the other listeners are
told all the same, and nothing of the run waits for an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import PluginError, PluginFault
from oqtopus_experiments.plugins._fence import fence, log_fault
from oqtopus_experiments.plugins._plugin import Plugin
from oqtopus_experiments.plugins._registry import registry

logger = logging.getLogger(__name__)


def experiment_finished(
    run: str, experiment: AnalyzedExperiment, declaration: Declaration, provenance: Mapping[str, Any], folder: Path
) -> None:
    """Tell all who want to know of an experiment; see the hook of this name for the arguments."""
    values = {
        "run": run,
        "experiment": experiment,
        "declaration": declaration,
        "provenance": provenance,
        "folder": folder,
    }
    _tell("experiment_finished", values)


def run_finished(
    run: str, experiments: Sequence[AnalyzedExperiment], provenance: Mapping[str, Any], folder: Path, *, complete: bool
) -> None:
    """Tell all who want to know of a run; see the hook of this name for the arguments."""
    values = {
        "run": run,
        "experiments": tuple(experiments),
        "provenance": provenance,
        "folder": folder,
        "complete": complete,
    }
    _tell("run_finished", values)


def _tell(hook: str, values: Mapping[str, Any]) -> None:
    for plugin in _listeners(hook):
        for listener in plugin.hooks:
            if listener.name != hook:
                continue
            try:
                with fence(hook, listener.owner, f"for {values['run']!r}"):
                    listener(values)
            except PluginFault as fault:
                log_fault(fault)


def _listeners(hook: str) -> Sequence[Plugin]:
    try:
        return registry().listeners(hook)
    except PluginError as error:  # with --strict, for a plugin that is broken: the run is over, and was right
        logger.warning("nobody was told %s: %s", hook, error)
        return ()
