"""From the tables of a run file to backend, experiments and analyzers: each name looked up, each value checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import attrs

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.nested import holds_a_backend, takes_a_seed
from oqtopus_experiments.contracts.reserved import TARGETS
from oqtopus_experiments.errors import ConfigError, PluginError
from oqtopus_experiments.plugins._experiment_calls import default_shots_of
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile import _slips
from oqtopus_experiments.runfile._analyzers import analyzer_of
from oqtopus_experiments.runfile._config import ConfiguredExperiment
from oqtopus_experiments.runfile._defaults import ExperimentTable, experiment_tables
from oqtopus_experiments.runfile._device_qubits import DeviceQubits
from oqtopus_experiments.runfile._keys import names_in
from oqtopus_experiments.runfile._lookup import Path, class_named, made
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
    path: Path = ("backend",)
    options: dict[str, Any] = {}
    if isinstance(given, Mapping):
        options = dict(given)
        path = ("backend", "use")
        given = options.pop("use", None)
    if not isinstance(given, str):
        table = data.get("backend")
        meant = _slips.of_backend(table, registry().names("backend")) if isinstance(table, Mapping) else ""
        got = "nothing" if given is None else repr(given)
        raise source.error(f'must name a backend, as in backend = "NAME"; got {got:.60}{meant}', path)
    instead = None
    if chosen is not None and (chosen != given or "backend" not in data):
        # Options written for one backend mean nothing to another; its own are in [backends.NAME].
        instead = data.get("backend")
        given, options = chosen, {}
        path = ("--backend",)
    return _named(source, given, options, path, ("backend",), seed, instead)


def _named(
    source: TomlSource,
    given: str,
    options: Mapping[str, Any],
    path: Path,
    where: Path,
    seed: int | None,
    instead: Any = None,
) -> Backend:
    """
    Return the backend of a name with its options, those of its profile among them.

    Args:
        source: The run file.
        given: The name.
        options: What stands beside it.
        path: Where the name stands.
        where: Where the options do.
        seed: For a backend that takes one and was given none, nor the one that it runs.
        instead: What the file runs on where the command line names another: a backend that runs a simulator runs that.
    """
    profiles = source.data.get("backends", {})
    if not isinstance(profiles, Mapping):
        raise source.error(f"must be a table of tables, [backends.NAME], not {profiles!r}", ("backends",))
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
    told = dict(options)
    for field in filter(holds_a_backend, attrs.fields(cls)):
        if field.name not in told and instead is not None:
            told[field.name] = instead
        if field.name in told:
            told[field.name] = _inner(source, told[field.name], (*where, field.name))
    runs = [value for value in told.values() if isinstance(value, Backend)]
    if seed is not None and "seed" in attrs.fields_dict(cls) and all(map(takes_a_seed, runs)):
        told.setdefault("seed", seed)
    backend: Backend = made(cls, told, lambda message, inner: source.error(message, (*where, *inner)))
    return backend


def _inner(source: TomlSource, given: Any, where: Path) -> Any:
    """Return the backend that another one runs, with the options of its profile; what names none as it is."""
    options = dict(given) if isinstance(given, Mapping) else {"use": given}
    name = options.pop("use", None)
    return _named(source, name, options, where, where, None) if isinstance(name, str) else given


def _default_backend() -> str:
    try:
        return registry().default("backend")
    except PluginError as error:
        raise ConfigError(str(error), path="backend") from error


def experiments_of(
    source: TomlSource, shots: int, *, forced: bool, device: DeviceQubits, qubits: tuple[int, ...] | None = None
) -> tuple[ConfiguredExperiment, ...]:
    """
    Return the experiments of a file, in order, each with its defaults.

    Args:
        source: The run file.
        shots: Shots of those that say nothing else.
        forced: Whether `shots` holds for all, whatever they say.
        device: The qubits of the device, for ranges that name all of them.
        qubits: What those measure for which the file names no qubits; None for the first ones.

    Raises:
        ConfigError: When one is not known, or refuses a parameter.
        BackendError: When the qubits of the device are asked for, and it cannot be asked.
    """
    entries: list[ConfiguredExperiment] = []
    for table in experiment_tables(source):
        # Only keys that are declared are taken out: any other is a parameter, or wrong.
        own = {key: table.values[key] for key in names_in("[[experiments]]") if key in table.values}
        parameters = {key: value for key, value in table.values.items() if key not in own}
        own_names = [f.name for f in attrs.fields(table.cls)]
        if (key := _slips.misplaced(parameters, own_names)) and key not in table.defaults:
            raise table.error(source, _slips.of_misplaced(key), [key])
        label = own.get("name", table.label)
        if not isinstance(label, str) or not label.strip():
            raise source.error(f"must be a text, not {label!r}", table.place(["name"]))
        if label in [entry.label for entry in entries]:
            raise source.error(f"{label!r} is the name of two experiments; give each its own", table.place(["name"]))
        chosen = own["analyzer"] if "analyzer" in own else table.cls.analyzer or registry().default("analyzer")
        if qubits is not None and not any(name in parameters for name in TARGETS):
            parameters["physical_qubits"] = qubits
        experiment = _experiment(source, table, _resolved(source, table, parameters, device))
        own_shots = shots if forced else _own_shots(source, table, experiment, shots)
        analyzer = analyzer_of(
            source, chosen, own.get("fit"), experiment, partial(table.error, source), table.place(["analyzer"])
        )
        written = {name: value for name, value in parameters.items() if isinstance(value, str)}
        entries.append(ConfiguredExperiment(label, experiment, own_shots, analyzer, written))
    return tuple(entries)


def _resolved(
    source: TomlSource, table: ExperimentTable, parameters: Mapping[str, Any], device: DeviceQubits
) -> Mapping[str, Any]:
    """Return parameters with the qubits that ranges mean."""
    given = parameters.get("physical_qubits")
    if not isinstance(given, str):
        return parameters
    try:
        return {**parameters, "physical_qubits": device.meant(given)}
    except ValueError as error:
        raise table.error(source, str(error), ["physical_qubits"]) from error


def _experiment(source: TomlSource, table: ExperimentTable, parameters: Mapping[str, Any]) -> Declaration:
    experiment: Declaration = made(table.cls, parameters, partial(table.error, source))
    if experiment.mitigation:
        class_named(source, "mitigation", experiment.mitigation, table.place(["mitigation"]))
    return experiment


def _own_shots(source: TomlSource, table: ExperimentTable, experiment: Declaration, shots: int) -> int:
    """Return the shots of one experiment: as its table says, as its parameters ask, or those of the file."""
    path = table.place(["shots"])
    asked = default_shots_of(experiment)
    if asked is not None and path == ("defaults", "shots"):  # said of the whole file
        return asked
    told = shots_at(source, path, asked or shots)
    if asked is not None and told != asked:
        message = f"its parameters ask for {asked} shots of each circuit; say it once"
        raise source.error(message, path)
    return told
