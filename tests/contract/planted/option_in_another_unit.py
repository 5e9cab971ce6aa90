"""Planted: an option is turned into ns each time that it is read."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import hookimpl, parameter

from .least_squares import LeastSquares


@frozen(kw_only=True)
class OptionInAnotherUnit(LeastSquares):
    """Has an option in microseconds, kept in nanoseconds."""

    name: ClassVar[str] = "option-in-another-unit"
    longest: float = parameter(50.0, unit="us", help="longest lifetime", converter=lambda us: 1000.0 * us)


@hookimpl
def register_analyzers():
    return [OptionInAnotherUnit]
