"""All pages and pictures that are made from the code, by their path on the site."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from site_pages import distributions, experiments, reference
from site_pages.links import PAGES, ROOT

SECTIONS = ("experiments/index.md", "reference/index.md", "distributions/index.md")
"""Indexes in whose place the navigation gets all pages of their folder."""


@functools.cache
def contents() -> Mapping[str, str]:
    """Return every generated page by its path."""
    shown = {page: (ROOT / file).read_text("utf-8") for file, page in PAGES.items()}
    return {**shown, **experiments.pages(), **reference.pages(), **distributions.pages()}


def entries(section: str) -> list[tuple[str, str]]:
    """Return title and path of the pages of a section, without its index, in the order of their making."""
    folder = section.removesuffix("index.md")
    pages = {path: text for path, text in contents().items() if path.startswith(folder) and path != section}
    return [(title(text), path) for path, text in pages.items()]


def title(text: str) -> str:
    """Return the first heading of a page."""
    return text.split("\n", 1)[0].removeprefix("# ").strip("`")


def appended(page: str) -> str:
    """Return what a page of the repository has at its end on the site only."""
    listed = ", ".join(f"[{name}]({path})" for name, path in entries("reference/index.md"))
    if page != "reference.md":
        return ""
    return f"\n## In detail\n\nMade from the code: {listed}.\n"
