"""Planted: delays are counted, not read: they are in equal steps as a rule."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class QuantityThatDependsOnTheOrderOfPoints(LeastSquares):
    """The n-th point is taken for the n-th delay."""

    name: ClassVar[str] = "quantity-that-depends-on-the-order-of-points"

    def analyzed(self, target, delays, mean, shots):
        return super().analyzed(target, np.linspace(delays.min(), delays.max(), len(delays)), mean, shots)


@hookimpl
def register_analyzers():
    return [QuantityThatDependsOnTheOrderOfPoints]
