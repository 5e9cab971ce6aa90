"""What all figures of one experiment show, made once: for pictures, and for the script of a report."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import field, frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.reporting._chip_map import chip_map
from oqtopus_experiments.reporting.figures._about import NOTHING, About, of_points
from oqtopus_experiments.reporting.figures._chart_data import chart_data
from oqtopus_experiments.reporting.figures._drawn import FULL, drawn
from oqtopus_experiments.reporting.figures._overview import overview, overview_panel
from oqtopus_experiments.reporting.figures._sheets import Sheet, sheets

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@frozen(eq=False, slots=False)
class Shown:
    """
    What the figures of one experiment show.

    Args:
        title: Name of the experiment in its run.
        dataset: Its points.
        analyses: One per target, or none.
        about: Where the points come from, for the small print.
        device: On which the qubits are, for the chip; None where nobody knows.
    """

    title: str
    dataset: Dataset
    analyses: Sequence[Analysis]
    about: About = NOTHING
    device: DeviceInfo | None = field(default=None, repr=False)

    @cached_property
    def sheets(self) -> list[Sheet]:
        """What is drawn for each target."""
        return sheets(self.dataset, self.analyses)

    @cached_property
    def overview(self) -> Panel | None:
        """The headline of every target; None for so few targets that each is seen, or without any quantity."""
        many = len(self.analyses) > FULL and any(analysis.quantities for analysis in self.analyses)
        return overview_panel(self.analyses) if many else None

    def data(self) -> bytes:
        """Return what the figures show as JSON; nothing is needed for drawing."""
        return chart_data(self.sheets, self.dataset, self.overview)

    def drawn(self) -> dict[str, Figure]:
        """Return all figures by name: ``figure``, for many targets ``overview``, on a device ``chip``."""
        from matplotlib.figure import Figure

        small_print = self.about.small_print(*of_points(self.dataset, self.analyses))
        of_no_fit = self.about.small_print(*of_points(self.dataset, ()))
        made = {"figure": drawn(Figure, self.title, self.sheets, small_print)}
        if self.overview is not None:
            made["overview"] = overview(self.title, self.overview, of_no_fit)
        known = [analysis for analysis in self.analyses if analysis.quantities and analysis.quantities[0].is_known]
        if self.device is not None and self.device.couplings and len(known) > 1:
            from oqtopus_experiments.reporting.figures._chip_figure import chip_figure

            made["chip"] = chip_figure(self.title, chip_map(self.analyses, None, self.device), of_no_fit)
        return made
