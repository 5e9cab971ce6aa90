"""How a command is told which run it is about: by its folder, or as ``latest`` and ``latest~1``."""

from __future__ import annotations

import re
from pathlib import Path

import click

_NEWEST = re.compile(r"latest(?:~(\d{1,6}))?")
RUNS = Path("runs")


def run_folder(text: str) -> Path:
    """Return the path of a run folder; ``latest`` is the newest in ``runs``, ``latest~1`` the one before."""
    match = _NEWEST.fullmatch(text)
    if match is None or Path(text).exists():
        return Path(text)
    from oqtopus_experiments.summary import find_runs

    runs, _ = find_runs(RUNS)
    back = int(match.group(1) or 0)
    if back >= len(runs):
        message = f"there are {len(runs)} runs in {RUNS}; {text} is not among them"
        raise click.BadParameter(message)
    return runs[-1 - back].path
