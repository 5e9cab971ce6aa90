"""
The folder of several runs that belong together: a sweep of any value, or a watch that repeats one run.

::

    runs/20261120-230501-noise-a1b2c3/
        run.json              kind, what each member is made of, and when a watch began
        001/  002/  ...       the members, each an ordinary run folder, made when it begins
        problems.json         members that could not begin, and why; it stays there when one begins later
        members.csv  table.csv  figure.png  figure.svg  report.html

Which members there are is settled when the folder is made, and each has its name: whether it has begun is whether it
is there. So a process that is killed at any moment leaves nothing that could be done twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from oqtopus_experiments.contracts.gate import Gate
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.storage._folder_gate import FolderGate
from oqtopus_experiments.storage._lock import locked
from oqtopus_experiments.storage._manifest import FORMAT, RunManifest, check_format
from oqtopus_experiments.storage._run_folder import new_folder, read_run_json
from oqtopus_experiments.support._atomic_writing import parse_object, write_json
from oqtopus_experiments.support._directory import Directory

ParentKind: TypeAlias = Literal["sweep", "watch"]
KINDS: tuple[ParentKind, ...] = ("sweep", "watch")
MOST_MEMBERS = 100_000
"""Runs that may belong together: more than anybody waits for, and few enough to be listed."""
_PROBLEMS = "problems.json"
_HEAD = 64
"""Bytes at the beginning of ``run.json``, among which those of several runs say so."""


@frozen(eq=False)
class RecordedMember:
    """
    One run of several.

    Args:
        folder: Name of its folder, below that of all.
        manifest: What it is made of: in a sweep as its own ``run.json`` will say, in a watch as that of the first says,
            whose seeds become those of each by `RunConfig.reseeded`.
        values: What is swept, by path: its values here, as written.
    """

    folder: str
    manifest: RunManifest
    values: Mapping[str, Any] = field(factory=dict)


@frozen(eq=False)
class ParentManifest:
    """
    What ``run.json`` of several runs says.

    Args:
        name: Their name.
        kind: ``sweep``, where a value differs, or ``watch``, where the time does.
        members: All of them, also those that have not begun.
        provenance: As in a run.
        started: When a watch began, seconds since 1970.
        repeat: Seconds from the beginning of one member of a watch to that of the next; 0 for one after the other.
    """

    name: str
    kind: ParentKind
    members: tuple[RecordedMember, ...]
    provenance: Mapping[str, Any] = field(factory=dict, repr=False)
    started: float = 0.0
    repeat: float = 0.0

    @property
    def created(self) -> str:
        """Time of the start in UTC, ISO 8601; empty when unknown."""
        created = self.provenance.get("created")
        return created if isinstance(created, str) else ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The paths that are swept."""
        return tuple(self.members[0].values)

    @staticmethod
    def column(key: str) -> str:
        """Return the column of a swept path in a table: of a key at the top one that no other column is called."""
        return key if "." in key else f"swept.{key}"

    def due(self, number: int) -> float:
        """Return when a member of a watch is to begin, seconds since 1970."""
        return self.started + number * self.repeat

    def to_json(self) -> dict[str, Any]:
        """Return the content of the file; what all members of a watch are made of stands there once."""
        config: dict[str, Any] = {"members": len(self.members)}
        if self.kind == "watch":
            config |= {"started": self.started, "repeat": self.repeat, "run": self.members[0].manifest.config}
        else:
            config["runs"] = [
                {"values": dict(member.values), "config": member.manifest.config} for member in self.members
            ]
        told = {"format": FORMAT, "kind": self.kind, "name": self.name}
        return {**told, "config": config, "provenance": dict(self.provenance)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any], file: Path) -> ParentManifest:
        """
        Check and take over the content of a file.

        Raises:
            StoreError: When it is damaged, or of a version this library does not read.
        """
        check_format(content, file)
        config: Any = content.get("config")
        try:
            kind = _kind(content["kind"])
            count, origin = _count(config["members"]), dict(content["provenance"])
            if kind == "watch":
                manifests = [_manifest(config["run"], file)] * count
                values: list[dict[str, Any]] = [{}] * count
            else:
                manifests = [_manifest(one["config"], file) for one in config["runs"]]
                values = [dict(one["values"]) for one in config["runs"]]
            names = folder_names(count)
            members = [RecordedMember(*one) for one in zip(names, manifests, values, strict=True)]
            started, repeat = float(config.get("started", 0.0)), float(config.get("repeat", 0.0))
            name = str(content["name"])
        except (KeyError, TypeError, ValueError) as error:
            message = f"{file} is damaged: of several runs, {error} is missing or wrong; restore it from a copy"
            raise StoreError(message) from error
        return cls(name, kind, tuple(members), origin, started, repeat)


def _kind(text: str) -> ParentKind:
    return KINDS[KINDS.index(text)]


def _count(told: Any) -> int:
    """Return how many members a file tells of; ValueError for what cannot be."""
    count = int(told)
    if not 1 <= count <= MOST_MEMBERS:
        reason = f"a number of members from 1 to {MOST_MEMBERS}"
        raise ValueError(reason)
    return count


def _manifest(config: Mapping[str, Any], file: Path) -> RunManifest:
    return RunManifest.from_json({"format": FORMAT, "name": config["name"], "config": config, "provenance": {}}, file)


def folder_names(count: int) -> list[str]:
    """Return the names of the folders of so many members, in order."""
    width = max(3, len(str(count)))
    return [f"{number:0{width}d}" for number in range(1, count + 1)]


class ParentFolder:
    """
    The folder of several runs.

    Args:
        path: The folder; made by `create`, found by `open`.
        manifest: What its ``run.json`` says.
    """

    def __init__(self, path: Path, manifest: ParentManifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def create(cls, runs: Path, manifest: ParentManifest) -> ParentFolder:
        """Make the folder; StoreError when it cannot be written."""
        return cls(new_folder(runs, manifest.name, manifest.to_json()), manifest)

    @classmethod
    def open(cls, path: Path) -> ParentFolder | None:
        """
        Return the folder of several runs; None when it is anything else, such as that of one run.

        Raises:
            StoreError: When it is damaged, or of a version this library does not read.
        """
        data = Directory(path).read("run.json") if (path / "run.json").is_file() else None
        if data is None:
            return None
        # It stands at the beginning: of the many runs of a history hardly any is parsed for it.
        if b'"kind"' not in data[:_HEAD]:
            return None
        content = parse_object(data, str(path / "run.json"))
        if "kind" not in content:  # a run that is called so
            return None
        return cls(path, ParentManifest.from_json(content, path / "run.json"))

    def directory(self) -> Directory:
        """Return the folder for its files; nothing is made."""
        return Directory(self.path)

    def member(self, member: RecordedMember) -> Path:
        """Return where a member is, or will be."""
        return self.path / member.folder

    def begun(self) -> list[RecordedMember]:
        """Return the members that have begun, in order."""
        return [member for member in self.manifest.members if (self.member(member) / "run.json").is_file()]

    def locked(self) -> contextlib.AbstractContextManager[None]:
        """Hold it against other processes; StoreError when another has it."""
        return locked(self.directory())

    @property
    def gate(self) -> Gate:
        """A gate that no further member passes once it is closed."""
        return FolderGate(self.directory())

    def problems(self) -> dict[str, str]:
        """Return why members could not begin, by the name of their folder; one that has begun since is none of them."""
        data = self.directory().read(_PROBLEMS)
        found = {} if data is None else parse_object(data, str(self.path / _PROBLEMS))
        return {
            str(folder): str(reason)
            for folder, reason in found.items()
            if not (self.path / str(folder) / "run.json").is_file()
        }

    def note_problem(self, member: RecordedMember, reason: str) -> None:
        """Note that a member could not begin; on disk when this returns."""
        write_json(self.path / _PROBLEMS, {**self.problems(), member.folder: reason})


def read_manifest(path: Path) -> RunManifest | ParentManifest:
    """
    Return what the ``run.json`` in a folder says, be it that of one run or of several; it is read once.

    Raises:
        StoreError: When it is missing, damaged, or of a version this library does not read.
    """
    data, file = read_run_json(path)
    content = parse_object(data, str(file))
    made = ParentManifest if "kind" in content else RunManifest
    return made.from_json(content, file)


def member_paths(path: Path) -> list[Path]:
    """Return the run folders that a path stands for: itself, or the members of several runs that have begun."""
    parent = ParentFolder.open(path)
    return [path] if parent is None else [parent.member(member) for member in parent.begun()]
