"""Where the numbers of a run come from, for its record: backend, seed, versions, time, and what people wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.nested import backends_within
from oqtopus_experiments.execution._written_values import written_values
from oqtopus_experiments.plugins import _backend_calls as backend_calls
from oqtopus_experiments.plugins._provenance import provenance
from oqtopus_experiments.runfile._config import RunConfig


def origin_of(config: RunConfig) -> dict[str, Any]:
    """Return where the numbers of the run of a file come from."""
    parts = [part for entry in config.experiments for part in (entry.experiment, entry.analyzer)]
    told = {entry.label: written_values(entry.experiment, entry.written) for entry in config.experiments}
    series = {entry.label: entry.experiment for entry in config.experiments}
    return {"seed": config.seed, **_origin(config.backend, series, told, parts)}


def origin_of_one(experiment: Declaration, backend: Backend, label: str) -> dict[str, Any]:
    """Return where the numbers of one experiment come from that was run from Python."""
    return _origin(backend, {label: experiment}, {label: written_values(experiment)}, [experiment])


def _origin(
    backend: Backend,
    experiments: Mapping[str, Declaration],
    told: Mapping[str, Mapping[str, str]],
    parts: Iterable[object],
) -> dict[str, Any]:
    """
    Return the record.

    Args:
        backend: What it runs on.
        experiments: By label; a history keeps runs apart by their settings.
        told: What was written of each.
        parts: What may have brought a plugin, beside the backends.
    """
    own = backend_calls.stands_for(backend)
    settings = {label: experiment.settings() for label, experiment in experiments.items()}
    return {
        "backend": {**backend.configuration(), **backend_calls.provenance(backend)},
        "series": {"backend": own.name, "device": backend_calls.identity(own), "settings": settings},
        "written": {"backend": written_values(backend), "experiments": told},
        **provenance(type(part) for part in (*backends_within(backend), *parts)),
    }
