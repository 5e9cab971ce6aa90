"""
What each installed plugin offers, remembered between processes: names and hooks, without importing anything.

So a name is looked up among all plugins, and a clash found, whatever was asked before; and who has no hook for the
end of a run is not imported at its end. A record is believed as long as the files of the plugin and the set of
installed distributions are what they were. Broken plugins have none: they are tried, and named, each time.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

from attrs import frozen

from oqtopus_experiments.__about__ import __version__
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.plugins._index import cache_folder, files_of

logger = logging.getLogger(__name__)

_FORMAT = "2"
_MOST_RECORDS = 500
"""Records that are kept: those of several environments share one file."""


@frozen
class Offer:
    """
    What one plugin offers.

    Args:
        names: Of what is registered, by kind: as in a run file, and of the Python class.
        hooks: Hooks it implements.
    """

    names: Mapping[str, tuple[tuple[str, str], ...]]
    hooks: tuple[str, ...]

    def has(self, kind: str, name: str) -> bool:
        """Return whether it has something of this name, or a class that is called so."""
        return any(name in pair for pair in self.names.get(kind, ()))


class Catalogue:
    """
    The offers of plugins by fingerprint.

    Args:
        file: Where they are kept; None keeps nothing between processes.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._records: dict[str, Any] | None = None
        self._fingerprints: dict[tuple[EntryPoint, int], str] = {}
        self._offers: dict[str, Offer | None] = {}

    def offer(self, entry: EntryPoint) -> Offer | None:
        """Return what a plugin offers, or None when that is not known."""
        if self._file is None:
            return None
        key = self._fingerprint(entry)
        if key not in self._offers:
            self._offers[key] = _offer(self._read(self._file).get(key))
        return self._offers[key]

    def note(self, offers: Iterable[tuple[EntryPoint, Offer]]) -> None:
        """Keep what some plugins turned out to offer; a file that cannot be written is done without."""
        if self._file is None:
            return
        from oqtopus_experiments.support._atomic_writing import write_json

        known = self._read(self._file)
        found = {self._fingerprint(entry): _record(offer) for entry, offer in offers}
        if all(known.get(key) == record for key, record in found.items()):
            return
        self._records = {**{key: record for key, record in known.items() if key not in found}, **found}
        self._offers.clear()
        kept = dict(list(self._records.items())[-_MOST_RECORDS:])
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_json(self._file, {"format": _FORMAT, "plugins": kept})
        except (OSError, StoreError) as error:
            logger.debug("no catalogue kept in %s: %s", self._file, error)

    def _fingerprint(self, entry: EntryPoint) -> str:
        # Entry points of two distributions may be equal; a name would be parsed from its file each time.
        key = entry, id(entry.dist)
        if key not in self._fingerprints:
            self._fingerprints[key] = fingerprint(entry)
        return self._fingerprints[key]

    def _read(self, file: Path) -> dict[str, Any]:
        if self._records is None:
            try:
                content = json.loads(file.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                content = None
            sound = isinstance(content, dict) and content.get("format") == _FORMAT
            records = content.get("plugins") if sound else None
            self._records = records if isinstance(records, dict) else {}
        return self._records


def catalogue_file() -> Path:
    """Return where the catalogue is kept."""
    return cache_folder() / "catalogue.json"


def fingerprint(entry: EntryPoint) -> str:
    """Return a digest of what the offer of a plugin depends on."""
    distribution = (entry.dist.name, entry.dist.version) if entry.dist else ("", "")
    parts = [__version__, sys.version, entry.name, entry.value, *distribution, *_installed()]
    return hashlib.sha256("\0".join([*parts, files_of(entry.module.partition(".")[0])]).encode()).hexdigest()


@cache
def _installed() -> tuple[str, ...]:
    """Return what is installed, by names that hold versions: what a plugin offers may depend on a library."""
    places = [place for place in map(Path, sys.path) if place.is_dir()]
    return tuple(sorted({found.name for place in places for found in place.iterdir() if found.name.endswith("-info")}))


def _record(offer: Offer) -> dict[str, Any]:
    return {
        "names": {kind: [list(pair) for pair in pairs] for kind, pairs in offer.names.items()},
        "hooks": list(offer.hooks),
    }


def _offer(record: Any) -> Offer | None:
    """Return a record as an offer, or None where a damaged file holds something else."""
    try:
        names = {
            str(kind): tuple((str(name), str(cls)) for name, cls in pairs) for kind, pairs in record["names"].items()
        }
        return Offer(names, tuple(map(str, record["hooks"])))
    except (TypeError, ValueError, KeyError, AttributeError):
        return None
