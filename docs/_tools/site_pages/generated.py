"""All pages and pictures that are made from the code, by their path on the site."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from site_pages import distributions, experiments, reference, wings
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


def with_additions(page: str, text: str) -> str:
    """
    Return a page of the repository with what it has on the site only.

    Raises:
        ValueError: When the place for it is gone.
    """
    if page == "reference.md":
        listed = ", ".join(f"[{name}]({path})" for name, path in entries("reference/index.md"))
        return f"{text}\n## In detail\n\nMade from the code: {listed}.\n"
    if page == "design.md":
        heading = "\n## The wings of core\n"
        if text.count(heading) != 1:
            message = f"docs/design.md has no heading {heading.strip()!r}, below which the picture of the wings stands"
            raise ValueError(message)
        picture = f"![Which wing imports which: every arc leads downwards]({wings.PICTURE})"
        return text.replace(heading, f"{heading}\n{picture}\n\nIn brackets, how many modules; an arc is an import.\n")
    return text
