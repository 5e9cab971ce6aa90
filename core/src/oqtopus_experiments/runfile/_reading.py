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

from collections.abc import Sequence
from pathlib import Path

from oqtopus_experiments.errors import ConfigError, StoreError
from oqtopus_experiments.plugins._registry import configure, registry
from oqtopus_experiments.plugins._settings import PluginSettings, settings_with, with_table
from oqtopus_experiments.runfile._bad_targets import BAD, bad_targets, latest_of
from oqtopus_experiments.runfile._config import DEFAULT_SHOTS, RunConfig
from oqtopus_experiments.runfile._constructing import backend_of, experiments_of
from oqtopus_experiments.runfile._device_qubits import DeviceQubits
from oqtopus_experiments.runfile._keys import names_in
from oqtopus_experiments.runfile._labels import labels
from oqtopus_experiments.runfile._selection import Selection
from oqtopus_experiments.runfile._values import integer, shots_at, text_at
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._summary import read_summary
from oqtopus_experiments.support._toml_lines import TomlSource


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
    Read and check a run file; nothing is run.

    Args:
        file: The TOML file, or a run folder: then what its run was made of, to be run again beside it.
        backend: Name of another backend to use.
        shots: Other number of shots, for all experiments.
        overrides: Settings such as ``experiments.t1.max_delay=3``.
        only: Labels or names of experiments, all others are left out; ``bad`` for what was bad in the latest run of
            this name, or in the run folder given.
        qubits: Ranges such as ``"0-4"``: targets beyond are left out.
        runs: Folder for run folders, instead of the file's.
        settings: Plugin settings that win over those of the file.

    Raises:
        ConfigError: With file, path, line and value, and the nearest name when one is unknown.
        PluginError: When two plugins clash over a name that is used.
        BackendError: When ``all`` qubits of a device are asked for, and it cannot be asked.
    """
    source = _source(file, overrides)
    configure_plugins(source, settings)
    data = source.data
    seed = data.get("seed")
    if seed is not None:
        seed = integer(source, ("seed",), 0, 2**63 - 1)
    default_shots = shots if shots is not None else shots_at(source, ("shots",), DEFAULT_SHOTS)
    made = backend_of(source, backend, seed)
    device = DeviceQubits(made)
    chosen = _ranges(device, qubits)
    name = text_at(source, ("name",), file.stem)
    folder = runs or Path(text_at(source, ("runs",), "runs"))
    experiments = experiments_of(source, default_shots, forced=shots is not None, device=device, qubits=chosen)
    selection = _selection(file, name, folder, only, chosen)
    experiments, notes = selection.of(experiments)
    return RunConfig(name, folder, seed, made, experiments, notes)


def _source(file: Path, overrides: Sequence[str]) -> TomlSource:
    source = _of_folder(file, overrides) if file.is_dir() else TomlSource.read(file, overrides, labels)
    source.allow(names_in(""), source.data)
    return source


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
    run = read_summary(file) if file.is_dir() else latest_of(name, runs)
    return Selection(named, qubits, bad_targets(run), str(run.path))


def _of_folder(path: Path, overrides: Sequence[str]) -> TomlSource:
    try:
        manifest = RunFolder.open(path).manifest()
    except StoreError as error:
        raise ConfigError(str(error)) from error
    if manifest.is_imported:
        message = f"{path} was not run: its counts were taken elsewhere; to measure, write a run file"
        raise ConfigError(message)
    data = {**manifest.as_run_file(), "runs": str(path.parent)}
    return TomlSource.of(path / "run.json", data, overrides, naming=labels)
