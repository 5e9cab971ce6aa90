"""Quantities with units: ``"50 us"`` to nanoseconds on the way in, ``24.9 ± 0.4 us`` on the way out."""

from __future__ import annotations

import difflib
import math
import re

_SCALES: dict[str, dict[str, float]] = {
    "time": {"ps": 1e-12, "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "angle": {"rad": 1.0, "mrad": 1e-3, "deg": math.pi / 180},
}
_DIMENSION = {unit: dimension for dimension, units in _SCALES.items() for unit in units}
_QUANTITY = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-zµμ]*)\s*")
_DISPLAY = {"time": ("ns", "us", "ms", "s"), "frequency": ("Hz", "kHz", "MHz", "GHz")}

_OTHERS = (
    "%", "ppm", "dB", "dBm", "V", "mV", "uV", "A", "mA", "uA", "nA", "W", "K", "mK", "uK", "T", "mT", "uT", "Phi0",
    "cycles", "counts", "shots", "gates", "Cliffords", "photons",
)  # fmt: skip
"""Units that are shown as they are."""
_LONG = {"seconds": "s", "sec": "s", "nanoseconds": "ns", "nsec": "ns", "usec": "us", "msec": "ms", "degrees": "deg"}


def unknown_unit(unit: object) -> str:
    """Return what is wrong with the unit of an axis, a parameter or a quantity, as a sentence; empty if nothing."""
    known = (*_DIMENSION, *_OTHERS)
    if isinstance(unit, str) and all(part in known for part in re.split(r"[/*]", unit.removeprefix("1/")) if unit):
        return ""
    text = str(unit)
    near = _LONG.get(text.strip().lower()) or next(iter(difflib.get_close_matches(text.strip(), known, 1)), "")
    meant = (
        f"; did you mean {near!r}?" if near else f": leave it empty for a pure number, or use one of {', '.join(known)}"
    )
    return f"{unit!r:.40} is not a unit{meant}"


def parse(text: str, unit: str) -> float:
    """
    Return a quantity such as ``"50 us"`` as a number of `unit`.

    Raises:
        ValueError: When it is not a quantity, or its unit is of another kind.
    """
    match = _QUANTITY.fullmatch(text)
    if not match:
        message = f"{text!r} is not a quantity; write for example {_example(unit)}"
        raise ValueError(message)
    number, given = match.groups()
    if not given or given == unit:
        return float(number)
    dimension = _DIMENSION.get(unit)
    if dimension is None or _DIMENSION.get(given) != dimension:
        allowed = ", ".join(_SCALES[dimension]) if dimension else unit
        message = (
            f"{text!r} has the unit {given!r}, but this needs one of {allowed}; write for example {_example(unit)}"
        )
        raise ValueError(message)
    scales = _SCALES[dimension]
    # 12 digits: 0.05 ms must be the very number that 50 us is.
    return float(f"{float(number) * (scales[given] / scales[unit]):.12g}")


def _example(unit: str) -> str:
    return '"50 us"' if _DIMENSION.get(unit) == "time" else f'"1 {unit}"'


def display_scale(magnitude: float, unit: str) -> tuple[float, str]:
    """
    Return a factor and the unit a person would use for numbers of this size.

    ``display_scale(50_000, "ns")`` is ``(0.001, "us")``; units without prefixes stay as they are.
    """
    dimension = _DIMENSION.get(unit, "")
    if dimension not in _DISPLAY or not math.isfinite(magnitude) or magnitude == 0:
        return 1.0, unit
    scales = _SCALES[dimension]
    base = abs(magnitude) * scales[unit]
    names = _DISPLAY[dimension]
    best = max((name for name in names if scales[name] <= base * (1 + 1e-12)), key=scales.__getitem__, default=names[0])
    return scales[unit] / scales[best], best


def with_error(value: float, stderr: float, unit: str = "") -> str:
    """
    Return ``"24.93 ± 0.41 us"``: two digits of the error, the value to the same place.

    A value that is not known is ``"-"``, an error that is not known ``"± ?"``.
    """
    if not math.isfinite(value):
        return "-"
    factor, shown = display_scale(value, unit)
    suffix = f" {shown}" if shown else ""
    if not math.isfinite(stderr):
        return f"{value * factor:.6g} ± ?{suffix}"
    value, stderr = value * factor, stderr * factor
    if stderr <= 0:
        return f"{value:.6g} ± 0{suffix}"
    places = max(0, 1 - math.floor(math.log10(float(f"{stderr:.1e}"))))
    return f"{value:.{places}f} ± {stderr:.{places}f}{suffix}" if places < 9 else f"{value:.6g} ± {stderr:.1e}{suffix}"
