"""Planted: every lifetime has the error that one had once."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class ConstantErrorBar(LeastSquares):
    """The errors are those of the first measurement that was ever made."""

    name: ClassVar[str] = "constant-error-bar"

    def quantities(self, values, errors):
        return super().quantities(values, (1500.0, 0.04) if errors[0] > 0 else errors)


@hookimpl
def register_analyzers():
    return [ConstantErrorBar]
