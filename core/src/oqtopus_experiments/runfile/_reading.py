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

import json
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.errors import ConfigError, StoreError
from oqtopus_experiments.plugins._option_schema import summary
from oqtopus_experiments.plugins._registry import configure, registry
from oqtopus_experiments.plugins._settings import PluginSettings, settings_with, with_table
from oqtopus_experiments.runfile import _slips
from oqtopus_experiments.runfile._bad_targets import BAD, bad_targets, latest_of
from oqtopus_experiments.runfile._config import DEFAULT_SHOTS, Member, RunConfig, SeveralRuns
from oqtopus_experiments.runfile._constructing import backend_of, experiments_of
from oqtopus_experiments.runfile._device_qubits import DeviceQubits
from oqtopus_experiments.runfile._keys import names_in
from oqtopus_experiments.runfile._labels import labels
from oqtopus_experiments.runfile._repetition import again
from oqtopus_experiments.runfile._selection import Selection
from oqtopus_experiments.runfile._sweep import SweepPoint, sweep_points, watch_of
from oqtopus_experiments.runfile._values import integer, shots_at, text_at
from oqtopus_experiments.storage._parent import ParentFolder
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._toml_lines import TomlSource
from oqtopus_experiments.support._toml_slips import folder

_SET = "--set "


@frozen
class Changes:
    """
    What is other than a file says.

    Args:
        backend: Name of another backend to use.
        shots: Other number of shots, for all experiments.
        overrides: Settings such as ``experiments.t1.max_delay=3``.
        only: Labels or names of experiments, all others are left out; ``bad`` for what was bad in the latest run of
            this name, or in the run folder given.
        qubits: Ranges such as ``"0-4"``: targets beyond are left out.
        runs: Folder for run folders, instead of the file's.
    """

    backend: str | None = None
    shots: int | None = None
    overrides: Sequence[str] = ()
    only: Sequence[str] = ()
    qubits: str | None = None
    runs: Path | None = None


def load(
    file: Path,
    *,
    backend: str | None = None,
    shots: int | None = None,
    overrides: Sequence[str] = (),
    only: Sequence[str] = (),
    qubits: str | None = None,
    runs: Path | None = None,
    settings: PluginSettings | None = None,
) -> RunConfig:
    """
    Read and check a file of one run; nothing is run. See `load_runs`.

    Raises:
        ConfigError: Also when the file stands for several runs.
    """
    found = load_runs(file, Changes(backend, shots, overrides, only, qubits, runs), settings)
    if isinstance(found, SeveralRuns):
        message = f"is a {found.kind}: {found.told}; `oqx run` and `oqtopus_experiments.run` take it"
        raise ConfigError(message, file=file)
    return found


def load_runs(file: Path, changes: Changes, settings: PluginSettings | None = None) -> RunConfig | SeveralRuns:
    """
    Read and check a run file; nothing is run.

    Args:
        file: The TOML file, or a run folder: then what its run was made of, to be run again beside it.
        changes: What is other than the file says.
        settings: Plugin settings that win over those of the file.

    Returns:
        The run, or the runs of a sweep or a watch.

    Raises:
        ConfigError: With file, path, line and value, and the nearest name when one is unknown.
        PluginError: When two plugins clash over a name that is used.
        BackendError: When ``all`` qubits of a device are asked for, and it cannot be asked.
    """
    source, points = _points(file, changes)
    configure_plugins(source, settings)
    watch = watch_of(source)
    if points:
        return _sweep(file, changes, points)
    config = _run(file, changes, source)
    return config if watch is None else SeveralRuns("watch", (Member(config, {}),), watch[1], watch[0])


def _points(file: Path, changes: Changes) -> tuple[TomlSource, Sequence[SweepPoint]]:
    """Return what a file says, and the points of its sweep, if it is one."""
    if not file.is_dir():
        source = TomlSource.read(file, changes.overrides, labels)
    elif (parent := _parent(file)) is not None:
        return again(parent, changes.overrides)
    else:
        source = _of_folder(file, changes.overrides)
    _check_keys(source)
    return source, sweep_points(source)


def _sweep(file: Path, changes: Changes, points: Sequence[SweepPoint]) -> SeveralRuns:
    _check_keys(points[0].source)  # as what --set says: each point has the same keys
    members = [Member(_run(file, changes, point.source), point.values) for point in points]
    known: dict[str, int] = {}
    for number, member in enumerate(members):
        made = _what_is_run(member.config)
        if made in known:
            other = points[known[made]]
            point = points[number]
            key = next(key for key, value in point.values.items() if value != other.values[key])
            labels_of = ", ".join(entry.label for entry in member.config.experiments)
            made_with = f"the backend is {member.config.backend.name!r}, the experiments are {labels_of}"
            meant = _unused_profiles(point.source, member.config.backend, changes.backend)
            message = "; ".join((f"nothing that is run changes with it: {made_with}", *meant))
            raise point.source.error(message, point.places.get(key, ("sweep", key)))
        known[made] = number
    return SeveralRuns("sweep", tuple(members), len(members))


def _what_is_run(config: RunConfig) -> str:
    """Return what of a run decides what is measured, for comparing: neither its name nor those of its experiments."""
    recorded = config.manifest({}).config
    experiments = [{**entry, "label": ""} for entry in recorded["experiments"]]
    return json.dumps({**recorded, "name": "", "experiments": experiments}, sort_keys=True, default=str)


def _run(file: Path, changes: Changes, source: TomlSource) -> RunConfig:
    """Return the run that tables without a sweep stand for."""
    data, shots = source.data, changes.shots
    seed = data.get("seed")
    if seed is not None:
        seed = integer(source, ("seed",), 0, 2**63 - 1)
    default_shots = shots if shots is not None else shots_at(source, ("shots",), DEFAULT_SHOTS)
    made = backend_of(source, changes.backend, seed)
    device = DeviceQubits(made)
    chosen = _ranges(device, changes.qubits)
    name = text_at(source, ("name",), file.stem)
    parent = changes.runs or Path(text_at(source, ("runs",), "runs"))
    experiments = experiments_of(source, default_shots, forced=shots is not None, device=device, qubits=chosen)
    selection = _selection(file, name, parent, changes.only, chosen)
    experiments, notes = selection.of(experiments)
    return RunConfig(name, parent, seed, made, experiments, (*_asides(source, made, changes.backend), *notes))


def _asides(source: TomlSource, made: Backend, chosen: str | None) -> list[str]:
    """Return what a person should know of the choice of the backend: that nobody made it, or of options left aside."""
    if chosen is None and source.data.get("backend") is None:
        others = ", ".join(f'backend = "{name}"' for name in registry().names("backend") if name != made.name)
        choose = f"; choose with {others}" if others else ""
        return [f"no backend is named, so it is the default, {made.name} ({summary(type(made))}){choose}"]
    return _unused_profiles(source, made, chosen)


def _unused_profiles(source: TomlSource, made: Backend, chosen: str | None) -> list[str]:
    named = [name for name in (chosen, source.data.get("backend"), made.name) if isinstance(name, str)]
    return _slips.unused_profiles(source.data.get("backends", {}), named, registry().names("backend"))


def _check_keys(source: TomlSource) -> None:
    """Refuse keys that a file does not have; of a parameter set without its experiment, say how it is set."""
    try:
        source.allow(names_in(""), source.data)
    except ConfigError as error:
        said = error.path if error.path.startswith(_SET) else _set_within(source, error.path)
        if not said or not isinstance(source.data.get("experiments"), list):
            raise
        key, called = said.removeprefix(_SET), labels(source.data["experiments"])
        whole = key if key.partition(".")[0] in called else f"{next(iter(called), 'LABEL')}.{key}"
        message = f"{error.message}; of one experiment: --set experiments.{whole}=VALUE"
        raise ConfigError(message, path=said) from error


def _set_within(source: TomlSource, key: str) -> str:
    """Return the setting of the command line that made a table; empty where the file has it."""
    made = [place for path, place in source.elsewhere.items() if path[0] == key and isinstance(place, str)]
    return next((place for place in made if place.startswith(_SET)), "")


def configure_plugins(source: TomlSource, settings: PluginSettings | None) -> None:
    """Let plugins be found as a file says: whoever calls wins over it, and it over what the folder says in oqx.toml."""
    if settings is None and "plugins" not in source.data:
        return
    named = with_table(settings or PluginSettings(), source.data.get("plugins", {}), source)
    if settings is None:
        base = registry().settings
        named = settings_with(named, disable=base.disable, prefer=base.prefer, strict=base.strict)
    configure(named)


def _ranges(device: DeviceQubits, qubits: str | None) -> tuple[int, ...] | None:
    try:
        return None if qubits is None else device.meant(qubits)
    except ValueError as error:
        raise ConfigError(str(error), path="--qubits") from error


def _selection(file: Path, name: str, runs: Path, only: Sequence[str], qubits: tuple[int, ...] | None) -> Selection:
    named = tuple(dict.fromkeys(one for one in only if one != BAD))
    if BAD not in only:
        return Selection(named, qubits)
    run = file if file.is_dir() else latest_of(name, runs)
    return Selection(named, qubits, bad_targets(run), str(run))


def _parent(path: Path) -> ParentFolder | None:
    try:
        return ParentFolder.open(path)
    except StoreError as error:
        raise ConfigError(str(error)) from error


def _of_folder(path: Path, overrides: Sequence[str]) -> TomlSource:
    try:
        manifest = RunFolder.open(path).manifest()
    except StoreError as error:
        raise ConfigError(f"{error}{folder(path)}") from error
    if manifest.is_imported:
        message = f"{path} was not run: its counts were taken elsewhere; to measure, write a run file"
        raise ConfigError(message)
    data = {**manifest.as_run_file(), "runs": str(path.parent)}
    return TomlSource.of(path / "run.json", data, overrides, naming=labels)
