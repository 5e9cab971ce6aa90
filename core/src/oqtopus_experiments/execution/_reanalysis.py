"""The numbers of a run again, from its counts; no backend is asked."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from attrs import frozen

from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.execution._analyzer_settings import changed_analyzers
from oqtopus_experiments.execution._analyzing import analyzed
from oqtopus_experiments.execution._load import load_sound
from oqtopus_experiments.execution._outputs import finish_run, write_experiment
from oqtopus_experiments.execution._resume import is_settled
from oqtopus_experiments.plugins._fence import log_traceback
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._seal import is_sealed


@frozen(eq=False)
class Reanalysis:
    """
    What a re-analysis came to.

    Args:
        path: The run folder.
        experiments: Its experiments, in order.
        left_alone: Why nothing was written although it was asked for; empty otherwise.
    """

    path: Path
    experiments: tuple[AnalyzedExperiment, ...]
    left_alone: str = ""


def reanalyze(
    path: Path,
    analyzer: str | None = None,
    *,
    settings: Sequence[str] = (),
    write: bool = True,
    executor: Executor | None = None,
) -> Reanalysis:
    """
    Analyze the counts of a run folder again.

    An experiment whose code fails is a problem of its own; the others are analyzed.

    Args:
        path: The run folder.
        analyzer: Name of another analyzer than the run was configured with.
        settings: What to change of how experiments are analyzed, by the paths of run files:
            ``t1.fit.fixed.offset=0``, ``t1.analyzer.intervals=true``.
        write: Whether to write tables, figures and report anew. A folder that another process works on, or that cannot
            be written, is left as it is all the same.
        executor: Where pieces of the targets are analyzed; None for this process alone.

    Raises:
        StoreError: When it is not a run folder.
        ConfigError: For a setting that names no experiment of the run, or that an analyzer refuses.
        PluginError: When the plugin of an experiment or analyzer is missing.
    """
    folder = RunFolder.open(path)
    named = None if analyzer is None else registry().get("analyzer", analyzer)()
    with contextlib.ExitStack() as stack:
        reason = _hold(folder, stack) if write else ""
        writable = write and not reason
        was_sealed = is_sealed(folder)
        loaded, faults = load_sound(path)
        changed = changed_analyzers(loaded, analyzer, settings)
        experiments = []
        for label in loaded.entries:
            if label in faults:
                log_traceback(faults[label])
                experiments.append(AnalyzedExperiment(label, problem=str(faults[label]), measured=False))
                continue
            result = loaded.results[label]
            chosen = changed.get(label) or (loaded.analyzer(label) if named is None else named)
            experiments.append(
                write_experiment(folder, label, result, chosen, executor)
                if writable
                else analyzed(label, partial(result.analyses, chosen, executor=executor), result.notes)
            )
        if writable:
            # By the journals too: an analysis that was interrupted has lost a run its seal, and nothing else.
            settled = not faults and all(
                is_settled(result.experiment, folder.journal(label)) for label, result in loaded.results.items()
            )
            finish_run(folder, experiments, complete=was_sealed or settled)
    return Reanalysis(path, tuple(experiments), reason)


def _hold(folder: RunFolder, stack: contextlib.ExitStack) -> str:
    """Hold a folder, or return why nothing is to be written into it."""
    if not folder.is_writable():
        return f"{folder.path} cannot be written"
    if folder.is_locked():
        return f"another process is working on {folder.path}; analyzing what has arrived"
    try:
        stack.enter_context(folder.locked())
    except StoreError as error:
        return str(error)
    return ""
