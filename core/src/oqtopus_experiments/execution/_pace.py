"""How long a run may take, by what an earlier run on the same device took: no service tells it beforehand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments.errors import OqtopusExperimentsError
from oqtopus_experiments.plugins._backend_calls import identity
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._summary import read_summary

if TYPE_CHECKING:
    from oqtopus_experiments.runfile._config import RunConfig

LOOKED_AT = 20
"""So many of the newest runs are looked at."""


@frozen
class Pace:
    """
    What an earlier run took.

    Args:
        run: Its folder.
        shots: Of all its circuits.
        seconds: From its start to its last outcome, the queue included.
    """

    run: Path
    shots: int
    seconds: float

    def seconds_for(self, shots: int) -> float:
        """Return how long so many shots take at this pace."""
        return self.seconds * shots / self.shots


def pace(config: RunConfig) -> Pace | None:
    """Return what the newest run took on the backend and device of a run file; None where none has ended there."""
    device = _text(identity(config.backend))
    newest = sorted(config.runs.glob("*/run.json"), key=lambda file: file.parent.name, reverse=True)
    for file in islice(newest, LOOKED_AT):
        try:
            summary = read_summary(file.parent)
            if summary.backend == config.backend.name and _text(summary.device) == device:
                found = _of(file.parent)
                if found is not None:
                    return found
        except (OqtopusExperimentsError, OSError, ValueError, OverflowError):  # a damaged run tells no pace
            continue
    return None


def _text(device: Mapping[str, Any]) -> str:
    return json.dumps(device, sort_keys=True, default=str)


def _of(path: Path) -> Pace | None:
    """Return what a run took; None when it has not ended, or nobody noted when."""
    folder = RunFolder.open(path)
    manifest = folder.manifest()
    begun = datetime.fromisoformat(manifest.created)
    begun = begun if begun.tzinfo else begun.replace(tzinfo=UTC)
    shots, last = 0, 0.0
    for entry in manifest.experiments:
        journal = folder.journal(entry.label)
        if journal.ended is None:
            return None
        shots += entry.shots * len(journal.outcomes())
        last = max(last, journal.ended)
    seconds = last - begun.timestamp()
    return Pace(path, shots, seconds) if shots and seconds > 0 else None
