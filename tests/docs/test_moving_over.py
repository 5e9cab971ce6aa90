"""The table beside the original is that of its script, row by row."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_beside_the_original_has_the_experiments_numbers_and_truths_of_its_script():
    spec = importlib.util.spec_from_file_location("original", ROOT / "tests/benchmarks/original.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (ROOT / "docs/moving-over.md").read_text()
    table = page.split("## The same run, there and here")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line[:3] == "| `"]
    expected = [(row.original, f"`{row.quantity}`", f"{row.truth:.4g} {row.unit}".strip()) for row in script.ROWS]
    assert [(name, quantity, truth) for name, quantity, _, _, truth in rows] == expected
    assert len({re.match(r"`(\w+)`", name)[1] for name, *_ in rows}) == 13
