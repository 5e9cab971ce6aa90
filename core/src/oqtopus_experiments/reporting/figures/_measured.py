"""Points and fields of a panel that know which circuits of the sweep they are made of: for what is said of each."""

from __future__ import annotations

from typing import Any

from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.panels import HeatMap, PointSeries


@frozen(eq=False)
class MeasuredPoints(PointSeries):
    """Points of the sweep; `members` has the points joined in each, in rows filled up with -1, shape (n, m)."""

    members: NDArray[Any] = field(kw_only=True)


@frozen(eq=False)
class MeasuredMap(HeatMap):
    """The signal over two axes; `members` has the point of the sweep in each field, -1 for none, shape (m, n)."""

    members: NDArray[Any] = field(kw_only=True)
