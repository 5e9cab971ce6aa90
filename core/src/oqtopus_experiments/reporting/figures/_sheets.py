"""What is drawn for each target: an analyzer's own panels or those of the sweep, then those of its arrays."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.reporting._written import equation
from oqtopus_experiments.reporting.figures._array_panels import array_panels
from oqtopus_experiments.reporting.figures._scaling import readable
from oqtopus_experiments.reporting.figures._shared_limits import shared
from oqtopus_experiments.reporting.figures._sweep_panels import sweep_panels


@frozen(eq=False)
class Sheet:
    """
    What is drawn for one target.

    Args:
        target: Its qubits.
        analysis: Quantities and verdict; None for points alone.
        panels: Its panels, positions in the units shown.
    """

    target: Target
    analysis: Analysis | None
    panels: tuple[Panel, ...]

    @property
    def headline(self) -> str:
        """The first quantity, ``T₁ = 39.3(9) µs``, or its bound; empty when nothing is known of it."""
        first = self.analysis.quantities[0] if self.analysis is not None and self.analysis.quantities else None
        return equation(first) if first and (first.is_known or first.is_bounded) else ""


def sheets(dataset: Dataset, analyses: Sequence[Analysis], wanted: Sequence[int] | None = None) -> list[Sheet]:
    """
    Return what is drawn for each target, in the units shown; without analyses, the points alone.

    Args:
        dataset: The points.
        analyses: One per target, or none.
        wanted: Positions of the targets that are drawn; None for all.
    """
    return in_step(base_sheets(dataset, analyses, wanted))


def chosen(targets: Sequence[Target], qubits: Sequence[int | Sequence[int]] | None) -> list[int] | None:
    """
    Return the positions of the targets that were asked for; None for all.

    Raises:
        ValueError: When there is no such target.
    """
    if qubits is None:
        return None
    wanted = [(one,) if isinstance(one, int) else tuple(one) for one in qubits]
    unknown = [label(one) for one in wanted if one not in targets]
    if unknown or not wanted:
        there = ", ".join(label(target) for target in targets)
        message = f"there is no target {unknown[0] if unknown else '()'}; there are {there}"
        raise ValueError(message)
    return sorted(targets.index(one) for one in wanted)


def base_sheets(dataset: Dataset, analyses: Sequence[Analysis], wanted: Sequence[int] | None = None) -> list[Sheet]:
    """Return what is drawn for each target, positions in base units."""
    given: list[Analysis | None] = list(analyses) if analyses else [None] * len(dataset.targets)
    return [
        Sheet(target, analysis, panels_of(dataset, index, analysis))
        for index, (target, analysis) in enumerate(zip(dataset.targets, given, strict=True))
        if wanted is None or index in wanted
    ]


def panels_of(dataset: Dataset, target: int, analysis: Analysis | None) -> tuple[Panel, ...]:
    """Return the panels of one target, in base units."""
    if analysis is None:
        return sweep_panels(dataset, target)
    first = analysis.panels or sweep_panels(dataset, target, analysis)
    return (*first, *(panel for array in analysis.arrays for panel in array_panels(array)))


def in_step(made: Sequence[Sheet]) -> list[Sheet]:
    """Give panels that show the same of several targets the same units and limits, and all a low panel or none."""
    kinds: dict[tuple[str, ...], list[Panel]] = {}
    for sheet in made:
        for panel in sheet.panels:
            kinds.setdefault(kind(panel), []).append(panel)
    ready = {key: iter(_alike(panels)) for key, panels in kinds.items()}
    return [attrs.evolve(sheet, panels=tuple(next(ready[kind(panel)]) for panel in sheet.panels)) for sheet in made]


def kind(panel: Panel) -> tuple[str, ...]:
    """Return what a panel shows; those of several targets that show the same are drawn alike."""
    return (panel.title, panel.x.label, panel.x.unit, panel.y.label, panel.y.unit, *(m.label for m in panel.maps))


def _alike(panels: Sequence[Panel]) -> list[Panel]:
    there = shared(readable(panels))
    beneath = next((panel.below for panel in there if panel.below is not None), None)
    if beneath is None:
        return there
    nothing = Panel(x=beneath.x, y=beneath.y, note="no fit")
    return [attrs.evolve(panel, below=panel.below or nothing) for panel in there]
