"""What a run folder says at a glance: no plugin is loaded, so it can be read wherever it was copied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.errors import NotStoredError, StoreError
from oqtopus_experiments.storage._analysis_json import read_analyses
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._parent import ParentFolder, ParentManifest, read_manifest
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._directory import failed


@frozen(eq=False)
class Summary:
    """
    A run without its counts.

    Args:
        path: The folder.
        name: Name of the run.
        created: Time of its start in UTC, ISO 8601; empty when unknown.
        backend: Name of the backend whose numbers these are (`Backend.stands_for`).
        entries: Its experiments.
        analyses: Stored analyses by label; an experiment without any is absent.
        device: What tells its device from others of the same backend: `Backend.identity`.
        settings: What decides what the quantities of an experiment mean, by label: `Declaration.settings`.
    """

    path: Path
    name: str
    created: str
    backend: str
    entries: tuple[RecordedExperiment, ...]
    analyses: Mapping[str, tuple[Analysis, ...]]
    device: Mapping[str, Any] = field(factory=dict)
    settings: Mapping[str, Mapping[str, Any]] = field(factory=dict)

    @property
    def state(self) -> str:
        """``analyzed``, or what is missing."""
        open_ones = [entry.label for entry in self.entries if entry.label not in self.analyses]
        return f"no analysis of {', '.join(open_ones)}" if open_ones else "analyzed"


def read_summary(path: Path) -> Summary:
    """
    Read what a run folder says at a glance.

    Raises:
        StoreError: When it is not one, damaged, or of another version.
    """
    folder = RunFolder(path)
    return _summary(folder, folder.manifest())


def read_any(path: Path) -> Summary | ParentManifest:
    """
    Read what a folder says at a glance, be it that of one run or of several.

    Raises:
        StoreError: When it is neither, damaged, or of another version.
    """
    found = read_manifest(path)
    return _summary(RunFolder(path), found) if isinstance(found, RunManifest) else found


def _summary(folder: RunFolder, manifest: RunManifest) -> Summary:
    stored = {entry.label: read_analyses(folder.directory(entry.label)) for entry in manifest.experiments}
    backend, device, settings = _told_apart(manifest)
    return Summary(
        path=folder.path,
        name=manifest.name,
        created=manifest.created,
        backend=backend,
        entries=manifest.experiments,
        analyses={label: found.analyses for label, found in stored.items() if found is not None},
        device=device,
        settings=settings,
    )


def _told_apart(manifest: RunManifest) -> tuple[str, Mapping[str, Any], Mapping[str, Mapping[str, Any]]]:
    """Return backend, device and settings as the run noted them; of a run that did not, all options of its backend."""
    noted = manifest.provenance.get("series")
    noted = noted if isinstance(noted, dict) else {}
    backend, device, settings = noted.get("backend"), noted.get("device"), noted.get("settings")
    options = manifest.backend.get("options", {})
    return (
        backend if isinstance(backend, str) and backend else manifest.backend_name,
        device if isinstance(device, dict) else {name: value for name, value in options.items() if name != "seed"},
        {label: of for label, of in settings.items() if isinstance(of, dict)} if isinstance(settings, dict) else {},
    )


@frozen(eq=False)
class Siblings:
    """
    Several runs that belong together, at a glance.

    Args:
        path: Their folder.
        manifest: What they are.
        runs: Those that have begun and can be read, in order.
        damaged: What is wrong with the others.
    """

    path: Path
    manifest: ParentManifest
    runs: tuple[Summary, ...]
    damaged: tuple[StoreError, ...] = ()

    @property
    def created(self) -> str:
        """Time of the start of the first in UTC, ISO 8601; empty when unknown."""
        return self.manifest.created

    @property
    def name(self) -> str:
        """Their name."""
        return self.manifest.name


def read_siblings(parent: ParentFolder) -> Siblings:
    """Read what several runs say at a glance."""
    runs, damaged = [], []
    for member in parent.begun():
        try:
            runs.append(read_summary(parent.member(member)))
        except StoreError as error:
            damaged.append(error)
    return Siblings(parent.path, parent.manifest, tuple(runs), tuple(damaged))


def find_runs(folder: Path) -> tuple[list[Summary], list[StoreError]]:
    """
    Return the runs in a folder, those of sweeps and watches included, the oldest first, and what is wrong with others.

    Raises:
        StoreError: When there is no such folder.
    """
    listed, damaged = list_runs(folder)
    runs = [run for one in listed for run in (one.runs if isinstance(one, Siblings) else (one,))]
    inner = [error for one in listed if isinstance(one, Siblings) for error in one.damaged]
    # The name of a folder starts with its time, to the second only and before any copying and renaming.
    return sorted(runs, key=lambda run: (run.created, run.path.name)), [*damaged, *inner]


def list_runs(folder: Path) -> tuple[list[Summary | Siblings], list[StoreError]]:
    """
    Return the run folders in a folder, the oldest first, and what is wrong with those that cannot be read.

    Raises:
        StoreError: When there is no such folder.
    """
    if not folder.is_dir():
        message = f"there is no folder {folder}; name the folder of run folders with --runs"
        raise NotStoredError(message)
    runs: list[Summary | Siblings] = []
    damaged = []
    for path in sorted(folder.iterdir()):
        try:
            if not path.name.startswith(".") and (path / "run.json").is_file():
                found = read_any(path)
                runs.append(found if isinstance(found, Summary) else read_siblings(ParentFolder(path, found)))
        except StoreError as error:
            damaged.append(error)
        except OSError as error:
            damaged.append(failed("read", path, error))
    return sorted(runs, key=lambda run: (run.created, run.path.name)), damaged
