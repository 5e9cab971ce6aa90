"""Several runs once more: from the folder of a sweep or a watch back to the tables it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oqtopus_experiments.runfile._labels import labels
from oqtopus_experiments.runfile._sweep import SweepPoint
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._parent import ParentFolder, with_seed_of
from oqtopus_experiments.support._toml_lines import TomlSource


def again(parent: ParentFolder, overrides: Sequence[str]) -> tuple[TomlSource, tuple[SweepPoint, ...]]:
    """
    Return what a sweep or a watch was made of, and the points of a sweep, with settings on top of each.

    Raises:
        ConfigError: When a setting does not fit.
    """
    manifest = parent.manifest
    shared = {"name": manifest.name, "runs": str(parent.path.parent)}
    file = parent.path / "run.json"
    if manifest.kind == "watch":
        watch = {"repeat": 1e9 * manifest.repeat, "times": len(manifest.members)}
        data = {**manifest.members[0].manifest.as_run_file(), **shared, **watch}
        return TomlSource.of(file, data, overrides, naming=labels), ()
    points = []
    for number, member in enumerate(manifest.members):
        seeds_are_swept = any(key.split(".")[-1] == "seed" for key in member.values)
        data = {**_as_run_file(member.manifest, 0 if seeds_are_swept else number), **shared}
        points.append(SweepPoint(TomlSource.of(file, data, overrides, naming=labels), member.values, {}))
    return points[0].source, tuple(points)


def _as_run_file(manifest: RunManifest, number: int) -> dict[str, Any]:
    """Return the tables of one run of several, its seeds as they were for the first."""
    config = with_seed_of(manifest.config, -number)
    experiments: tuple[RecordedExperiment, ...] = manifest.experiments
    return RunManifest(manifest.name, config["backend"], experiments, {}, config["seed"]).as_run_file()
