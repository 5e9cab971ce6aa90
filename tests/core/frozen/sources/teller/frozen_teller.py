"""A listener of version 1.0 of the contract: it asks for everything there was to be told, and writes it down."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from oqtopus_experiments import hookimpl


def _told(**what: Any) -> None:
    if file := os.environ.get("FROZEN_TELLER"):
        with Path(file).open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(what) + "\n")


@hookimpl
def experiment_finished(run: str, experiment: Any, declaration: Any, provenance: Any, folder: Path) -> None:
    """Write down an experiment."""
    names = [quantity.name for analysis in experiment.analyses for quantity in analysis.quantities]
    _told(
        run=run,
        experiment=experiment.label,
        name=declaration.name,
        quantities=names,
        seed=provenance.get("seed"),
        folder=folder.name,
    )


@hookimpl
def run_finished(run: str, experiments: Any, provenance: Any, folder: Path, complete: bool) -> None:
    """Write down a run."""
    _told(
        run=run,
        experiments=[one.label for one in experiments],
        backend=provenance.get("backend"),
        folder=folder.name,
        complete=complete,
    )
