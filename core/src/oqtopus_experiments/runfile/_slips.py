"""What somebody probably meant whose file is TOML, but not quite a run file. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from oqtopus_experiments.runfile._keys import names_in

EXAMPLE = 'as [[experiments]] and below it use = "t1"'


def of_experiments(given: Any) -> str:
    """Return what is wrong with the value of `experiments`, which is not a list of tables with anything in it."""
    if isinstance(given, Mapping):
        return "write it with two brackets, [[experiments]], one such table for each experiment"
    if given:
        return f"must be tables, [[experiments]], not {given!r:.60}"
    return f"a run file needs at least one [[experiments]] table, {EXAMPLE}"


def of_entry(given: Any) -> str:
    """Return what is wrong with one entry of `experiments`, which is no table."""
    meant = f'; write [[experiments]] and below it use = "{given}"' if isinstance(given, str) else ""
    return f"must be a table, not {given!r:.60}{meant}"


def of_use(table: Mapping[str, Any], experiments: Collection[str]) -> str:
    """Return what was meant by a table whose `use` is no name; empty where nobody can say."""
    use, name = table.get("use"), table.get("name")
    if isinstance(use, (list, tuple)):
        return "; write one [[experiments]] table for each"
    if use is None and isinstance(name, str) and name in experiments:
        return f'; write use = "{name}": name is what it is called in this run'
    return ""


def of_backend(given: Mapping[str, Any], names: Collection[str]) -> str:
    """Return what was meant by a table `backend` without `use`; empty where nobody can say."""
    inner = next((key for key, value in given.items() if isinstance(value, Mapping)), "")
    if inner:
        return f'; options of a backend stand in [backends.{inner}], with an s, and backend = "{inner}" chooses it'
    return '; its options stand beside: backend = { use = "NAME", ... }' if given and names else ""


def misplaced(parameters: Collection[str], known: Collection[str]) -> str:
    """Return the key of a whole file that stands in the table of an experiment; empty where there is none."""
    return next((key for key in parameters if key in names_in("") and key not in known), "")


def of_misplaced(key: str) -> str:
    """Return where a key of a whole file belongs."""
    return (
        f"{key!r} is said of the whole file: write it above the first table, since a line belongs to the table above it"
    )


def unused_profiles(profiles: Mapping[str, Any], chosen: Sequence[str], installed: Collection[str]) -> list[str]:
    """Return a sentence for each profile whose name is nearly that of the backend that is chosen."""
    found = []
    for name in profiles:
        near = difflib.get_close_matches(name, chosen, 1, cutoff=0.75)
        if near and name not in chosen and name not in installed:
            found.append(f"[backends.{name}] is not used; did you mean [backends.{near[0]}]?")
    return found
