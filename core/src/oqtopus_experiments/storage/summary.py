"""What a run folder says at a glance: no plugin is loaded, so it can be read wherever it was copied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage.analysis_json import read_analyses
from oqtopus_experiments.storage.run_folder import RunFolder
from oqtopus_experiments.support.directory import failed


@frozen(eq=False)
class Entry:
    """
    One experiment as the resolved configuration of a run names it.

    Args:
        label: Its name in the run.
        use: Name of the experiment.
        shots: Shots of each circuit.
        parameters: Its parameters, JSON values.
        analyzer: ``use`` and ``options`` of its analyzer; empty for the default of the experiment.
    """

    label: str
    use: str
    shots: int
    parameters: Mapping[str, Any]
    analyzer: Mapping[str, Any]


@frozen(eq=False)
class Summary:
    """
    A run without its counts.

    Args:
        path: The folder.
        name: Name of the run.
        created: Time of its start in UTC, ISO 8601; empty when unknown.
        backend: Name of the backend.
        entries: Its experiments.
        analyses: Stored analyses by label; an experiment without any is absent.
    """

    path: Path
    name: str
    created: str
    backend: str
    entries: tuple[Entry, ...]
    analyses: Mapping[str, tuple[Analysis, ...]]

    @property
    def state(self) -> str:
        """``analyzed``, or what is missing."""
        open_ones = [entry.label for entry in self.entries if entry.label not in self.analyses]
        return f"no analysis of {', '.join(open_ones)}" if open_ones else "analyzed"


def read_summary(path: Path) -> Summary:
    """
    Read what a run folder says at a glance.

    Raises:
        StoreError: When it is none, damaged, or of another version.
    """
    folder = RunFolder.open(path)
    content = folder.content()
    entries = read_entries(content, path / "run.json")
    stored = {entry.label: read_analyses(folder.directory(entry.label)) for entry in entries}
    return Summary(
        path=path,
        name=content["name"],
        created=_text(content["provenance"].get("created")),
        backend=backend_name(content),
        entries=entries,
        analyses={label: found.analyses for label, found in stored.items() if found is not None},
    )


def read_entries(content: Mapping[str, Any], file: Path) -> tuple[Entry, ...]:
    """
    Return the experiments that ``run.json`` names.

    Raises:
        StoreError: When they are not as this library writes them.
    """
    items = content["config"].get("experiments")
    if not isinstance(items, list):
        raise _damaged(file, "config.experiments is no list")
    entries = tuple(_entry(item, f"config.experiments.{index}", file) for index, item in enumerate(items))
    if len({entry.label for entry in entries}) < len(entries):
        raise _damaged(file, "two experiments have one label")
    return entries


def find_runs(folder: Path) -> tuple[list[Summary], list[StoreError]]:
    """
    Return the runs in a folder, the oldest first, and what is wrong with those that cannot be read.

    Raises:
        StoreError: When there is no such folder.
    """
    if not folder.is_dir():
        message = f"there is no folder {folder}; name the folder of run folders with --runs"
        raise StoreError(message)
    runs, damaged = [], []
    for path in sorted(folder.iterdir()):
        try:
            if not path.name.startswith(".") and (path / "run.json").is_file():
                runs.append(read_summary(path))
        except StoreError as error:
            damaged.append(error)
        except OSError as error:
            damaged.append(failed("read", path, error))
    # The name of a folder starts with its time, to the second only and before any copying and renaming.
    return sorted(runs, key=lambda run: (run.created, run.path.name)), damaged


def backend_name(content: Mapping[str, Any]) -> str:
    """Return the name of the backend of a run, or an empty string."""
    backend = content["config"].get("backend")
    return _text(backend.get("use")) if isinstance(backend, dict) else ""


def _entry(item: Any, where: str, file: Path) -> Entry:
    if not isinstance(item, dict):
        raise _damaged(file, f"{where} is no object")
    kinds = {"label": str, "use": str, "shots": int, "parameters": dict}
    for key, kind in kinds.items():
        if type(item.get(key)) is not kind:
            raise _damaged(file, f"{where}.{key} is missing or no {kind.__name__}")
    analyzer = item.get("analyzer", {})
    if not isinstance(analyzer, dict) or not isinstance(analyzer.get("options", {}), dict):
        raise _damaged(file, f"{where}.analyzer is no object")
    return Entry(item["label"], item["use"], item["shots"], item["parameters"], analyzer)


def _damaged(file: Path, what: str) -> StoreError:
    return StoreError(f"{file} is damaged: {what}")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
