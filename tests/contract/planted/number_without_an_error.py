"""Planted: the contrast is only a by-product."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class NumberWithoutAnError(LeastSquares):
    """Gives no error of the contrast."""

    name: ClassVar[str] = "number-without-an-error"

    def quantities(self, values, errors):
        return super().quantities(values, (errors[0], float("nan")))


@hookimpl
def register_analyzers():
    return [NumberWithoutAnError]
