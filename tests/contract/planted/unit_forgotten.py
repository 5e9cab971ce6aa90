"""Planted: a number that is not known has no unit either."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import Analysis, Quantity, Verdict, hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class UnitForgotten(LeastSquares):
    """Forgets the unit where there is no number."""

    name: ClassVar[str] = "unit-forgotten"

    def nothing(self, target, reason):
        nan = float("nan")
        return Analysis(target, [Quantity(name, nan, nan) for name in ("lifetime", "contrast")], Verdict([reason]))


@hookimpl
def register_analyzers():
    return [UnitForgotten]
