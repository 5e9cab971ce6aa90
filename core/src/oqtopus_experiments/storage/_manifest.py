"""``run.json``: what a run is made of and where it comes from. Written, read and checked here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from oqtopus_experiments.errors import NotStoredError, StoreError

FORMAT = 2
"""Version of the files; that of 1, before any release, had neither analyses nor the sweep in the journal."""
READABLE = (2,)
"""Versions this library reads. Files of a readable version may hold more than it knows: additions keep the version."""


@frozen(eq=False)
class RecordedExperiment:
    """
    One experiment as a run folder keeps it: plain values, from which the installed plugins build it again.

    Args:
        label: Its name in the run.
        use: Name of the experiment.
        shots: Shots of each circuit.
        parameters: Its parameters, JSON values.
        analyzer: ``use`` and ``options`` of its analyzer; empty for the default of the experiment.
        imported: Where its counts come from, if they were taken elsewhere: ``source``, ``sha256`` of a file. Its points
            are then those of its journal, and `shots` is the largest number of shots found.
    """

    label: str
    use: str
    shots: int
    parameters: Mapping[str, Any]
    analyzer: Mapping[str, Any] = field(factory=dict)
    imported: Mapping[str, Any] = field(factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return JSON values."""
        told = {"label": self.label, "use": self.use, "shots": self.shots, "parameters": dict(self.parameters)}
        if self.imported:
            told["imported"] = dict(self.imported)
        return {**told, "analyzer": dict(self.analyzer)} if self.analyzer else told

    def as_run_file(self) -> dict[str, Any]:
        """Return the table of a run file that would give this experiment again."""
        told = {"use": self.use, "name": self.label, "shots": self.shots, **self.parameters}
        return {**told, "analyzer": _table(self.analyzer)} if self.analyzer else told

    @classmethod
    def from_json(cls, content: Any, where: str, file: Path) -> RecordedExperiment:
        """
        Check and take over what a file holds.

        Args:
            content: The value.
            where: Its place in the file, for messages.
            file: The file.

        Raises:
            StoreError: Naming the key that is missing or wrong.
        """
        entry = _object(content, where, file)
        for key, kind in {"label": str, "use": str, "shots": int, "parameters": dict}.items():
            if type(entry.get(key)) is not kind:
                raise _damaged(file, f"{where}.{key} is missing or not {_WORDS[kind]}")
        analyzer = _object(entry.get("analyzer", {}), f"{where}.analyzer", file)
        _object(analyzer.get("options", {}), f"{where}.analyzer.options", file)
        if analyzer and not isinstance(analyzer.get("use"), str):
            raise _damaged(file, f"{where}.analyzer.use is missing or not a text")
        imported = _object(entry.get("imported", {}), f"{where}.imported", file)
        return cls(entry["label"], entry["use"], entry["shots"], entry["parameters"], analyzer, imported)


@frozen(eq=False)
class RunManifest:
    """
    What ``run.json`` says.

    Args:
        name: Name of the run.
        backend: ``use`` and ``options`` of the backend, JSON values; empty when unknown.
        experiments: The experiments, in order.
        provenance: Versions, platform, backend, seed, time; JSON values.
        seed: Seed of the run; None for fresh randomness.
    """

    name: str
    backend: Mapping[str, Any] = field(factory=dict)
    experiments: tuple[RecordedExperiment, ...] = ()
    provenance: Mapping[str, Any] = field(factory=dict, repr=False)
    seed: int | None = None

    @property
    def config(self) -> dict[str, Any]:
        """The resolved configuration as the file holds it."""
        return {
            "name": self.name,
            "seed": self.seed,
            "backend": dict(self.backend),
            "experiments": [experiment.to_json() for experiment in self.experiments],
        }

    @property
    def is_imported(self) -> bool:
        """Whether its counts were taken elsewhere: it has no backend, and nothing to go on with."""
        return any(experiment.imported for experiment in self.experiments)

    @property
    def backend_name(self) -> str:
        """Name of the backend; ``imported`` where there was none, empty when unknown."""
        return "imported" if self.is_imported else str(self.backend.get("use", ""))

    @property
    def created(self) -> str:
        """Time of the start in UTC, ISO 8601; empty when unknown."""
        created = self.provenance.get("created")
        return created if isinstance(created, str) else ""

    def as_run_file(self) -> dict[str, Any]:
        """Return the tables of a run file that would give this run again."""
        return {
            "name": self.name,
            **({} if self.seed is None else {"seed": self.seed}),
            **({"backend": _table(self.backend)} if self.backend else {}),
            "experiments": [experiment.as_run_file() for experiment in self.experiments],
        }

    def to_json(self) -> dict[str, Any]:
        """Return the content of the file."""
        return {"format": FORMAT, "name": self.name, "config": self.config, "provenance": dict(self.provenance)}

    @classmethod
    def from_json(cls, content: Mapping[str, Any], file: Path) -> RunManifest:
        """
        Check and take over the content of a file.

        Raises:
            StoreError: When it is of a version this library does not read; naming the key that is missing or wrong.
        """
        check_format(content, file)
        if "kind" in content:
            message = f"{file.parent} holds several runs, not one: name one of them, such as {file.parent / '001'}"
            raise NotStoredError(message)
        if not isinstance(content.get("name"), str):
            raise _damaged(file, "name is missing or not a text")
        config = _object(content.get("config"), "config", file)
        provenance = _object(content.get("provenance"), "provenance", file)
        backend = _object(config.get("backend", {}), "config.backend", file)
        if backend and not isinstance(backend.get("use"), str):
            raise _damaged(file, "config.backend.use is missing or not a text")
        _object(backend.get("options", {}), "config.backend.options", file)
        items, seed = config.get("experiments"), config.get("seed")
        if not isinstance(items, list):
            raise _damaged(file, "config.experiments is missing or not a list")
        if seed is not None and type(seed) is not int:
            raise _damaged(file, "config.seed is not an integer")
        experiments = tuple(
            RecordedExperiment.from_json(item, f"config.experiments.{i}", file) for i, item in enumerate(items)
        )
        if len({experiment.label for experiment in experiments}) < len(experiments):
            raise _damaged(file, "two experiments have one label")
        return cls(content["name"], backend, experiments, provenance, seed)


def check_format(content: Mapping[str, Any], file: Path) -> None:
    """
    Refuse files of another version.

    Raises:
        StoreError: With what to do.
    """
    found = content.get("format")
    if isinstance(found, int) and not isinstance(found, bool) and found in READABLE:
        return
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        step = "it was not written by this library, or is damaged"
    elif found > FORMAT:
        step = "a newer oqtopus-experiments wrote it: update to read it"
    else:
        step = "an older oqtopus-experiments wrote it: read it with the version named in its provenance"
    message = f"{file} has format {found!r:.40}; this version reads {' and '.join(map(str, READABLE))}; {step}"
    raise StoreError(message)


def _table(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``use`` and ``options`` as a run file has them: side by side."""
    return {"use": chosen["use"], **chosen.get("options", {})}


_WORDS = {str: "a text", int: "an integer", dict: "an object"}


def _object(value: Any, where: str, file: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _damaged(file, f"{where} is missing or not an object")
    return value


def _damaged(file: Path, what: str) -> StoreError:
    return StoreError(f"{file} is damaged: {what}; restore it from a copy")
