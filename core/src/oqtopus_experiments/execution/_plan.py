"""What running would take, before anything runs."""

from __future__ import annotations

from typing import Any

from oqtopus_experiments.execution import _circuits as circuits
from oqtopus_experiments.plugins._experiment_calls import references_of, sweep_of
from oqtopus_experiments.plugins._job_calls import jobs_for
from oqtopus_experiments.runfile._config import RunConfig


def plan(config: RunConfig) -> list[dict[str, Any]]:
    """Return for each experiment what running it would take: circuits, jobs, shots, qubits."""
    rows = []
    for entry in config.experiments:
        count = sweep_of(entry.experiment).size + len(references_of(entry.experiment))
        rows.append(
            {
                "label": entry.label,
                "experiment": entry.experiment.name,
                "circuits": count,
                "jobs": jobs_for(config.backend, count),
                "shots": count * entry.shots,
                "qubits": sorted(circuits.physical_qubits(entry.experiment)),
            }
        )
    return rows
