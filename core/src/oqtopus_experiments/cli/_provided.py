"""What the installed plugins provide, from the index where that holds: listing and completing import no plugin."""

from __future__ import annotations

import sys
from typing import Any

from attrs import frozen

from oqtopus_experiments.plugins import _index as plugin_index


@frozen
class Provided:
    """
    One experiment, backend, analyzer, mitigation or executor.

    Args:
        kind: Which of these it is.
        name: As run files call it.
        what: One phrase about it.
        source: Distribution and version it comes from.
        parameters: Names of its parameters, with blanks between.
    """

    kind: str
    name: str
    what: str
    source: str
    parameters: str


def provided() -> list[Provided]:
    """Return everything the installed plugins provide; they are imported when the index does not hold."""
    # With plugin options on the command line the registry is there already; the index is for the plain call.
    if "oqtopus_experiments.plugins._registry" in sys.modules:
        return _asked()[0]
    wanted = plugin_index.fingerprint()
    rows = plugin_index.read(plugin_index.cache_file(), wanted)
    if rows is not None and all(len(row) == len(Provided.__attrs_attrs__) for row in rows):
        return [Provided(*row) for row in rows]
    found, sound = _asked()
    if sound:
        kept = [[one.kind, one.name, one.what, one.source, one.parameters] for one in found]
        plugin_index.write(plugin_index.cache_file(), wanted, kept)
    return found


def first_sentence(cls: type[Any]) -> str:
    """Return the first sentence of a class's docstring, without its point."""
    text = " ".join((cls.__doc__ or "").split())
    return text.split(". ")[0].rstrip(".")


def _asked() -> tuple[list[Provided], bool]:
    """Return what all plugins provide, and whether all of them are sound."""
    import attrs

    from oqtopus_experiments.plugins._plugin import KINDS
    from oqtopus_experiments.plugins._registry import registry

    found = []
    for kind in KINDS:
        for name, classes in registry().classes(kind).items():
            for cls, plugin in classes:
                clash = " (two plugins provide this name)" if len(classes) > 1 else ""
                own_first = sorted(attrs.fields(cls), key=lambda field: field.inherited)
                parameters = " ".join(field.name for field in own_first if field.init)
                source = f"{plugin.distribution} {plugin.version}"
                found.append(Provided(kind, name, first_sentence(cls) + clash, source, parameters))
    return found, all(plugin.status in ("loaded", "disabled") for plugin in registry().report())
