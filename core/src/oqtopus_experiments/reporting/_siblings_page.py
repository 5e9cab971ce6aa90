"""The page of several runs: their figure, what became of each, and links to their reports. One file, offline."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from oqtopus_experiments.reporting._report_style import STYLE
from oqtopus_experiments.reporting._siblings import MemberState, told
from oqtopus_experiments.storage._summary import Siblings


def page(runs: Siblings, states: Sequence[MemberState], figure: bytes | None) -> str:
    """
    Return the page as HTML.

    Args:
        runs: The runs.
        states: What became of each.
        figure: Their figure as SVG; None where there is none.
    """
    title = escape(f"{runs.name}: a {runs.manifest.kind} of {len(runs.manifest.members)} runs")
    keys = runs.manifest.keys
    head = "".join(f"<th>{escape(text)}</th>" for text in ("run", *map(told, keys), *_times(runs), "verdicts"))
    rows = "".join(_row(one, keys, timed=bool(_times(runs))) for one in states)
    picture = "<p>No figure: matplotlib is missing or cannot be loaded, or nothing was measured.</p>"
    if figure is not None:
        address = f"data:image/svg+xml;base64,{base64.b64encode(figure).decode('ascii')}"
        picture = (
            f'<div class="wide"><img class="large" src="{address}" alt="Quantities of all runs side by side"></div>'
        )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        f'{picture}\n<div class="wide"><table>\n<tr>{head}</tr>\n{rows}</table></div>\n</body>\n</html>\n'
    )


def _times(runs: Siblings) -> tuple[str, ...]:
    return ("due (UTC)", "began (UTC)") if runs.manifest.kind == "watch" else ()


def _row(one: MemberState, keys: Sequence[str], *, timed: bool) -> str:
    name = escape(one.folder)
    link = f'<a href="{name}/report.html">{name}</a>' if one.created else name
    times = [one.due[:19].replace("T", " "), one.created[:19].replace("T", " ")] if timed else []
    said = one.verdicts if one.state == "analyzed" else "; ".join(text for text in (one.verdicts, one.state) if text)
    cells = [link, *(escape(str(one.values[key])) for key in keys), *map(escape, times), escape(said)]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
