"""Running a run file from Python: ``oqtopus_experiments.run("run.toml")``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from oqtopus_experiments.execution import _pipeline as pipeline
from oqtopus_experiments.execution._finished_run import FinishedRun, FinishedRuns
from oqtopus_experiments.execution._observer import Observer
from oqtopus_experiments.execution._parent_observer import ParentObserver
from oqtopus_experiments.execution._several import run_several
from oqtopus_experiments.runfile._config import SeveralRuns
from oqtopus_experiments.runfile._reading import Changes, load_runs


def run(
    file: str | Path,
    *,
    backend: str | None = None,
    shots: int | None = None,
    overrides: Sequence[str] = (),
    only: Sequence[str] = (),
    qubits: str | None = None,
    runs: str | Path | None = None,
    timeout: float | None = None,
    observer: Observer | None = None,
) -> FinishedRun | FinishedRuns:
    """
    Run all experiments of a run file, as ``oqx run`` does, and return what they came to.

    Of a sweep or a watch these are `FinishedRuns`, whose ``members`` hold what each of its runs came to.

    Args:
        file: The TOML file.
        backend: Name of another backend than the file's.
        shots: Shots of every experiment, instead of the file's.
        overrides: Changes such as ``"experiments.rabi.max_amplitude=3"``.
        only: Labels or names of experiments to run; ``"bad"`` for what was bad in the latest run of the same name.
        qubits: Ranges such as ``"0-4"``: targets beyond are left out.
        runs: Folder for run folders, instead of the file's.
        timeout: Seconds to wait in all for outcomes.
        observer: Told what happens.

    Raises:
        ConfigError: When the file is wrong; nothing was run.
        PluginError: When a plugin is missing or an experiment is unsound; nothing was run.
        BackendError: When the backend cannot run it; nothing was submitted. An experiment that fails later is in
            ``failed`` and costs the others nothing; a run of a sweep that could not begin is in ``refused``.
        StoreError: When the run folder cannot be written.
    """
    changes = Changes(backend, shots, overrides, only, qubits, None if runs is None else Path(runs))
    found = load_runs(Path(file), changes)
    if isinstance(found, SeveralRuns):
        return run_several(found, ParentObserver(observer), timeout=timeout)
    return pipeline.run(found, observer, timeout=timeout)
