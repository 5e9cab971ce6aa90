"""What an analysis says: quantities with standard errors, a verdict with reasons, the fitted curve. Values only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.arrays import QuantityArray
from oqtopus_experiments.contracts.panels import Panel
from oqtopus_experiments.contracts.targets import Target, label
from oqtopus_experiments.contracts.units import bounded, held_at, with_error
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
        systematic: How far the value would move if the model were let to follow what the points show of its misfit,
            one standard deviation, in its unit; NaN where nobody looked.
        at_least: Where there is no value: what the quantity exceeds with 95 % confidence, as far as the data tell.
        at_most: What it is below, likewise.
        symbol: What people write for it, for example ``T₁``; empty for its name.
        held: Where there is no value since a person held it: at what.
    """

    name: str
    value: float
    stderr: float
    unit: str = ""
    low: float = math.nan
    high: float = math.nan
    systematic: float = math.nan
    at_least: float = math.nan
    at_most: float = math.nan
    symbol: str = ""
    held: float = math.nan

    @property
    def is_known(self) -> bool:
        """Whether there is a number: a value with an error. One without is not shown as a number anywhere."""
        return math.isfinite(self.value) and math.isfinite(self.stderr)

    @property
    def total_error(self) -> float:
        """Standard error and systematic together, in quadrature; NaN without a standard error."""
        return math.hypot(self.stderr, self.systematic if math.isfinite(self.systematic) else 0.0)

    @property
    def has_systematic(self) -> bool:
        """Whether `systematic` was looked for and found."""
        return self.is_known and self.systematic > 0

    @property
    def is_bounded(self) -> bool:
        """Whether there is no number, but a bound."""
        return not self.is_known and (math.isfinite(self.at_least) or math.isfinite(self.at_most))

    @property
    def is_held(self) -> bool:
        """Whether a person held it, so that nothing was measured of it."""
        return not self.is_known and math.isfinite(self.held)

    @property
    def has_interval(self) -> bool:
        """Whether `low` and `high` are there."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def __str__(self) -> str:
        """
        Return it as people read it, everywhere: ``24.93 ± 0.41 us``, ``39.3 ± 0.9 ± 1.6 us`` with its systematic.

        Where there is no number: the bound, as ``> 120 us (95 %)``, what it was held at, as ``30 us (held)``, or ``-``.
        """
        if self.is_known:
            return with_error(self.value, self.stderr, self.unit, self.systematic)
        return bounded(self.at_least, self.at_most, self.unit) or held_at(self.held, self.unit) or "-"

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


def _as_curves(curves: Iterable[Curve]) -> tuple[Curve, ...]:
    return tuple(curves)


def _as_arrays(arrays: Iterable[QuantityArray]) -> tuple[QuantityArray, ...]:
    return tuple(arrays)


def _as_panels(panels: Iterable[Panel]) -> tuple[Panel, ...]:
    return tuple(panels)


def _as_names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(names)


def _no_series() -> dict[str, str]:
    return {}


@frozen(eq=False)
class Curve:
    """
    A fitted function of one numeric axis on a dense grid.

    Args:
        x: Positions in the unit of the axis, shape (n,).
        y: The function, shape (n,).
        axis: Name of the axis; empty for the only numeric one.
        series: Which labels of the other axes it belongs to: ``{"kind": "interleaved"}``.
        stderr: One standard error of the function, from the covariance of the fit, shape (n,); None where not known.
    """

    x: NDArray[Any]
    y: NDArray[Any]
    axis: str = ""
    series: Mapping[str, str] = field(factory=_no_series)
    stderr: NDArray[Any] | None = None


@frozen(eq=False, repr=False)
class Analysis:
    """
    The analysis of one target.

    Args:
        target: Its physical qubits.
        quantities: What was measured, the headline first.
        verdict: Whether to act on it, and why.
        fitted: Model at each point of the sweep, shape (points,), also at those without counts, and the same at points
            that the model cannot tell apart, such as the seeds of one length; None without a fit.
        curves: Fitted curves over a numeric axis, one for each combination of labels.
        covariance: Covariance of the quantities, shape (n, n) in their order; None without a fit.
        deviance: Goodness of fit in units of the shot noise, NaN without a fit.
        degrees_of_freedom: Points less free parameters.
        arrays: What was measured and is more than a number.
        panels: Figures of the analyzer's own; empty for those that follow from the sweep.
        axes: Axes of the sweep the analyzer kept apart; it averaged over the others, and so do figures. Empty for all.
    """

    target: Target
    quantities: tuple[Quantity, ...] = field(converter=_as_quantities)
    verdict: Verdict
    fitted: NDArray[Any] | None = None
    curves: tuple[Curve, ...] = field(default=(), converter=_as_curves)
    covariance: NDArray[Any] | None = None
    deviance: float = math.nan
    degrees_of_freedom: int = 0
    arrays: tuple[QuantityArray, ...] = field(default=(), converter=_as_arrays)
    panels: tuple[Panel, ...] = field(default=(), converter=_as_panels)
    axes: tuple[str, ...] = field(default=(), converter=_as_names)

    def __repr__(self) -> str:
        numbers = ", ".join(f"{quantity.name} {quantity}" for quantity in self.quantities) or "no quantities"
        return f"<Analysis of {label(self.target)}: {numbers}; {self.verdict}>"

    def array(self, name: str) -> QuantityArray:
        """Return an array by name; KeyError when there is none."""
        for array in self.arrays:
            if array.name == name:
                return array
        raise KeyError(name)

    def __getitem__(self, name: str) -> Quantity:
        """Return a quantity by name; KeyError, which names those there are, when there is none."""
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity
        message = f"no quantity {name!r}; there are {', '.join(one.name for one in self.quantities) or 'none'}"
        raise KeyError(message)

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
