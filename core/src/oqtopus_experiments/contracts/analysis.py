"""What an analysis says: quantities with standard errors, a verdict with reasons, the fitted curve. Values only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.panels import Panel
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


def _as_curves(curves: Iterable[Curve]) -> tuple[Curve, ...]:
    return tuple(curves)


def _as_arrays(arrays: Iterable[QuantityArray]) -> tuple[QuantityArray, ...]:
    return tuple(arrays)


def _as_panels(panels: Iterable[Panel]) -> tuple[Panel, ...]:
    return tuple(panels)


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
    """

    x: NDArray[Any]
    y: NDArray[Any]
    axis: str = ""
    series: Mapping[str, str] = field(factory=_no_series)


def _as_array(values: Any) -> NDArray[Any]:
    array = np.array(values)
    return array.astype(complex if array.dtype.kind == "c" else float)


def _as_labels(labels: Iterable[Any]) -> tuple[str | int | float, ...]:
    return tuple(label.item() if isinstance(label, np.generic) else label for label in labels)


@frozen
class Dimension:
    """One dimension of a `QuantityArray`: its name, the label or position of each index, the unit of positions."""

    name: str
    labels: tuple[str | int | float, ...] = field(converter=_as_labels)
    unit: str = ""


@frozen(eq=False)
class QuantityArray:
    """
    A measured array: an assignment matrix, a density matrix, a value against a position.

    Args:
        name: As in tables, for example ``density_matrix``.
        values: Real or complex; NaN where the data do not determine an element.
        stderr: One standard error of each element; of a complex one, that of the real part as real part and that of
            the imaginary part as imaginary part.
        dimensions: One per dimension of the values, with as many labels as it is long.
        unit: For example ``ns``; empty for a pure number.

    Raises:
        ValueError: When the shapes of values, errors and dimensions differ.
    """

    name: str
    values: NDArray[Any] = field(converter=_as_array)
    stderr: NDArray[Any] = field(converter=_as_array)
    dimensions: tuple[Dimension, ...] = field(converter=tuple)
    unit: str = ""

    def __attrs_post_init__(self) -> None:
        shape = tuple(len(dimension.labels) for dimension in self.dimensions)
        if not (self.values.shape == self.stderr.shape == shape):
            message = (
                f"array {self.name!r}: values of shape {self.values.shape}, errors of shape {self.stderr.shape} and "
                f"dimensions of lengths {shape} do not go together"
            )
            raise ValueError(message)

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per element: a label for each dimension, then value and error (of both parts, if complex)."""
        return [
            {**{d.name: d.labels[i] for d, i in zip(self.dimensions, index, strict=True)}, **self._numbers(index)}
            for index in np.ndindex(self.values.shape)
        ]

    def _numbers(self, index: tuple[int, ...]) -> dict[str, float]:
        value, error = self.values[index], self.stderr[index]
        if self.values.dtype.kind != "c":
            return {"value": float(value), "stderr": float(error)}
        return {
            "value": float(value.real),
            "stderr": float(error.real),
            "imaginary": float(value.imag),
            "imaginary_stderr": float(error.imag),
        }


@frozen(eq=False)
class Analysis:
    """
    The analysis of one target.

    Args:
        target: Its physical qubits.
        quantities: What was measured, the headline first.
        verdict: Whether to act on it, and why.
        fitted: Model at each point of the sweep, shape (points,); None without a fit.
        curves: Fitted curves over a numeric axis, one for each combination of labels.
        covariance: Covariance of the quantities, shape (n, n) in their order; None without a fit.
        deviance: Goodness of fit in units of the shot noise, NaN without a fit.
        degrees_of_freedom: Points less free parameters.
        arrays: What was measured and is more than a number.
        panels: Figures of the analyzer's own; empty for those that follow from the sweep.
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

    def array(self, name: str) -> QuantityArray:
        """Return an array by name; KeyError when there is none."""
        for array in self.arrays:
            if array.name == name:
                return array
        raise KeyError(name)

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
