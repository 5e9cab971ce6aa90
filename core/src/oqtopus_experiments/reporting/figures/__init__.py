"""
Figures of results: points with error bars, the fitted curve, residuals in sigma, the verdict and its reason.

From an analysis to a picture in two steps: `sheets` makes panels, which are data, and `renderer` draws them. Up to six
targets get full panels. More get one grid of small panels, ``figure``, and one ``overview`` of the headline quantity
over the targets.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.reporting.figures._about import NOTHING, About as About, of_points
from oqtopus_experiments.reporting.figures._style import Style, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from oqtopus_experiments.reporting.figures._sheets import Sheet

NAMES = ("figure", "overview", "chip")
"""Names of all figures of an experiment."""
FULL = 6
"""So many targets get full panels."""


def figure(
    title: str,
    dataset: Dataset,
    analyses: Sequence[Analysis],
    about: About = NOTHING,
    *,
    size: tuple[float, float] | None = None,
    qubits: Sequence[int | Sequence[int]] | None = None,
    style: Style = "screen",
) -> Figure:
    """
    Return the figure of all targets; it belongs to no window.

    Args:
        title: What it is called, as in the run file.
        dataset: The points.
        analyses: One per target, or none: then the points are drawn alone.
        about: Where the points come from, for the small print.
        size: Width and height in inches; None for what the panels need.
        qubits: Which targets, each a qubit or a list of qubits; None for all.
        style: ``"screen"``, ``"talk"``, ``"paper"``, or settings of matplotlib.

    Raises:
        ValueError: When a target or the style is not known.
    """
    from matplotlib.figure import Figure

    from oqtopus_experiments.reporting.figures._sheets import chosen, sheets

    prepared = sheets(dataset, analyses, chosen(dataset.targets, qubits))
    small_print = about.small_print(*of_points(dataset, analyses))
    return drawn(Figure, title, prepared, small_print, size=size, style=style)


def figures(
    title: str,
    dataset: Dataset,
    analyses: Sequence[Analysis],
    about: About = NOTHING,
    device: DeviceInfo | None = None,
) -> dict[str, Figure]:
    """Return all figures by name: ``figure``, for many targets with a quantity ``overview``, on a device ``chip``."""
    from oqtopus_experiments.reporting._chip_map import chip_map
    from oqtopus_experiments.reporting.figures._chip_figure import chip_figure
    from oqtopus_experiments.reporting.figures._overview import overview

    made = {"figure": figure(title, dataset, analyses, about)}
    if has_overview(analyses):
        made["overview"] = overview(title, analyses, about.small_print(*of_points(dataset, ())))
    known = [analysis for analysis in analyses if analysis.quantities and analysis.quantities[0].is_known]
    if device is not None and device.couplings and len(known) > 1:
        small_print = about.small_print(*of_points(dataset, ()))
        made["chip"] = chip_figure(title, chip_map(analyses, None, device), small_print)
    return made


def has_overview(analyses: Sequence[Analysis]) -> bool:
    """Return whether there are so many targets, and a quantity, that they are shown at a glance as well."""
    return len(analyses) > FULL and any(analysis.quantities for analysis in analyses)


def draw_in_pyplot(title: str, dataset: Dataset, analyses: Sequence[Analysis], about: About = NOTHING) -> None:
    """Draw the figure where pyplot shows figures: in the notebook, or in a window."""
    import matplotlib.pyplot as plt

    from oqtopus_experiments.reporting.figures._sheets import sheets

    # One window per experiment, drawn anew: a loop over a hundred runs must not keep a hundred figures.
    window = functools.partial(plt.figure, title, clear=True)
    drawn(window, title, sheets(dataset, analyses), about.small_print(*of_points(dataset, analyses)))
    if plt.isinteractive():
        plt.show(block=False)


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
