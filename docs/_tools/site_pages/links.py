"""Links between files of the repository, made to lead to the pages of the site that show them."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "LICENSE": "LICENSE",
    "CITATION.cff": "CITATION.cff",
}
"""Files at the top of the repository, by where the site shows them."""
_LINK = re.compile(r"(!?\[[^\]]*\])\(([^)\s#]+)(#[^)\s]*)?\)")
_FENCE = re.compile(r"^(`{3,}).*?^\1\s*?$", re.MULTILINE | re.DOTALL)


class NowhereError(Exception):
    """A link leads to no file, or to one that the site does not show."""


def page_of(file: str) -> str | None:
    """Return the path on the site that shows a file or folder of the repository; None for what it does not show."""
    if file in PAGES:
        return PAGES[file]
    if file.startswith("docs/"):
        return file.removeprefix("docs/")
    folder = file.removesuffix("/README.md").rstrip("/")
    if folder == "core" or re.fullmatch(r"plugins/[^/]+", folder):
        return f"distributions/{folder.rpartition('/')[2]}.md"
    return None


def file_of(page: str) -> str | None:
    """Return the file of the repository that a page shows; None for a page that is made from the code."""
    for file, shown in PAGES.items():
        if shown == page:
            return file
    if page.startswith("distributions/") and page != "distributions/index.md":
        name = page.removeprefix("distributions/").removesuffix(".md")
        return "core/README.md" if name == "core" else f"plugins/{name}/README.md"
    return f"docs/{page}" if (ROOT / "docs" / page).is_file() else None


def on_site(text: str, page: str) -> str:
    """
    Return the text of a page with links to its neighbours in the repository as links between pages.

    Raises:
        NowhereError: For a link to what is not there, or is not on the site.
    """
    file = file_of(page)
    if file is None:
        return text
    blocks = [match.span() for match in _FENCE.finditer(text)]

    def turned(match: re.Match[str]) -> str:
        words, target, anchor = match[1], match[2], match[3] or ""
        if "://" in target or any(start <= match.start() < end for start, end in blocks):
            return match[0]
        meant = posixpath.normpath(posixpath.join(posixpath.dirname(file), target))
        shown = page_of(meant)
        if shown is None or not (ROOT / meant).exists():
            message = f"{file}: the link to {target!r} leads to nothing that the site shows"
            raise NowhereError(message)
        return f"{words}({posixpath.relpath(shown, posixpath.dirname(page))}{anchor})"

    return _LINK.sub(turned, text)
