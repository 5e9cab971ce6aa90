"""The page of several runs: their figure, what became of each, and links to their reports. One file, offline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from oqtopus_experiments.reporting._siblings import MemberState, told
from oqtopus_experiments.reporting.report._document import document
from oqtopus_experiments.reporting.report._figures import NONE
from oqtopus_experiments.reporting.report._html import head_cell, table
from oqtopus_experiments.reporting.report._pictures import address
from oqtopus_experiments.storage._summary import Siblings


def siblings_page(runs: Siblings, states: Sequence[MemberState], pictures: Mapping[str, bytes]) -> str:
    """
    Return the page as HTML.

    Args:
        runs: The runs.
        states: What became of each.
        pictures: Their figure, as files by their kind; empty where there is none.
    """
    title = escape(f"{runs.name}: a {runs.manifest.kind} of {len(runs.manifest.members)} runs")
    keys = runs.manifest.keys
    timed = runs.manifest.kind == "watch"
    head = ["run", *map(told, keys), *(["due (UTC)", "began (UTC)"] if timed else []), "verdicts"]
    rows = [_row(one, keys, timed=timed) for one in states]
    picture = f"<p>{NONE}</p>"
    if held := address(pictures.get("svg"), pictures.get("png")):
        said = f"Headlines of {len(runs.runs)} runs side by side; the numbers are in table.csv"
        picture = f'<div class="picture figure"><img class="large" src="{held}" alt="{said}"></div>'
    body = f"""<header><h1>{title}</h1></header>
<main>
<section><h2>Side by side</h2>
{picture}</section>
<section><h2>Runs</h2>
{table([head_cell(text) for text in head], rows, "What became of each run", tall=len(rows) > 20)}</section>
</main>
"""
    return document(title, body)


def _row(one: MemberState, keys: Sequence[str], *, timed: bool) -> str:
    name = escape(one.folder)
    link = f'<a href="{name}/report.html">{name}</a>' if one.created else name
    times = [one.due[:19].replace("T", " "), one.created[:19].replace("T", " ")] if timed else []
    said = one.verdicts if one.state == "analyzed" else "; ".join(text for text in (one.verdicts, one.state) if text)
    cells = [link, *(escape(str(one.values[key])) for key in keys), *map(escape, times), escape(said)]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"
