"""What an analysis says: quantities with standard errors, a verdict with reasons, the fitted curve. Values only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.contracts.verdict import Verdict

if TYPE_CHECKING:
    from uncertainties.core import AffineScalarFunc


@frozen
class Quantity:
    """
    A measured number.

    Args:
        name: As in the columns of the table, for example ``t1_time``.
        value: NaN when the data do not determine it.
        stderr: One standard error, NaN with the value.
        unit: For example ``ns``; empty for a pure number.
        low: Lower end of the one-sigma interval where an analyzer was asked for one, else NaN.
        high: Its upper end.
    """

    name: str
    value: float
    stderr: float
    unit: str = ""
    low: float = math.nan
    high: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether there is a number at all."""
        return math.isfinite(self.value)

    @property
    def has_interval(self) -> bool:
        """Whether `low` and `high` are there."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def ufloat(self) -> AffineScalarFunc:
        """
        Return the number with its error for the `uncertainties` package; its unit is not kept.

        Independent of all others: where correlations matter, take `Analysis.ufloats`.

        Raises:
            ImportError: When ``uncertainties`` is not installed (it comes with the extra ``[uncertainties]``).
        """
        from uncertainties import ufloat

        return ufloat(self.value, self.stderr, self.name)


def _as_quantities(quantities: Iterable[Quantity]) -> tuple[Quantity, ...]:
    return tuple(quantities)


@frozen(eq=False)
class Curve:
    """A fitted function of one axis on a dense grid: ``x`` and ``y``, shape (n,)."""

    x: NDArray[Any]
    y: NDArray[Any]


@frozen(eq=False)
class Analysis:
    """
    The analysis of one target.

    Args:
        target: Its physical qubits.
        quantities: What was measured, the headline first.
        verdict: Whether to act on it, and why.
        fitted: Model at each point of the sweep, shape (points,); None without a fit.
        curve: The fitted curve, for a sweep of one numeric axis.
        covariance: Covariance of the quantities, shape (n, n) in their order; None without a fit.
        deviance: Goodness of fit in units of the shot noise, NaN without a fit.
        degrees_of_freedom: Points less free parameters.
    """

    target: Target
    quantities: tuple[Quantity, ...] = field(converter=_as_quantities)
    verdict: Verdict
    fitted: NDArray[Any] | None = None
    curve: Curve | None = None
    covariance: NDArray[Any] | None = None
    deviance: float = math.nan
    degrees_of_freedom: int = 0

    def __getitem__(self, name: str) -> Quantity:
        """Return a quantity by name; KeyError when there is none."""
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        raise KeyError(name)

    def ufloats(self) -> dict[str, AffineScalarFunc]:
        """
        Return all quantities by name for the `uncertainties` package, with their correlations.

        What is computed from them has the right error: a contrast and an offset of one fit are not independent.
        Without a covariance each stands for itself.

        Raises:
            ImportError: When ``uncertainties`` is not installed (it comes with the extra ``[uncertainties]``).
        """
        from uncertainties import correlated_values

        covariance = self.covariance
        if covariance is None or not np.isfinite(covariance).all():
            return {quantity.name: quantity.ufloat() for quantity in self.quantities}
        values = correlated_values(
            [q.value for q in self.quantities], covariance, tags=[q.name for q in self.quantities]
        )
        return {quantity.name: value for quantity, value in zip(self.quantities, values, strict=True)}
