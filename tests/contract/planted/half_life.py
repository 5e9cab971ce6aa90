"""Planted: the half-life is reported under the name of the lifetime."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import hookimpl

from .least_squares import LeastSquares


@frozen(kw_only=True)
class HalfLife(LeastSquares):
    """Reports half-lives."""

    name: ClassVar[str] = "half-life"

    def quantities(self, values, errors):
        factor = np.log(2)
        return super().quantities((factor * values[0], values[1]), (factor * errors[0], errors[1]))


@hookimpl
def register_analyzers():
    return [HalfLife]
