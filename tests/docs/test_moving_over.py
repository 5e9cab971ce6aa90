"""The table beside the original is that of its script, row by row."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_table_beside_the_original_is_what_its_script_prints(difference):
    """All five columns: who changes what is drawn or fitted prints the table anew."""
    spec = importlib.util.spec_from_file_location("original", ROOT / "tests/benchmarks/original.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    page = (ROOT / "docs/moving-over.md").read_text()
    table = page.split("## The same run, there and here")[1].split("\n## ")[0]
    said = [line for line in table.splitlines() if line[:3] == "| `"]
    printed = [line for line in script.table().splitlines() if line[:3] == "| `"]

    assert len({re.match(r"\| `(\w+)`", line)[1] for line in said}) == 13
    assert difference("\n".join(said), "\n".join(printed)) == ""
