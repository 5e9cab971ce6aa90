"""The rules behind verdicts, as the statistics page states them."""

from __future__ import annotations

import re

from site_pages.links import ROOT

_ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| (.+) \|$", re.MULTILINE)


def rules() -> dict[str, list[tuple[str, str]]]:
    """Return level and rule of each reason code, as often as the page has it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, level, rule in _ROW.findall((ROOT / "docs/statistics.md").read_text("utf-8")):
        found.setdefault(name, []).append((level.strip(), rule.strip()))
    return found
