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
from oqtopus_experiments.runfile._config import DEFAULT_SHOTS, RunConfig
from oqtopus_experiments.runfile._constructing import backend_of, experiments_of
from oqtopus_experiments.runfile._keys import names_in
from oqtopus_experiments.runfile._values import integer, shots_at, text_at
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._toml_lines import TomlSource


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
        seed = integer(source, ("seed",), 0, 2**63 - 1)
    default_shots = shots if shots is not None else shots_at(source, ("shots",), DEFAULT_SHOTS)
    return RunConfig(
        name=text_at(source, ("name",), file.stem),
        runs=Path(text_at(source, ("runs",), "runs")),
        seed=seed,
        backend=backend_of(source, backend, seed),
        experiments=experiments_of(source, default_shots, forced=shots is not None),
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
