"""What is drawn for each target: an analyzer's own panels or those of the sweep, then those of its arrays."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.reporting.figures._array_panels import array_panels
from oqtopus_experiments.reporting.figures._scaling import readable
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


def sheets(dataset: Dataset, analyses: Sequence[Analysis]) -> list[Sheet]:
    """Return what is drawn for each target, in the units shown; without analyses, the points alone."""
    return in_step(base_sheets(dataset, analyses))


def base_sheets(dataset: Dataset, analyses: Sequence[Analysis]) -> list[Sheet]:
    """Return what is drawn for each target, positions in base units."""
    given: list[Analysis | None] = list(analyses) if analyses else [None] * len(dataset.targets)
    return [
        Sheet(target, analysis, panels_of(dataset, index, analysis))
        for index, (target, analysis) in enumerate(zip(dataset.targets, given, strict=True))
    ]


def panels_of(dataset: Dataset, target: int, analysis: Analysis | None) -> tuple[Panel, ...]:
    """Return the panels of one target, in base units."""
    if analysis is None:
        return sweep_panels(dataset, target)
    first = analysis.panels or sweep_panels(dataset, target, analysis)
    return (*first, *(panel for array in analysis.arrays for panel in array_panels(array)))


def in_step(made: Sequence[Sheet]) -> list[Sheet]:
    """Give panels that show the same of several targets the same units, and a low panel where others have one."""
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
    there = readable(panels)
    beneath = next((panel.below for panel in there if panel.below is not None), None)
    if beneath is None:
        return there
    nothing = Panel(x=beneath.x, y=beneath.y, note="no fit")
    return [attrs.evolve(panel, below=panel.below or nothing) for panel in there]
