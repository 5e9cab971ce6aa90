"""The CHSH value of four correlations, with its verdict and its figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Dataset,
    Declaration,
    Dimension,
    Panel,
    PanelAxis,
    PointSeries,
    Quantity,
    QuantityArray,
    Reason,
    ReasonCode,
    Target,
    Verdict,
)
from oqtopus_experiments_chsh._bell import Array, bounds, chsh, violation

FEW_SHOTS = 20
"""With fewer shots of a setting the error of its correlation is a guess."""


@frozen(kw_only=True)
class CHSHSum(Analyzer):
    """
    The sum of four correlations with their signs, `chsh_value`, and the `correlations` themselves, by setting.

    The error of a correlation is sqrt((1 - E^2) / shots); that of their sum is their root sum of squares. Where a
    setting is missing there is no sum.
    """

    name: ClassVar[str] = "chsh"
    by_target: ClassVar[bool] = True

    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """Return one analysis per target."""
        settings, points = dataset.sweep.grid()["setting"], dataset.points
        return [
            _analysis(target, settings, mean, stderr, shots)
            for target, mean, stderr, shots in zip(
                dataset.targets, points.mean, points.stderr, points.shots, strict=True
            )
        ]


def _analysis(target: Target, settings: Array, mean: Array, stderr: Array, shots: Array) -> Analysis:
    value = Quantity("chsh_value", *chsh(settings, mean, stderr), symbol="S")
    labels = Dimension("setting", settings.tolist())
    return Analysis(
        target,
        [value],
        Verdict([*_data(settings, shots), *violation(value)]),
        arrays=[QuantityArray("correlations", mean, stderr, [labels])],
        panels=[_panel(value)],
    )


def _data(settings: Array, shots: Array) -> list[Reason]:
    missing = settings[shots == 0].tolist()
    if missing:
        message = f"no counts of setting {', '.join(missing)}: without it there is no sum"
        return [Reason(ReasonCode.MISSING_POINTS, message, "bad")]
    if shots.min() < FEW_SHOTS:
        return [
            Reason(ReasonCode.FEW_SHOTS, f"{shots.min()} shots of a setting are too few to know its error", "suspect")
        ]
    return []


def _panel(value: Quantity) -> Panel:
    known, negative = value.is_known, value.value < 0
    return Panel(
        x=PanelAxis(ticks=["S"], limits=(-0.5, 0.5)),
        y=PanelAxis("CHSH value", limits=(-3.1, 0.0) if negative else (0.0, 3.1)),
        points=[PointSeries([0], [value.value], [value.stderr])] if known else [],
        levels=bounds(-1 if negative else 1),
        missing=[] if known else [0],
    )
