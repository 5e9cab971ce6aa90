"""Markdown from values: tables, code, headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

_NAMED_BLOCK = re.compile(r"^```(\w+) ([^\s=]+)$", re.MULTILINE)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; cells are Markdown, a bar among their code as `code` writes it."""
    lines = [_line(head), _line(["---"] * len(head)), *map(_line, rows)]
    return "\n".join(lines) + "\n"


def code(text: str) -> str:
    """Return a text as code within a line; empty for an empty one."""
    if "|" in text or "`" in text:  # a table would take the bar for its own, and shows no escape within code
        return f"<code>{html.escape(text, quote=False).replace('|', '&#124;').replace('`', '&#96;')}</code>"
    return f"`{text}`" if text else ""


def block(text: str, language: str = "text") -> str:
    """Return a text as a block of code."""
    return f"```{language}\n{text.rstrip()}\n```\n"


def summary(cls: type) -> str:
    """Return the first sentence of a docstring, without its point."""
    return " ".join((cls.__doc__ or "").split()).split(". ")[0].rstrip(".")


def with_titles(text: str) -> str:
    """Return a page whose blocks that are named after their language, as files, show the name as a title."""
    return _NAMED_BLOCK.sub(r'```\1 title="\2"', text)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
