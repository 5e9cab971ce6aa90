"""Several runs once more: from the folder of a sweep or a watch back to the tables it was made of."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import attrs

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.nested import reseeded
from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.plugins._options import construct
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._config import has_seed
from oqtopus_experiments.runfile._labels import labels
from oqtopus_experiments.runfile._sweep import SweepPoint
from oqtopus_experiments.storage._manifest import RunManifest
from oqtopus_experiments.storage._parent import ParentFolder
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
        made = member.manifest if has_seed(member.values) else _as_of_the_first(member.manifest, number)
        source = TomlSource.of(file, {**made.as_run_file(), **shared}, overrides, naming=labels)
        points.append(SweepPoint(source, member.values, {}))
    return points[0].source, tuple(points)


def _as_of_the_first(manifest: RunManifest, number: int) -> RunManifest:
    """Return what one run of a sweep was made of, its seeds as they were before its number was added."""
    seed = None if manifest.seed is None else manifest.seed - number
    backend = manifest.backend
    # What cannot be built here may be another by a setting; if it is not, the reading that follows says why not.
    with contextlib.suppress(OqtopusExperimentsError):
        built: Backend = construct(registry().get("backend", backend.get("use", "")), backend.get("options", {}))
        backend = reseeded(built, -number).configuration()
    return attrs.evolve(manifest, backend=backend, seed=seed)
