"""Changes of how the experiments of a run are analyzed, by the paths of run files: ``t1.fit.fixed.offset=0``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.execution._load import Run
from oqtopus_experiments.runfile._analyzers import analyzer_of
from oqtopus_experiments.support._suggestions import suggest
from oqtopus_experiments.support._toml_lines import TomlSource

KEYS = ("analyzer", "fit")


def changed_analyzers(loaded: Run, analyzer: str | None, settings: Sequence[str]) -> dict[str, Analyzer]:
    """
    Return the analyzers of those experiments that settings change.

    Args:
        loaded: The run.
        analyzer: Name of another analyzer than it was configured with.
        settings: As ``t1.fit.fixed.offset=0``, with or without ``experiments.`` before it.

    Raises:
        ConfigError: For a setting that names no experiment of the run, or that its analyzer refuses.
    """
    if not settings:
        return {}
    data: dict[str, Any] = {label: {"analyzer": _recorded(loaded, label, analyzer)} for label in loaded.results}
    wanted = [setting.removeprefix("experiments.") for setting in settings]
    # What was recorded has been read before: a mistake is one of the settings.
    source = TomlSource.of(Path("--set"), data, wanted)
    touched = {path[0] for path in source.elsewhere}
    for label in sorted(touched):
        if label not in loaded.results:
            known = suggest(label, loaded.results)
            message = f"the run has no experiment {label!r}{known}; write --set LABEL.fit.fixed.PARAMETER=VALUE"
            raise ConfigError(message, path="--set")
        if not isinstance(source.data[label], Mapping):
            message = f"write --set {label}.fit.fixed.PARAMETER=VALUE, or {label}.analyzer.OPTION=VALUE"
            raise ConfigError(message, path="--set")
        source.allow(KEYS, source.data[label], (label,))
    return {label: _changed(source, label, loaded.results[label].experiment) for label in sorted(touched)}


def _changed(source: TomlSource, label: str, experiment: Declaration) -> Analyzer:
    def refused(message: str, inner: Sequence[str | int]) -> ConfigError:
        return source.error(message, (label, *inner))

    table = source.data[label]
    return analyzer_of(source, table["analyzer"], table.get("fit"), experiment, refused, (label, "analyzer"))


def _recorded(loaded: Run, label: str, analyzer: str | None) -> Mapping[str, Any]:
    """Return the table of the analyzer that an experiment of a run was configured with, or of the one that is named."""
    if analyzer is not None:
        return {"use": analyzer}
    chosen = loaded.entries[label].analyzer
    return {"use": loaded.analyzer(label).name, **chosen.get("options", {})}
