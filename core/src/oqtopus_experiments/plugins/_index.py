"""
An index of what the installed plugins provide, so that ``oqx list`` need not import them all again.

The index is kept in the user's cache folder together with a fingerprint of everything it depends on: the entry points,
their distributions and versions, the files of their packages, and the settings. Any change makes it anew. It is only
kept when every plugin was sound, so that a broken one is named each time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from oqtopus_experiments.__about__ import __version__
from oqtopus_experiments.contracts.contract_version import CONTRACT
from oqtopus_experiments.plugins._compatibility import compatibility

logger = logging.getLogger(__name__)

Row: TypeAlias = list[str]
"""kind, name, first sentence, distribution and version."""

GROUP = "oqtopus_experiments"
# A package of more files than this is not looked through; its version and entry point must do.
_MANY_FILES = 400


def fingerprint(found: Iterable[EntryPoint] | None = None) -> str:
    """Return a digest of everything the index depends on, without importing any plugin."""
    versions = [__version__, str(CONTRACT), sys.version]
    parts = [*versions, os.environ.get("OQX_DISABLE_PLUGINS", ""), _text(Path("oqx.toml"))]
    for entry in entry_points(group=GROUP) if found is None else found:
        distribution = (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
        stated = str(compatibility(entry.dist))
        parts += [entry.name, entry.value, *distribution, stated, files_of(entry.module.partition(".")[0])]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read(file: Path, wanted: str) -> list[Row] | None:
    """Return the rows kept under this fingerprint, or None when there are none, or the file is damaged."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or content.get("fingerprint") != wanted:
        return None
    rows = content.get("rows")
    sound = isinstance(rows, list) and all(
        isinstance(row, list) and all(isinstance(v, str) for v in row) for row in rows
    )
    return rows if sound else None


def write(file: Path, fingerprint: str, rows: list[Row]) -> None:
    """Keep rows; a cache that cannot be written is done without."""
    from oqtopus_experiments.errors import StoreError
    from oqtopus_experiments.support._atomic_writing import write_json

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, {"fingerprint": fingerprint, "rows": rows})
    except (OSError, StoreError) as error:
        logger.debug("no index kept in %s: %s", file, error)


def cache_folder() -> Path:
    """Return the folder of what is remembered between processes: below ``XDG_CACHE_HOME`` or ``~/.cache``."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "oqtopus-experiments"


def cache_file() -> Path:
    """Return where the index is kept."""
    return cache_folder() / "index.json"


def files_of(package: str) -> str:
    """Return sizes and times of the Python files of a package, which change when it is edited in place."""
    try:
        spec = importlib.util.find_spec(package)  # of a top-level name: this imports nothing
    except (ImportError, ValueError):
        return "absent"
    if spec is None:
        return "absent"
    files = [Path(spec.origin)] if spec.origin else []
    for folder in spec.submodule_search_locations or ():
        files += islice(_python_files(folder), _MANY_FILES)
    stats = [(file, file.stat()) for file in files if file.is_file()]
    return ";".join(f"{file}:{stat.st_size}:{stat.st_mtime_ns}" for file, stat in stats)


def _python_files(folder: str) -> Iterator[Path]:
    """Yield the Python files in a folder and below in a fixed order, reading no further than they are asked for."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        yield from (Path(place, name) for name in sorted(names) if name.endswith(".py"))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
