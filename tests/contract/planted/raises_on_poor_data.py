"""Planted: three points are taken for granted."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class RaisesOnPoorData(LeastSquares):
    """Fails where nothing was read."""

    name: ClassVar[str] = "raises-on-poor-data"

    def analyzed(self, target, delays, mean, shots):
        reach = delays[shots > 0].max()  # of no points there is none
        return super().analyzed(target, np.minimum(delays, reach), mean, shots)


@hookimpl
def register_analyzers():
    return [RaisesOnPoorData]
