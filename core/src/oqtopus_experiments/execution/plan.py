"""What running would take, before anything runs."""

from __future__ import annotations

from typing import Any

from oqtopus_experiments.execution import circuits
from oqtopus_experiments.runfile.config import RunConfig


def plan(config: RunConfig) -> list[dict[str, Any]]:
    """Return for each experiment what running it would take: circuits, jobs, shots, qubits."""
    rows = []
    for entry in config.experiments:
        count = entry.experiment.sweep().size + len(entry.experiment.references())
        rows.append(
            {
                "label": entry.label,
                "experiment": entry.experiment.name,
                "circuits": count,
                "jobs": config.backend.jobs_for(count),
                "shots": count * entry.shots,
                "qubits": sorted(circuits.physical_qubits(entry.experiment)),
            }
        )
    return rows
