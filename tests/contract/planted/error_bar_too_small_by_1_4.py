"""Planted: the variance is halved, for it is of two parameters."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class ErrorBarTooSmallBy14(LeastSquares):
    """The covariance is divided by the number of parameters."""

    name: ClassVar[str] = "error-bar-too-small-by-1-4"

    def quantities(self, values, errors):
        return super().quantities(values, [error / 2**0.5 for error in errors])


@hookimpl
def register_analyzers():
    return [ErrorBarTooSmallBy14]
