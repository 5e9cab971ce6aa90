"""From the tables of a run file to backend, experiments and analyzers: each name looked up, each value checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from oqtopus_experiments.contracts.analyzer import Analyzer
from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.errors import ConfigError, PluginError
from oqtopus_experiments.plugins._experiment_calls import default_shots_of
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._plugin import Kind
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._config import ConfiguredExperiment
from oqtopus_experiments.runfile._keys import names_in
from oqtopus_experiments.runfile._values import shots_at
from oqtopus_experiments.support._toml_lines import TomlSource


def backend_of(source: TomlSource, chosen: str | None, seed: int | None) -> Backend:
    """
    Return the backend that was chosen, with its options.

    Args:
        source: The run file.
        chosen: Its name on the command line, which goes before that of the file.
        seed: Seed of the run, for a backend that takes one and was given none.

    Raises:
        ConfigError: When it is not known, or refuses an option.
    """
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


def experiments_of(source: TomlSource, shots: int, *, forced: bool) -> tuple[ConfiguredExperiment, ...]:
    """
    Return the experiments of a file, in order.

    Args:
        source: The run file.
        shots: Shots of those that say nothing else.
        forced: Whether `shots` holds for all, whatever they say.

    Raises:
        ConfigError: When one is not known, or refuses a parameter.
    """
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
    told = shots_at(source, (*path, "shots"), asked or shots)
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
