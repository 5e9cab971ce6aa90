"""What was bad in an earlier run, to be measured again: ``--only bad``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import ConfigError, StoreError
from oqtopus_experiments.storage._manifest import RecordedExperiment
from oqtopus_experiments.storage._parent import ParentFolder
from oqtopus_experiments.storage._summary import Summary, list_runs, read_siblings, read_summary

BAD = "bad"
"""What stands for these on the command line."""


def latest_of(name: str, runs: Path) -> Path:
    """
    Return the folder of the latest run, sweep or watch of a name.

    Raises:
        ConfigError: When there is none.
    """
    try:
        found = [run for run in list_runs(runs)[0] if run.name == name]
    except StoreError as error:
        raise ConfigError(str(error), path="--only bad") from error
    if not found:
        message = f"no run in {runs} is called {name!r}; run all of it first, or give a run folder instead of the file"
        raise ConfigError(message, path="--only bad")
    return found[-1].path


def bad_targets(path: Path) -> Mapping[str, frozenset[Target]]:
    """
    Return the targets of each experiment whose verdict was bad, by label; without an analysis all of them.

    Of a sweep those that were bad in any of its runs, of a watch those of its last one.
    """
    parent = ParentFolder.open(path)
    if parent is None:
        return _of_run(read_summary(path))
    runs = read_siblings(parent).runs
    looked_at = runs[-1:] if parent.manifest.kind == "watch" else runs
    found: dict[str, frozenset[Target]] = {}
    for run in looked_at:
        found |= {label: found.get(label, frozenset()) | bad for label, bad in _of_run(run).items()}
    return found


def _of_run(run: Summary) -> Mapping[str, frozenset[Target]]:
    return {entry.label: _bad(run, entry) for entry in run.entries}


def _bad(run: Summary, entry: RecordedExperiment) -> frozenset[Target]:
    analyses = run.analyses.get(entry.label)
    if analyses is None:
        return frozenset(tuple(target) for target in entry.parameters.get("targets", ()))
    return frozenset(analysis.target for analysis in analyses if analysis.verdict.level == BAD)
