"""
Figures as JSON: what the interactive figures of the report are drawn from, and what anybody may draw from.

Positions are in the units shown, numbers are rounded to what a screen can show, and nothing in it is markup. Lists of
positions that many curves share stand once, in ``across``, and are named by their number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.panels import HeatMap, Line, Panel, PanelAxis, PointSeries
from oqtopus_experiments.contracts.targets import label
from oqtopus_experiments.reporting.figures._axes import positions_across, possible_scale, smallest
from oqtopus_experiments.reporting.figures._drawing import color_of, colors_of, missing_words
from oqtopus_experiments.reporting.figures._heat_maps import colour_limits, edges
from oqtopus_experiments.reporting.figures._measured import MeasuredMap, MeasuredPoints
from oqtopus_experiments.reporting.figures._read_counts import ReadCounts
from oqtopus_experiments.reporting.figures._sheets import Sheet

FORMAT = 1
_X, _Y, _ERROR, _BAND = 7, 5, 3, 2
"""Significant digits of positions, values, errors, and the error of a curve."""
_FEW, _INVISIBLE = 32, 2e-3
"""Shorter curves are kept whole; of others what moves them by less than this part of their height is left out."""


def chart_data(sheets: Sequence[Sheet], dataset: Dataset | None = None, overview: Panel | None = None) -> bytes:
    """
    Return the panels of all targets as JSON.

    Args:
        sheets: What is drawn for each target, positions in the units shown.
        dataset: Where the counts of each point are; None where only the panels are known.
        overview: The headline quantity over all targets, in the unit shown; None where there is none.
    """
    across = _Shared()
    read = None if dataset is None else ReadCounts(dataset)
    told = [
        {
            "qubits": label(sheet.target),
            "verdict": sheet.analysis.verdict.level if sheet.analysis is not None else "",
            "panels": [_Writer(across, read, number).panel(panel) for panel in sheet.panels],
        }
        for number, sheet in enumerate(sheets)
    ]
    content: dict[str, Any] = {"format": FORMAT, "across": across.lists, "sheets": told}
    if overview is not None:
        content["overview"] = _Writer(across, None, 0).panel(overview)
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode(errors="replace")


@define
class _Shared:
    """Lists of numbers, each once."""

    lists: list[list[float | None]] = field(factory=list)
    known: dict[tuple[float | None, ...], int] = field(factory=dict)

    def number(self, values: NDArray[np.float64]) -> int:
        """Return the number of a list, which is kept."""
        rounded = _numbers(values, _X)
        place = self.known.setdefault(tuple(rounded), len(self.lists))
        if place == len(self.lists):
            self.lists.append(rounded)
        return place


@attrs.frozen
class _Writer:
    """Writes the panels of one target."""

    across: _Shared
    read: ReadCounts | None
    target: int

    def panel(self, panel: Panel) -> dict[str, Any]:
        """Return one panel; what is empty in it is left out."""
        colors = colors_of(panel)
        told = {
            "title": panel.title,
            "note": panel.note,
            "x": _axis(panel.x, panel),
            "y": _axis(panel.y, panel, upright=True),
            "points": [{**self._points(one), "color": colors[one.name]} for one in panel.points],
            "lines": [{**self._line(one), "color": color_of(one.name, colors)} for one in panel.lines],
            "bands": [
                {"x": self.across.number(b.x), "low": _numbers(b.low, _Y), "high": _numbers(b.high, _Y), "name": b.name}
                for b in panel.bands
            ],
            "levels": [
                {"at": _number(one.at, _Y), "name": one.name, "upright": one.upright}
                for one in panel.levels
                if np.isfinite(one.at)
            ],
            "map": self._map(panel) if panel.maps else None,
            "missing": _numbers(np.unique(panel.missing), _X),
            "missing_words": missing_words(panel) if panel.missing.size else "",
            "below": None if panel.below is None else self.panel(panel.below),
        }
        return {name: value for name, value in told.items() if value not in ("", [], None)}

    def _line(self, line: Line) -> dict[str, Any]:
        kept = _needed(line)
        told: dict[str, Any] = {"x": self.across.number(line.x[kept]), "y": _numbers(line.y[kept], _Y)}
        if line.stderr is not None:
            told["stderr"] = _numbers(line.stderr[kept], _BAND)
        return told | ({"name": line.name} if line.name else {})

    def _points(self, series: PointSeries) -> dict[str, Any]:
        told: dict[str, Any] = {"x": self.across.number(series.x), "y": _numbers(series.y, _Y)}
        if np.isfinite(series.stderr).any():
            told["stderr"] = _numbers(series.stderr, _ERROR)
        if series.name:
            told["name"] = series.name
        if series.look:
            told["look"] = series.look
        if isinstance(series, MeasuredPoints) and self.read is not None:
            told |= self.read.of(self.target, series.members)
        return told

    def _map(self, panel: Panel) -> dict[str, Any]:
        (shown,) = panel.maps
        low, high = colour_limits(shown)
        told: dict[str, Any] = {
            "x": _numbers(shown.x, _X),
            "y": _numbers(shown.y, _X),
            "x_edges": _numbers(edges(shown.x, panel.x), _X),
            "y_edges": _numbers(edges(shown.y, panel.y), _X),
            "values": [_numbers(row, _Y) for row in shown.values],
            "label": shown.label,
            "limits": [_number(low, _X), _number(high, _X)],
        }
        if shown.stderr is not None:
            told["stderr"] = [_numbers(row, _ERROR) for row in np.asarray(shown.stderr)]
        return told | self._counts_of(shown)

    def _counts_of(self, shown: HeatMap) -> dict[str, Any]:
        if not isinstance(shown, MeasuredMap) or self.read is None:
            return {}
        return self.read.of(self.target, shown.members.reshape(-1, 1))


def _needed(line: Line) -> NDArray[np.intp]:
    """Return which points of a curve a screen needs: every second, fourth or eighth where lines between them do."""
    every = np.arange(len(line.x))
    known = np.isfinite(line.x).all() and np.isfinite(line.y).all()
    if len(every) < _FEW or not known or not (np.diff(line.x) > 0).all():
        return every
    small = _INVISIBLE * float(np.ptp(line.y))
    for step in (8, 4, 2):
        kept = np.union1d(every[::step], every[-1:])
        if np.abs(np.interp(line.x, line.x[kept], line.y[kept]) - line.y).max() <= small:
            return kept
    return every


def _axis(axis: PanelAxis, panel: Panel, *, upright: bool = False) -> dict[str, Any]:
    up = [series.y for series in panel.points] + [line.y for line in panel.lines] + [shown.y for shown in panel.maps]
    positions = up if upright else positions_across(panel)
    scale = possible_scale(axis, positions)
    told: dict[str, Any] = {"label": axis.label, "unit": axis.unit}
    if axis.ticks:
        told["ticks"] = list(axis.ticks)
    if scale != "linear":
        told |= {"scale": scale, "smallest": _number(smallest(positions), _X)}
    for name, pair in (("limits", axis.limits), ("possible", axis.possible)):
        if pair is not None:
            told[name] = [_number(value, _X) for value in pair]
    return told


def _numbers(values: Iterable[float], digits: int) -> list[float | None]:
    return [_number(value, digits) for value in np.asarray(values, dtype=float).tolist()]


def _number(value: float, digits: int) -> float | None:
    """Return a number of so many digits, an integer where it is one; None for what is not a number."""
    if not np.isfinite(value):
        return None
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded.is_integer() and abs(rounded) < 10**digits else rounded
