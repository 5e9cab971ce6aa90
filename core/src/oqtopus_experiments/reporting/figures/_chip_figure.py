"""A quantity on the device: a circle for each qubit, a line for each coupling, coloured where they were measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from oqtopus_experiments.reporting._chip_map import ChipMap, ChipValue
from oqtopus_experiments.reporting.figures._heat_maps import UNSIGNED
from oqtopus_experiments.reporting.figures._style import GREY, INK, VERDICTS, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RADIUS, _BARE = 0.36, 0.22
"""Of a qubit, where a coupling is 1 long; and where only couplings were measured."""
_INCHES, _LEAST, _MOST = 0.72, (4.6, 3.4), (16.0, 12.0)
"""Inches for the length of a coupling, and the smallest and largest figure."""
_AROUND = (1.4, 1.2)
"""Inches for the colour bar, and for title and small print."""
_LETTERS = 15.0
"""Points of the letters in a qubit, for each inch of a coupling."""
_EMPTY = "#F2F2F2"


def chip_figure(title: str, chip: ChipMap, about: str = "") -> Figure:
    """
    Return the figure; it belongs to no window.

    Args:
        title: Label of the experiment.
        chip: What is drawn.
        about: The small print.
    """
    from matplotlib.figure import Figure

    places = np.array(list(chip.layout.places.values()))
    wide, tall = np.ptp(places, axis=0) + 1.0
    inch = min(_INCHES, (_MOST[0] - _AROUND[0]) / wide, (_MOST[1] - _AROUND[1]) / tall)
    size = max(_LEAST[0], inch * wide + _AROUND[0]), max(_LEAST[1], inch * tall + _AROUND[1])
    with styled():
        made = Figure(figsize=size, layout="constrained")
        axes = made.add_subplot()
        axes.set_axis_off()
        axes.set_aspect("equal")
        axes.set_xlim(places[:, 0].min() - 0.5, places[:, 0].max() + 0.5)
        axes.set_ylim(places[:, 1].min() - 0.5, places[:, 1].max() + 0.5)
        _draw(made, axes, chip, _LETTERS * inch)
        made.suptitle(f"{title} · {chip.heading}", fontsize="large", fontweight="bold")
        if about:
            made.supxlabel(about, x=0.995, ha="right", fontsize="x-small", color=GREY)
    return made


def _draw(made: Figure, axes: Axes, chip: ChipMap, letters: float) -> None:
    from matplotlib.collections import LineCollection, PatchCollection
    from matplotlib.patches import Circle

    places, (low, high) = chip.layout.places, chip.limits
    radius = _RADIUS if chip.qubits else _BARE
    bare = [[places[a], places[b]] for a, b in chip.layout.couplings if (a, b) not in chip.couplings]
    axes.add_collection(LineCollection(bare, colors="#BBBBBB", linewidths=1.5, zorder=1))
    shown: LineCollection | PatchCollection | None = None
    pairs = {pair: value for pair, value in chip.couplings.items() if math.isfinite(value.value)}
    if chip.couplings:
        lost = [[places[a], places[b]] for a, b in chip.couplings if (a, b) not in pairs]
        axes.add_collection(LineCollection(lost, colors=VERDICTS["bad"], linewidths=2, linestyles=":", zorder=1))
        lines = LineCollection(
            [[places[a], places[b]] for a, b in pairs], array=np.array([value.value for value in pairs.values()]),
            cmap=UNSIGNED, linewidths=0.55 * letters, zorder=1.5,
        )  # fmt: skip
        lines.set_clim(low, high)
        axes.add_collection(lines)
        shown = lines
        for (a, b), value in chip.couplings.items():
            middle = (places[a][0] + places[b][0]) / 2, (places[a][1] + places[b][1]) / 2
            _write(axes, middle, value, 0.7 * letters, chip)
    known = {qubit: one for qubit, one in chip.qubits.items() if math.isfinite(one.value)}
    empty = [Circle(place, radius) for qubit, place in places.items() if qubit not in known]
    axes.add_collection(PatchCollection(empty, facecolor=_EMPTY, edgecolor="#BBBBBB", linewidth=0.8, zorder=2))
    if known:
        circles = PatchCollection([Circle(places[qubit], radius) for qubit in known], cmap=UNSIGNED, zorder=2)
        circles.set_array(np.array([one.value for one in known.values()]))
        circles.set_clim(low, high)
        # A ring for each verdict that is not good, and its width for those who do not see its colour.
        circles.set_edgecolor(["none" if one.level == "good" else VERDICTS[one.level] for one in known.values()])
        circles.set_linewidth([{"good": 0.0, "suspect": 1.8, "bad": 3.2}[one.level] for one in known.values()])
        axes.add_collection(circles)
        shown = circles
    for qubit, (x, y) in places.items():
        one = chip.qubits.get(qubit)
        color = INK if one is None or qubit not in known else _ink(chip, one.value)
        above = 0.17 if one is not None else 0.0
        axes.text(x, y + above, str(qubit), ha="center", va="center", fontsize=0.62 * letters, color=color, zorder=3)
        if one is not None:
            mark = {"good": "", "suspect": "!", "bad": "✕"}[one.level]
            axes.text(
                x, y - 0.08, one.text if math.isfinite(one.value) else mark, ha="center", va="center",
                fontsize=0.82 * letters, fontweight="bold", color=color if qubit in known else VERDICTS[one.level],
                zorder=3,
            )  # fmt: skip
            if mark and math.isfinite(one.value):
                axes.text(
                    x + 0.3, y + 0.3, mark, ha="center", va="center", fontsize=0.9 * letters, fontweight="bold",
                    color=VERDICTS[one.level], zorder=4,
                )  # fmt: skip
    if shown is not None:
        bar = made.colorbar(shown, ax=axes, label=chip.label, fraction=0.03, pad=0.02, aspect=36, extend=_beyond(chip))
        bar.outline.set_visible(False)


def _write(axes: Axes, place: tuple[float, float], value: ChipValue, size: float, chip: ChipMap) -> None:
    """Write the value of a coupling in a box of its colour, framed by its verdict."""
    import matplotlib as mpl

    part = chip.part(value.value)
    face = mpl.colormaps[UNSIGNED](part) if math.isfinite(part) else "white"
    mark = {"good": "", "suspect": " !", "bad": " ✕"}[value.level]
    frame = "none" if value.level == "good" else VERDICTS[value.level]
    axes.text(
        place[0], place[1], f"{value.text}{mark}", ha="center", va="center", fontsize=size, zorder=3,
        color=_ink(chip, value.value),
        bbox={"boxstyle": "round,pad=0.2", "facecolor": face, "edgecolor": frame, "linewidth": 1.8},
    )  # fmt: skip


def _ink(chip: ChipMap, value: float) -> str:
    part = chip.part(value)
    return "white" if math.isfinite(part) and part < 0.55 else INK


def _beyond(chip: ChipMap) -> str:
    """Return at which ends of the colours there are values beyond."""
    low, high = chip.limits
    values = [one.value for one in [*chip.qubits.values(), *chip.couplings.values()] if math.isfinite(one.value)]
    below, above = any(value < low for value in values), any(value > high for value in values)
    return "both" if below and above else "min" if below else "max" if above else "neither"
