"""A page for every installed experiment."""

from __future__ import annotations


def pages() -> dict[str, str]:
    """Return the pages by path, the index first."""
    return {"experiments/index.md": "# Experiments\n"}
