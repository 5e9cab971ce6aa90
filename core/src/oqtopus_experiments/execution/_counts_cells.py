"""The cells of a table of counts: numbers with units, targets, bit strings; what cannot be read names its row."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from attrs import define, field

from oqtopus_experiments.contracts import units
from oqtopus_experiments.contracts.sweep import Axis
from oqtopus_experiments.contracts.targets import Target
from oqtopus_experiments.errors import CountsError
from oqtopus_experiments.support._suggestions import suggest

_WITH_UNIT = re.compile(r"(?P<name>.+?)\s*[\[(]\s*(?P<unit>[^\])]+?)\s*[\])]")
_TARGET = re.compile(r"\d{1,7}(?:[-\s,]+\d{1,7})*")


@define(eq=False)
class Column:
    """
    The column of an axis.

    Args:
        axis: The axis as the experiment declares it.
        header: Name of the column in the table.
        unit: Unit that the header names; empty where it names none.
        optional: Whether a point may have no value on it.
    """

    axis: Axis
    header: str
    unit: str = ""
    optional: bool = False
    _bare: bool = field(init=False, default=False)

    def value(self, cell: str, where: str) -> float | str:
        """
        Return the value of a cell, in the unit of the axis.

        Raises:
            CountsError: When it is not one.
        """
        if not self.axis.is_numeric:
            labels = self.axis.values.tolist()
            if cell not in labels:
                message = f"{where}: {self.header!r} is {cell!r}{suggest(cell, labels)}"
                raise CountsError(message)
            return cell
        if not cell:
            message = f"{where}: {self.header!r} is empty; every point has a value on this axis"
            raise CountsError(message)
        try:
            bare = _is_number(cell)
            self._bare |= bare and not self.unit
            text = f"{cell} {self.unit}" if bare and self.unit else cell
            number = float(cell) if bare and not self.unit else units.parse(text, self.axis.unit)
        except ValueError as error:
            message = f"{where}: {self.header!r}: {error}"
            raise CountsError(message) from error
        if not math.isfinite(number):
            message = f"{where}: {self.header!r} is {cell!r}, which is not a finite number"
            raise CountsError(message)
        return number

    @property
    def note(self) -> str:
        """What a person should know of how it was read; empty where the table said it."""
        if not self._bare or not self.axis.unit:
            return ""
        example = f"{self.axis.name} (us)" if self.axis.unit == "ns" else f"{self.axis.name} ({self.axis.unit})"
        return f"{self.header!r} names no unit and was taken in {self.axis.unit}; to say another: {example!r}"


def axis_columns(
    header: Sequence[str],
    axes: Sequence[Axis],
    special: Sequence[str],
    source: str,
    *,
    optional: bool = False,
    spared: Collection[str] = (),
) -> Mapping[str, Column]:
    """
    Return the column of each axis by its name, in the order of the axes.

    Args:
        header: Names of the columns.
        axes: The axes of the experiment.
        special: Names of the other columns that there may be.
        source: What the table is, for messages.
        optional: Whether a point may have no value on an axis: where the points of the experiment are not a grid.
        spared: Axes that may have no column.

    Raises:
        CountsError: When a column is missing, stands twice, or is of nothing that the experiment has.
    """
    known = {axis.name: axis for axis in axes}
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        message = f"{source} has two columns {twice[0]!r}"
        raise CountsError(message)
    found: dict[str, Column] = {}
    for name in header:
        axis, unit = _axis_of(name, known)
        if axis is None:
            if name in special:
                continue
            told = [f"{a.name} ({a.unit})" if a.unit else a.name for a in axes]
            message = f"{source}: the experiment has no axis {name!r}{suggest(name, [*told, *special])}"
            raise CountsError(f"{message}; remove the column if it is not an axis")
        if axis.name in found:
            message = f"{source}: the columns {found[axis.name].header!r} and {name!r} are of one axis"
            raise CountsError(message)
        if unit and not axis.unit:
            message = f"{source}: column {name!r}: the axis {axis.name!r} is a pure number, without a unit"
            raise CountsError(message)
        try:
            if unit:
                units.parse(f"1 {unit}", axis.unit)
        except ValueError as error:
            message = f"{source}: column {name!r}: {error}"
            raise CountsError(message) from error
        found[axis.name] = Column(axis, name, unit, optional)
    needed = [*(f"{axis.name} ({axis.unit})" if axis.unit else axis.name for axis in axes
                if axis.name not in found and axis.name not in spared),
              *(name for name in ("outcome", "count") if name not in header)]  # fmt: skip
    if needed:
        message = f"{source} has no column {needed[0]!r}; its columns are: {', '.join(header)}"
        raise CountsError(message)
    return {axis.name: found[axis.name] for axis in axes if axis.name in found}


def _axis_of(header: str, known: Mapping[str, Axis]) -> tuple[Axis | None, str]:
    """Return the axis that a column is of, and the unit that it names: ``delay (us)``, ``delay_us``."""
    if header in known:
        return known[header], ""
    if (named := _WITH_UNIT.fullmatch(header)) and named["name"] in known:
        return known[named["name"]], named["unit"]
    name, _, unit = header.rpartition("_")
    axis = known.get(name)
    return (axis, unit) if axis is not None and axis.unit and unit else (None, "")


def target_of(cell: str, where: str) -> Target:
    """
    Return a target: ``3``, ``2-3``, ``(2, 3)``.

    Raises:
        CountsError: When it is not one.
    """
    text = cell.strip("()[] ").removeprefix("q")
    if not _TARGET.fullmatch(text):
        message = f"{where}: {cell!r} is not a target; write the qubit, 3, or the qubits of a pair, 2-3"
        raise CountsError(message)
    return tuple(map(int, re.split(r"[-\s,]+", text)))


def bit_string(cell: str, width: int, where: str, first_bit: str) -> str:
    """
    Return an outcome with bit 0 on the right.

    Raises:
        CountsError: When it is not one of so many bits.
    """
    text = cell.removeprefix("'").replace(" ", "")
    if not text or text.strip("01"):
        message = f"{where}: {cell!r} is not an outcome; write the bits of a target, {'0' * width!r} for example"
        raise CountsError(message)
    if len(text) != width:
        hint = "; a spreadsheet drops leading zeros: keep the column as text" if len(text) < width else ""
        message = f"{where}: outcome {cell!r} has {len(text)} bits, where a target reads {width}{hint}"
        raise CountsError(message)
    return text if first_bit == "right" else text[::-1]


def whole(cell: str, what: str, where: str) -> int:
    """
    Return a number of shots; ``512.0`` is one too.

    Raises:
        CountsError: When it is not a whole number >= 0.
    """
    number = float(cell) if _is_number(cell) else math.nan
    if number != number // 1 or not 0 <= number < math.inf:
        hint = "; probabilities cannot be weighed without their shots" if 0 < number < 1 else ""
        message = f"{where}: a {what} is a whole number from 0, not {cell!r}{hint}"
        raise CountsError(message)
    return int(cell) if cell.isdecimal() else int(number)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
