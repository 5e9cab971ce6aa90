"""
The run file: which experiments, on which backend, with how many shots.

::

    shots = 1000
    backend = "noisy"            # the one line to change

    [backends.noisy]             # options used when this backend is chosen
    t1 = "25 us"

    [[experiments]]
    use = "rabi"
    physical_qubits = [0, 1]
    max_amplitude = 2.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import ConfigError, PluginError, StoreError
from oqtopus_experiments.plugins._experiment_calls import default_shots_of
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._plugin import Kind
from oqtopus_experiments.plugins._registry import configure, registry
from oqtopus_experiments.plugins._settings import PluginSettings, settings_with, with_table
from oqtopus_experiments.runfile._keys import names_in
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._toml_lines import TomlSource

DEFAULT_SHOTS = 1000
MAX_SHOTS = 10_000_000


@frozen
class ConfiguredExperiment:
    """One experiment of a run: its label, what to run, with how many shots, and how to analyze it."""

    label: str
    experiment: Declaration
    shots: int
    analyzer: Analyzer

    def recorded(self) -> RecordedExperiment:
        """Return this experiment as a run folder keeps it."""
        analyzer = {"use": self.analyzer.name, "options": attrs.asdict(self.analyzer)}
        parameters = self.experiment.parameters()
        return RecordedExperiment(self.label, self.experiment.name, self.shots, parameters, analyzer)


@frozen
class RunConfig:
    """
    A checked run file.

    Args:
        name: Name of the run; the name of the file by default.
        runs: Folder in which run folders are made.
        seed: Seed of simulators; None for fresh randomness.
        backend: What to run on.
        experiments: What to run, in order.
    """

    name: str
    runs: Path
    seed: int | None
    backend: Backend
    experiments: tuple[ConfiguredExperiment, ...]

    def manifest(self, provenance: Mapping[str, Any]) -> RunManifest:
        """Return what ``run.json`` keeps of this run: everything it is made of, defaults filled in."""
        entries = tuple(entry.recorded() for entry in self.experiments)
        return RunManifest(self.name, self.backend.configuration(), entries, provenance, self.seed)


def load(
    file: Path,
    *,
    backend: str | None = None,
    shots: int | None = None,
    overrides: Sequence[str] = (),
    settings: PluginSettings | None = None,
) -> RunConfig:
    """
    Read and check a run file; nothing is run.

    Args:
        file: The TOML file, or a run folder: then what its run was made of, to be run again beside it.
        backend: Name of another backend to use.
        shots: Other number of shots, for all experiments.
        overrides: Settings such as ``experiments.0.max_amplitude=3``.
        settings: Plugin settings that win over those of the file.

    Raises:
        ConfigError: With file, path, line and value, and the nearest name when one is unknown.
        PluginError: When two plugins clash over a name that is used.
    """
    source = _of_folder(file, overrides) if file.is_dir() else TomlSource.read(file, overrides)
    data = source.data
    source.allow(names_in(""), data)
    if settings is not None or "plugins" in data:
        # Whoever calls wins over the run file, and the run file over what the folder says in oqx.toml.
        named = with_table(settings or PluginSettings(), data.get("plugins", {}), source)
        if settings is None:
            base = registry().settings
            named = settings_with(named, disable=base.disable, prefer=base.prefer, strict=base.strict)
        configure(named)
    seed = data.get("seed")
    if seed is not None:
        _integer(source, ("seed",), 0, 2**63 - 1)
    default_shots = shots if shots is not None else _shots(source, ("shots",), DEFAULT_SHOTS)
    return RunConfig(
        name=_text(source, ("name",), file.stem),
        runs=Path(_text(source, ("runs",), "runs")),
        seed=seed,
        backend=_backend(source, backend, seed),
        experiments=_experiments(source, default_shots, forced=shots is not None),
    )


def _of_folder(path: Path, overrides: Sequence[str]) -> TomlSource:
    try:
        manifest = RunFolder.open(path).manifest()
    except StoreError as error:
        raise ConfigError(str(error)) from error
    if manifest.is_imported:
        message = f"{path} was not run: its counts were taken elsewhere; to measure, write a run file"
        raise ConfigError(message)
    return TomlSource.of(path / "run.json", {**manifest.as_run_file(), "runs": str(path.parent)}, overrides)


def _backend(source: TomlSource, chosen: str | None, seed: int | None) -> Backend:
    data = source.data
    given = data.get("backend", chosen) if "backend" in data or chosen else _default_backend()
    profiles = data.get("backends", {})
    if not isinstance(profiles, Mapping):
        raise source.error(f"must be a table of tables, [backends.NAME], not {profiles!r}", ("backends",))
    path: tuple[str | int, ...] = ("backend",)
    options: dict[str, Any] = {}
    if isinstance(given, Mapping):
        options = dict(given)
        path = ("backend", "use")
        given = options.pop("use", None)
    if not isinstance(given, str):
        raise source.error(f'must name a backend, as in backend = "NAME"; got {given!r}', path)
    if chosen is not None and (chosen != given or "backend" not in data):
        # Options written for one backend mean nothing to another; its own are in [backends.NAME].
        given, options = chosen, {}
        path = ("--backend",)
    where: tuple[str | int, ...] = ("backend",)
    use = given
    if given in profiles:
        if not isinstance(profiles[given], Mapping):
            raise source.error(f"must be a table of options, not {profiles[given]!r}", ("backends", given))
        profile = dict(profiles[given])
        use = profile.pop("use", given)
        options, where = {**profile, **options}, ("backends", given) if profile else where
        if not isinstance(use, str):
            raise source.error(f"must name a backend, not {use!r}", ("backends", given, "use"))
    try:
        cls = registry().get("backend", use)
    except PluginError as error:
        if path == ("--backend",):
            raise ConfigError(str(error), path="--backend") from error
        raise source.error(str(error), path) from error
    if seed is not None and "seed" in attrs.fields_dict(cls):
        options.setdefault("seed", seed)
    made: Backend = _construct(source, cls, options, where)
    return made


def _default_backend() -> str:
    try:
        return registry().default("backend")
    except PluginError as error:
        raise ConfigError(str(error), path="backend") from error


def _experiments(source: TomlSource, shots: int, *, forced: bool) -> tuple[ConfiguredExperiment, ...]:
    tables = source.data.get("experiments", [])
    if not isinstance(tables, list) or not tables:
        raise source.error("a run file needs at least one [[experiments]] table", ("experiments",))
    entries: list[ConfiguredExperiment] = []
    for index, table in enumerate(tables):
        path = ("experiments", index)
        if not isinstance(table, Mapping):
            raise source.error(f"must be a table, not {table!r}", path)
        # Only keys that are declared are taken out: any other is a parameter, or wrong.
        own = {key: table[key] for key in names_in("[[experiments]]") if key in table}
        parameters = {key: value for key, value in table.items() if key not in own}
        cls = _class(source, "experiment", own.get("use"), (*path, "use"))
        label = own.get("name")
        taken = [entry.label for entry in entries]
        if label is None:
            label = _numbered(cls.name, taken)
        elif not isinstance(label, str) or not label.strip():
            raise source.error(f"must be a text, not {label!r}", (*path, "name"))
        elif label in taken:
            raise source.error(f"{label!r} is the name of two experiments; give each its own", (*path, "name"))
        chosen = own["analyzer"] if "analyzer" in own else cls.analyzer or registry().default("analyzer")
        experiment = _construct(source, cls, parameters, path)
        if experiment.mitigation:
            _class(source, "mitigation", experiment.mitigation, (*path, "mitigation"))
        own_shots = shots if forced else _own_shots(source, path, experiment, shots)
        analyzer = _analyzer(source, chosen, (*path, "analyzer"))
        entries.append(ConfiguredExperiment(label, experiment, own_shots, analyzer))
    return tuple(entries)


def _own_shots(source: TomlSource, path: tuple[str | int, ...], experiment: Declaration, shots: int) -> int:
    """Return the shots of one experiment: as its table says, as its parameters ask, or those of the file."""
    asked = default_shots_of(experiment)
    told = _shots(source, (*path, "shots"), asked or shots)
    if asked is not None and told != asked:
        message = f"its parameters ask for {asked} shots of each circuit; say it once"
        raise source.error(message, (*path, "shots"))
    return told


def _analyzer(source: TomlSource, chosen: Any, path: tuple[str | int, ...]) -> Analyzer:
    options = dict(chosen) if isinstance(chosen, Mapping) else {"use": chosen}
    analyzer: Analyzer = _construct(source, _class(source, "analyzer", options.pop("use", None), path), options, path)
    return analyzer


def _class(source: TomlSource, kind: Kind, name: Any, path: tuple[str | int, ...]) -> type[Any]:
    if not isinstance(name, str):
        known = ", ".join(registry().classes(kind))
        raise source.error(f'must name an {kind}, as in use = "NAME" (known: {known}); got {name!r}', path)
    try:
        return registry().get(kind, name)
    except PluginError as error:
        raise source.error(str(error), path) from error


def _construct(source: TomlSource, cls: type[Any], options: Mapping[str, Any], path: tuple[str | int, ...]) -> Any:
    try:
        return construct(cls, options)
    except ConfigError as error:
        inner = tuple(int(step) if step.isdigit() else step for step in error.path.split(".") if step)
        raise source.error(error.message, (*path, *inner)) from error


def _numbered(name: str, taken: Sequence[str]) -> str:
    if name not in taken:
        return name
    return next(f"{name}-{i}" for i in range(2, len(taken) + 3) if f"{name}-{i}" not in taken)


def _shots(source: TomlSource, path: tuple[str | int, ...], default: int) -> int:
    return _integer(source, path, 1, MAX_SHOTS, default)


def _integer(source: TomlSource, path: tuple[str | int, ...], low: int, high: int, default: int = 0) -> int:
    value: Any = source.data
    for step in path:
        value = value.get(step, default) if isinstance(value, Mapping) else value[step]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise source.error(f"must be an integer from {low} to {high}, not {_as_written(value)}", path)
    return value


def _text(source: TomlSource, path: tuple[str], default: str) -> str:
    value = source.data.get(path[0], default)
    if not isinstance(value, str) or not value.strip():
        raise source.error(f"must be a text, not {_as_written(value)}", path)
    return value


def _as_written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)
