"""Pieces of HTML that several sections are made of. What is given as text is escaped here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from html import escape
from typing import Any


def definitions(values: Mapping[str, Any]) -> str:
    """Return names and values side by side; tables in tables get dotted names."""
    rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>\n" for key, text in _flat(values))
    return f"<dl>\n{rows}</dl>\n"


def table(head: Sequence[str], rows: Iterable[str], title: str, *, tall: bool = False) -> str:
    """
    Return a table of ready rows in a box that scrolls on a screen where it must, and is whole in print.

    Args:
        head: Heads of the columns, ready cells.
        rows: Ready rows.
        title: What the table shows, for who does not see it.
        tall: Whether it has more rows than a screen.
    """
    kind = "wide tall" if tall else "wide"
    # What scrolls can be reached with the keyboard.
    return (
        f'<div class="{kind}" role="group" tabindex="0" aria-label="{escape(title)}"><table><thead><tr>'
        f"{''.join(head)}</tr></thead><tbody>\n{''.join(rows)}</tbody></table></div>\n"
    )


def head_cell(text: str, small: str = "") -> str:
    """Return the head of a column, with a second name below."""
    below = f" <small>{escape(small)}</small>" if small else ""
    return f'<th scope="col">{escape(text)}{below}</th>'


def moment(seconds: float | None) -> str:
    """Return ``2026-11-20 23:05:01 UTC`` for seconds since 1970; empty where nobody knows."""
    if seconds is None:
        return ""
    try:
        return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (OverflowError, OSError, ValueError):  # a time of a service, and of no calendar
        return ""


def for_script(content: Any) -> str:
    """Return JSON that may stand in a page: nothing in it ends the element it is in."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value and len(prefix) < 200:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
