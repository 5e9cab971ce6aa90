"""Several runs in one figure: each headline with its errors against what was swept, a line per target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.panels import Line, Panel, PanelAxis, PointSeries
from oqtopus_experiments.reporting._siblings import SweptAxis, SweptQuantity, swept_axis, swept_quantities
from oqtopus_experiments.reporting.figures._drawing import draw
from oqtopus_experiments.reporting.figures._scaling import readable
from oqtopus_experiments.reporting.figures._style import short, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from oqtopus_experiments.storage._summary import Siblings

MOST_PANELS, MOST_LINES = 12, 10
"""What is beyond stands in the table, and the figure says so."""
_WIDTH, _HEIGHT = 8.0, 4.2


def siblings_figure(runs: Siblings) -> Figure | None:
    """Return the figure of several runs; it belongs to no window. None where nothing was measured."""
    from matplotlib.figure import Figure

    axis, quantities = swept_axis(runs), swept_quantities(runs)
    if not quantities:
        return None
    shown = quantities[:MOST_PANELS]
    panels = readable([quantity_panel(axis, one) for one in shown])
    with styled():
        made = Figure(figsize=(_WIDTH, _HEIGHT * len(panels)), layout="constrained")
        for number, (panel, one) in enumerate(zip(panels, shown, strict=True)):
            axes = made.add_subplot(len(panels), 1, number + 1)
            draw(axes, panel)
            more = len(one.lines) - MOST_LINES
            rest = f" · {more} more in the table" if more > 0 else ""
            axes.set_title(short(f"{one.experiment}: {one.name}{rest}", 90), loc="left")
        left_out = f" · {len(quantities) - MOST_PANELS} more experiments" if len(quantities) > MOST_PANELS else ""
        title = f"{runs.name} · {len(runs.runs)} of {len(runs.manifest.members)} runs{left_out}"
        made.suptitle(short(title, 90), fontsize=13, fontweight="bold")
    return made


def quantity_panel(axis: SweptAxis, quantity: SweptQuantity) -> Panel:
    """Return the panel of one headline: points with errors of what is not bad, joined in order, and what is bad."""
    points, lines = [], []
    bad: list[tuple[float, float, float]] = []
    for name, line in list(quantity.lines.items())[:MOST_LINES]:
        used = [one for one in line if one.level != "bad" and one.quantity.is_known]
        bad += [
            (one.x, one.quantity.value, one.quantity.total_error)
            for one in line
            if one.level == "bad" and math.isfinite(one.quantity.value)
        ]
        x, y = [one.x for one in used], [one.quantity.value for one in used]
        points.append(PointSeries(x, y, [one.quantity.total_error for one in used], name))
        lines.append(Line(x, y, name))
    if bad:
        columns = [list(values) for values in zip(*bad, strict=True)]
        points.append(PointSeries(columns[0], columns[1], columns[2], "bad", "bad"))
    return Panel(
        x=PanelAxis(axis.label, axis.unit, ticks=axis.ticks, scale=axis.scale),
        y=PanelAxis(quantity.name, quantity.unit),
        points=points,
        lines=lines,
    )
