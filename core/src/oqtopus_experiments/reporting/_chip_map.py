"""A quantity on the qubits and couplings of a device, in the unit shown: what a heat map of a chip draws. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis, Quantity
from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.contracts.verdict import LEVELS
from oqtopus_experiments.reporting._chip import ChipLayout, Pair, layout
from oqtopus_experiments.reporting._written import place_of, symbol, unit_text

_SMALL = 0.01
"""Pure numbers that are smaller, typically, are shown in parts of a power of ten."""
_DIGITS = 3
"""Decimals there is room for, one less for each digit before the point but the first."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@frozen
class ChipValue:
    """
    What stands on one qubit or coupling.

    Args:
        value: In the unit shown; NaN where there is no number.
        level: Its verdict.
        decimals: Of the number.
    """

    value: float
    level: str
    decimals: int

    @property
    def text(self) -> str:
        """The number, with as many decimals as all on the device have; a bar where there is none."""
        if not math.isfinite(self.value):
            return "-"
        return f"{self.value:.{self.decimals}f}"


@frozen(eq=False)
class ChipMap:
    """
    A quantity on a device.

    Args:
        layout: Where its qubits are.
        name: What people call the quantity.
        unit: The unit shown; a power of ten for small pure numbers.
        qubits: Values of targets of one qubit, and of every qubit of a target of more than two.
        couplings: Values of targets of two qubits, the lower number first.
        typical: Median of the good ones, or of those of the best verdict there is; NaN without any.
        whose: Which these are, such as ``79 good``.
        decimals: Of all numbers.
    """

    layout: ChipLayout
    name: str
    unit: str
    qubits: Mapping[int, ChipValue]
    couplings: Mapping[Pair, ChipValue]
    typical: float
    whose: str
    decimals: int

    @property
    def label(self) -> str:
        """``T₁ (µs)``."""
        return f"{self.name} ({self.unit})" if self.unit else self.name

    @property
    def heading(self) -> str:
        """``T₁ (µs), median of 79 good: 39.6``."""
        return f"{self.label}, median of {self.whose}: {self.typical:.{self.decimals}f}" if self.whose else self.label

    @property
    def limits(self) -> tuple[float, float]:
        """Values of the first and the last colour: of what is not bad, but the wildest twentieth on either side."""
        every = [*self.qubits.values(), *self.couplings.values()]
        known = [one.value for one in every if math.isfinite(one.value)]
        trusted = [one.value for one in every if math.isfinite(one.value) and one.level != "bad"] or known
        if not trusted:
            return 0.0, 1.0
        low, high = (float(end) for end in np.percentile(trusted, [5, 95]))
        return (low, high) if low < high else (low - 0.5 * abs(low or 1), high + 0.5 * abs(high or 1))

    def part(self, value: float) -> float:
        """Return where a value is between the first and the last colour, 0 to 1; NaN for none."""
        low, high = self.limits
        return min(1.0, max(0.0, (value - low) / (high - low))) if math.isfinite(value) else math.nan


def chip_map(analyses: Sequence[Analysis], quantity: str | None = None, device: DeviceInfo | None = None) -> ChipMap:
    """
    Return a quantity of an experiment on its device; without a device, on the qubits that were measured.

    Args:
        analyses: One per target.
        quantity: Its name; None for the headline.
        device: The device, for its other qubits, couplings and coordinates.

    Raises:
        KeyError: When no target has that quantity.
    """
    found = [(one, quantity_of(one, quantity)) for one in analyses]
    there = [(one, q) for one, q in found if q is not None]
    if not there:
        raise KeyError(quantity or "")
    values = np.array([q.value if q.is_known else math.nan for _, q in there])
    levels = [one.verdict.level for one, _ in there]
    typical, whose = _typical(values, levels)
    factor, unit = _shown(typical, there[0][1].unit)
    decimals = _decimals(factor * typical, factor * values, [factor * q.total_error for _, q in there])
    qubits: dict[int, ChipValue] = {}
    couplings: dict[Pair, ChipValue] = {}
    for (one, _), value, level in zip(there, values.tolist(), levels, strict=True):
        shown = ChipValue(factor * value, level, decimals)
        if len(one.target) == 2:
            couplings[min(one.target), max(one.target)] = shown
        else:
            qubits |= dict.fromkeys(one.target, shown)
    targets = [one.target for one in analyses]
    return ChipMap(
        _layout(targets, device), symbol(there[0][1]), unit, qubits, couplings, factor * typical, whose, decimals
    )


def quantity_of(analysis: Analysis, name: str | None) -> Quantity | None:
    """Return a quantity by its name, the headline for None; None where there is none."""
    return next((q for q in analysis.quantities if name in (None, q.name)), None)


def layout_of(device: DeviceInfo) -> ChipLayout:
    """Return where the qubits of a device are drawn."""
    pairs = [(one.control, one.target) for one in device.couplings]
    return layout([one.index for one in device.qubits], pairs, {one.index: one.position for one in device.qubits})


def _layout(targets: Sequence[tuple[int, ...]], device: DeviceInfo | None) -> ChipLayout:
    measured = {qubit for target in targets for qubit in target}
    if device is not None and measured <= {one.index for one in device.qubits}:
        return layout_of(device)
    return layout(measured, [pair for target in targets for pair in pairwise(target)])


def _typical(values: np.ndarray, levels: Sequence[str]) -> tuple[float, str]:
    for level in LEVELS:
        found = [value for value, one in zip(values.tolist(), levels, strict=True) if one == level]
        found = [value for value in found if math.isfinite(value)]
        if found:
            return float(np.median(found)), f"{len(found)} {level}"
    return math.nan, ""


def _decimals(typical: float, values: np.ndarray, errors: Sequence[float]) -> int:
    """Return how many decimals the errors leave, of numbers that are to fit into a circle; none that are all zeros."""
    known = [error for error in errors if error > 0]
    place = -place_of([float(np.median(known))]) if known else 2
    before = math.floor(math.log10(abs(typical))) if typical and math.isfinite(typical) else 0
    most = min(max(0, place), max(0, _DIGITS - max(0, before)))
    rounded = np.round(values[np.isfinite(values)], most)
    return next(
        (fewer for fewer in range(most) if np.allclose(np.round(rounded, fewer), rounded, rtol=0, atol=1e-9)), most
    )


def _shown(typical: float, unit: str) -> tuple[float, str]:
    if not unit and 0 < abs(typical) < _SMALL:
        power = math.floor(math.log10(abs(typical)))
        return 10.0**-power, f"10{str(power).translate(_RAISED)}"
    factor, shown = display_scale(typical, unit)
    return factor, unit_text(shown)
