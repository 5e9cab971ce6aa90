"""Measured arrays: values with standard errors over labelled dimensions. Values only."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

_NUMBERS = ("value", "stderr", "imaginary", "imaginary_stderr", "unit")
RESERVED = ("run", "created", "backend", "experiment", "qubits", "array", *_NUMBERS)
"""Names of columns of a table in long form, which no dimension may have."""


def _as_array(values: Any) -> NDArray[Any]:
    array = np.array(values)
    made = array.astype(complex if array.dtype.kind == "c" else float)
    # One NaN like another: those that a division left have other bits than those a file gives back.
    for part in (made.real, made.imag) if made.dtype.kind == "c" else (made,):
        part[np.isnan(part)] = np.nan
    return made


def _as_labels(labels: Iterable[Any]) -> tuple[str | int | float, ...]:
    return tuple(label.item() if isinstance(label, np.generic) else label for label in labels)


@frozen
class Dimension:
    """
    One dimension of a `QuantityArray`.

    Args:
        name: Such as ``prepared``; a column of the table in long form.
        labels: The label of each index, each once: texts, or finite numbers that are positions.
        unit: Unit of the positions.

    Raises:
        ValueError: When there is no label, one is there twice, or one is neither a text nor a finite number; for a
            name that a column of the table has already.
    """

    name: str
    labels: tuple[str | int | float, ...] = field(converter=_as_labels)
    unit: str = ""

    def __attrs_post_init__(self) -> None:
        wrong = [label for label in self.labels if not _is_label(label)]
        problem = ""
        if not self.name or self.name in RESERVED:
            problem = f"its name must be another than {', '.join(RESERVED)}"
        elif not self.labels:
            problem = "it needs at least one label"
        elif wrong:
            problem = f"a label must be a text or a finite number, not {wrong[0]!r}"
        elif len(set(self.labels)) < len(self.labels):
            problem = "two of its labels are the same"
        if problem:
            message = f"dimension {self.name!r}: {problem}"
            raise ValueError(message)


def _is_label(label: Any) -> bool:
    if isinstance(label, bool):
        return False
    return isinstance(label, str) or (isinstance(label, (int, float)) and math.isfinite(label))


def _as_dimensions(dimensions: Iterable[Dimension]) -> tuple[Dimension, ...]:
    return tuple(dimensions)


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
        ValueError: When there is no dimension, when the shapes of values, errors and dimensions differ, when complex
            values have real errors, or two dimensions have one name.
    """

    name: str
    values: NDArray[Any] = field(converter=_as_array)
    stderr: NDArray[Any] = field(converter=_as_array)
    dimensions: tuple[Dimension, ...] = field(converter=_as_dimensions)
    unit: str = ""

    def __attrs_post_init__(self) -> None:
        shape = tuple(len(dimension.labels) for dimension in self.dimensions)
        names = [dimension.name for dimension in self.dimensions]
        problem = ""
        if not (self.values.shape == self.stderr.shape == shape):
            problem = (
                f"values of shape {self.values.shape}, errors of shape {self.stderr.shape} and dimensions of lengths "
                f"{shape} do not go together"
            )
        elif not shape:
            problem = "a number without dimensions is a Quantity"
        elif self.is_complex != (self.stderr.dtype.kind == "c"):
            problem = "of complex values, and only of them, the errors are complex: that of each part as that part"
        elif len(set(names)) < len(names):
            problem = f"its dimensions need a name each, not {', '.join(names)}"
        if problem:
            message = f"array {self.name!r}: {problem}"
            raise ValueError(message)

    @property
    def is_complex(self) -> bool:
        """Whether the values have an imaginary part."""
        return bool(self.values.dtype.kind == "c")

    def parts(self) -> list[tuple[str, NDArray[np.float64], NDArray[np.float64]]]:
        """Return name, values and standard errors: of a complex array, of its real and its imaginary part."""
        if not self.is_complex:
            return [(self.name, self.values, self.stderr)]
        return [
            (f"{self.name}, real part", self.values.real, self.stderr.real),
            (f"{self.name}, imaginary part", self.values.imag, self.stderr.imag),
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Return one row per element: a label for each dimension, then value and error (of both parts, if complex)."""
        return [
            {**{d.name: d.labels[i] for d, i in zip(self.dimensions, index, strict=True)}, **self._numbers(index)}
            for index in np.ndindex(self.values.shape)
        ]

    def to_frame(self) -> pd.DataFrame:
        """Return `rows` as a table: a column per dimension, ``value`` and ``stderr``; units are in its ``attrs``."""
        import pandas as pd

        frame = pd.DataFrame(self.rows())
        units = {dimension.name: dimension.unit for dimension in self.dimensions} | {"value": self.unit}
        frame.attrs["units"] = {name: unit for name, unit in units.items() if unit}
        return frame

    def _numbers(self, index: tuple[int, ...]) -> dict[str, float]:
        value, error = self.values[index], self.stderr[index]
        if not self.is_complex:
            return {"value": float(value), "stderr": float(error)}
        return {
            "value": float(value.real),
            "stderr": float(error.real),
            "imaginary": float(value.imag),
            "imaginary_stderr": float(error.imag),
        }
