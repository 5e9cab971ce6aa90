"""
Print the matrix of the conformance kit: how many checks ran for each plugin in each way of installing it.

``python docs/_tools/conformance_matrix.py build/matrix`` reads what sessions of nox left there: a folder for each way,
such as ``alone`` or ``3.12``, with the results of tests as JUnit writes them. Ends with 1 when a check failed, or a
plugin was verified in one way and not in another.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

Cells = Mapping[str, Mapping[str, Counter[str]]]
"""What checks came to, by plugin and way."""
PLACE = re.compile(r"tests\.plugins\.(\w+)\.test_conformance\b")


def cells(folder: Path) -> Cells:
    """Return how many checks of each plugin ran, were skipped and failed, in each way of installing it."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for file in sorted(folder.glob("*/*.xml")):
        for test in ET.parse(file).iter("testcase"):  # noqa: S314  # our own sessions wrote it
            place = PLACE.match(test.get("classname", ""))
            if place and test.get("name", "").startswith("test_conformance["):
                found[place[1]][file.parent.name][_state(test)] += 1
    return found


def _state(test: ET.Element) -> str:
    if test.find("failure") is not None or test.find("error") is not None:
        return "failed"
    skipped = test.find("skipped")
    # An admitted deviation ran, and failed as it said it would.
    return "skipped" if skipped is not None and skipped.get("type") != "pytest.xfail" else "ran"


def text_of(found: Cells) -> str:
    """Return the matrix as lines: a row for each plugin, a column for each way."""
    ways = sorted({way for row in found.values() for way in row}, key=lambda way: (way[0].isdigit(), way))
    table = [["checks run", *ways]]
    table += [[plugin, *(_told(found[plugin].get(way)) for way in ways)] for plugin in sorted(found)]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table)


def _told(cell: Counter[str] | None) -> str:
    if not cell or not cell["ran"] + cell["failed"]:
        return "none"
    return f"{cell['failed']} FAILED" if cell["failed"] else f"{cell['ran']} of {cell['ran'] + cell['skipped']}"


def is_green(found: Cells) -> bool:
    """Return whether every plugin was verified in every way, and no check failed."""
    ways = {way for row in found.values() for way in row}
    return (
        bool(found)
        and all(row.get(way, Counter())["ran"] for row in found.values() for way in ways)
        and not any(cell["failed"] for row in found.values() for cell in row.values())
    )


def main() -> int:
    """Print the matrix of a folder."""
    found = cells(Path(sys.argv[1]))
    print(text_of(found))
    return 0 if is_green(found) else 1


if __name__ == "__main__":
    sys.exit(main())
