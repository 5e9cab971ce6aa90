"""What names are read from for a shell: the run file on the command line, the newest runs, a cache of devices."""

from __future__ import annotations

import csv
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import click

from oqtopus_experiments.plugins._index import cache_folder
from oqtopus_experiments.runfile._labels import labels

RUNS = Path("runs")
NEWEST = 20
"""So many runs are read for the names of what they measured."""
_ROWS = 5_000


def known_devices() -> list[str]:
    """Return the names that `remember_devices` kept."""
    content = json_of(_devices_file())
    names = content.get("devices") if isinstance(content, Mapping) else None
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def remember_devices(names: Iterable[str]) -> None:
    """Keep names of devices for a shell, beside those of before; a cache that cannot be written is done without."""
    from oqtopus_experiments.errors import StoreError
    from oqtopus_experiments.support._atomic_writing import write_json

    try:
        _devices_file().parent.mkdir(parents=True, exist_ok=True)
        write_json(_devices_file(), {"devices": sorted({*known_devices(), *names})[:1000]})
    except (OSError, StoreError):
        return


def _devices_file() -> Path:
    return cache_folder() / "devices.json"


def runs() -> list[Path]:
    """Return the run folders in ./runs, the newest first."""
    try:
        return sorted((file.parent for file in RUNS.glob("*/run.json")), key=lambda run: run.name, reverse=True)
    except OSError:
        return []


def measured() -> Iterator[Mapping[str, str]]:
    """Yield the rows of the tables of the newest runs."""
    for run in runs()[:NEWEST]:
        try:
            with (run / "table.csv").open(encoding="utf-8", newline="") as opened:
                yield from islice(csv.DictReader(opened), _ROWS)
        except (OSError, ValueError, csv.Error):
            continue


def run_file(context: click.Context) -> Mapping[str, Any]:
    """Return what the run file, or the run folder, on the command line holds; nothing when it cannot be read."""
    # Where the last word is an option that waits for its value, click leaves the words before it unread.
    given = context.params.get("file") or next((word for word in context.args if not word.startswith("-")), None)
    if given is None:
        return {}
    path = Path(str(given))
    if path.is_dir():
        return table(json_of(path / "run.json"), "config")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def experiments(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return label and name of each experiment."""
    tables = content.get("experiments")
    if not isinstance(tables, list):
        return []
    return [(text(one, "label") or label, text(one, "use")) for one, label in zip(tables, labels(tables), strict=True)]


def json_of(file: Path) -> Any:
    """Return what a JSON file holds; None when it cannot be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def table(content: Any, name: str) -> Mapping[str, Any]:
    """Return a table within a table; an empty one when there is none."""
    found = content.get(name) if isinstance(content, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def text(content: Any, name: str) -> str:
    """Return a text within a table; an empty one when there is none."""
    found = content.get(name) if isinstance(content, Mapping) else None
    return found if isinstance(found, str) else ""
