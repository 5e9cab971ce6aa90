"""From the sheets of all targets to one figure, and from a figure to the bytes of a file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from oqtopus_experiments.reporting.figures._style import Style, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from oqtopus_experiments.reporting.figures._sheets import Sheet

FULL = 6
"""So many targets get full panels."""


def drawn(
    make: Any,
    title: str,
    prepared: Sequence[Sheet],
    small_print: str = "",
    *,
    size: tuple[float, float] | None = None,
    style: Style = "screen",
) -> Figure:
    """Return the figure that `make` makes, with the panels of all targets: full ones, or one grid of many."""
    from oqtopus_experiments.reporting.figures._grid import draw_grid
    from oqtopus_experiments.reporting.figures._renderer import draw_sheets

    with styled(style):
        draw = draw_sheets if len(prepared) <= FULL else draw_grid
        return draw(make, title, prepared, small_print, size)


def render(made: Figure, kind: Literal["png", "svg"]) -> bytes:
    """Return a figure as the bytes of a file; equal figures give equal bytes."""
    buffer = io.BytesIO()
    with styled():
        # Without a date and with fixed ids, a re-analysis that changes nothing writes the same file.
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        made.savefig(buffer, format=kind, dpi=150, metadata=metadata)
    # Laid out once: another kind of file has the same places, and finding them takes as long as drawing.
    made.set_layout_engine("none")
    return buffer.getvalue()
