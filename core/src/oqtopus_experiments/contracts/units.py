"""Quantities with units: ``"50 us"`` to nanoseconds on the way in, ``24.9 ± 0.4 us`` on the way out."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Sequence

_SCALES: dict[str, dict[str, float]] = {
    "time": {"ps": 1e-12, "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0},
    "frequency": {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "angle": {"rad": 1.0, "mrad": 1e-3, "deg": math.pi / 180},
}
_DIMENSION = {unit: dimension for dimension, units in _SCALES.items() for unit in units}
_NUMBER = r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
_QUANTITY = re.compile(rf"\s*{_NUMBER}\s*([A-Za-zµμ]*)\s*")
_DISPLAY = {"time": ("ns", "us", "ms", "s"), "frequency": ("Hz", "kHz", "MHz", "GHz")}

_OTHERS = (
    "%", "ppm", "dB", "dBm", "V", "mV", "uV", "A", "mA", "uA", "nA", "W", "K", "mK", "uK", "T", "mT", "uT", "Phi0",
    "cycles", "counts", "shots", "gates", "Cliffords", "photons",
)  # fmt: skip
"""Units that are shown as they are."""
_LONGEST_SYMBOL = 24
_LONG = {
    "seconds": "s",
    "sec": "s",
    "nanoseconds": "ns",
    "nsec": "ns",
    "usec": "us",
    "msec": "ms",
    "degrees": "deg",
    "second": "s",
    "millisecond": "ms",
    "microsecond": "us",
    "nanosecond": "ns",
    "picosecond": "ps",
    "usecs": "us",
    "hertz": "Hz",
    "kilohertz": "kHz",
    "megahertz": "MHz",
    "gigahertz": "GHz",
    "degree": "deg",
    "radian": "rad",
}


def unknown_unit(unit: object) -> str:
    """Return what is wrong with the unit of an axis, a parameter or a quantity, as a sentence; empty if nothing."""
    known = (*_DIMENSION, *_OTHERS)
    if isinstance(unit, str) and all(part in known for part in re.split(r"[/*]", unit.removeprefix("1/")) if unit):
        return ""
    text = str(unit)
    near = _meant(text.strip()) or next(iter(difflib.get_close_matches(text.strip(), known, 1)), "")
    meant = (
        f"; did you mean {near!r}?" if near else f": leave it empty for a pure number, or use one of {', '.join(known)}"
    )
    return f"{unit!r:.40} is not a unit{meant}"


def not_a_symbol(text: object) -> str:
    """Return what is wrong with the symbol of a quantity, as a sentence; empty if nothing."""
    if isinstance(text, str) and text.isprintable() and len(text) <= _LONGEST_SYMBOL and text == text.strip():
        return ""
    return f"{text!r:.40} is not a symbol: that is one to {_LONGEST_SYMBOL} letters such as 'T₁'; empty for the name"


def _meant(text: str) -> str:
    """Return the unit that a word stands for: written out, or in other letters; empty where none."""
    plain = text.lower().removesuffix("s") if len(text) > 3 else text.lower()
    return _LONG.get(text.lower()) or _LONG.get(plain) or next((u for u in _DIMENSION if u.lower() == text.lower()), "")


def known() -> tuple[str, ...]:
    """Return the units that have others of their kind, between which numbers are converted."""
    return tuple(_DIMENSION)


def is_time(unit: str) -> bool:
    """Return whether a unit is one of time."""
    return _DIMENSION.get(unit) == "time"


def dimension(unit: str) -> str:
    """Return ``time``, ``frequency`` or ``angle``; the unit itself for any other, and nothing for a pure number."""
    return _DIMENSION.get(unit, unit)


def in_base_units(value: float, unit: str) -> float:
    """Return a number of a unit in s, Hz or rad; as it is for any other unit."""
    return value * _SCALES.get(_DIMENSION.get(unit, ""), {}).get(unit, 1.0)


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
        near = _meant(given)
        same = dimension is not None and _DIMENSION.get(near) == dimension
        example = f'did you mean "{number} {near}"?' if same else f"write for example {_example(unit)}"
        message = f"{text!r} has the unit {given!r}, but this needs one of {allowed}; {example}"
        raise ValueError(message)
    scales = _SCALES[dimension]
    # 12 digits: 0.05 ms must be the very number that 50 us is.
    return float(f"{float(number) * (scales[given] / scales[unit]):.12g}")


def pattern(unit: str) -> str:
    """Return a regular expression, as JSON Schema takes it, of the texts that `parse` takes for a unit."""
    known = _SCALES[_DIMENSION[unit]] if unit in _DIMENSION else [unit] * unit.isalpha()
    units = "|".join(re.escape(one) for one in known)
    return rf"^\s*{_NUMBER}\s*({units})?\s*$"


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


def scale_to(magnitude: float, unit: str, shown_in: str = "") -> tuple[float, str]:
    """Return the factor to the unit that is shown, and that unit: the one asked for, or that for numbers of a size."""
    if not shown_in:
        return display_scale(magnitude, unit)
    return in_base_units(1.0, unit) / in_base_units(1.0, shown_in), shown_in


def with_error(value: float, stderr: float, unit: str = "", systematic: float = math.nan) -> str:
    """
    Return ``"24.93 ± 0.41 us"``, or ``"39.3 ± 0.9 ± 1.6 us"`` with a systematic: all to the same place.

    That is the second digit of the larger error, or the first of the smaller one where that stands further right. A
    systematic of under a hundredth of the error is left out. A value whose error is not known is not a number: ``"-"``.
    """
    if not (math.isfinite(value) and math.isfinite(stderr)):
        return "-"
    factor, shown = display_scale(value, unit)
    errors = [factor * stderr]
    if systematic > 0.01 * stderr:
        errors.append(factor * systematic)
    numbers = [text.strip() for text in _to_one_place(factor * value, errors)]
    return " ± ".join(numbers) + (f" {shown}" if shown else "")


def _to_one_place(value: float, errors: Sequence[float]) -> list[str]:
    """Return a value and its errors as texts that end at the same place."""
    known = [error for error in errors if error > 0]
    if not known:
        return [f"{value:.6g}", "0"]
    places = max(0, 1 - _first_digit(max(known), 1), -_first_digit(min(known), 0))
    if places > 8:
        return [f"{value:.6g}", *(f"{error:.1e}" if error > 0 else "0" for error in errors)]
    return [f"{number:.{places}f}" for number in (value, *errors)]


def _first_digit(number: float, more: int) -> int:
    """Return the power of ten of the first digit of a number, when it is rounded to so many more."""
    return int(f"{number:.{more}e}".partition("e")[2])


def bounded(at_least: float, at_most: float, unit: str = "", shown_in: str = "") -> str:
    """
    Return ``"> 120 us (95 %)"``: what is known of a quantity that has no value; empty when that is nothing.

    Rounded to three digits, away from what the data exclude: what is shown is never a tighter bound than what is known.
    It is in a unit that a person would use for it, or in `shown_in`, of the same kind.
    """
    known = [bound for bound in (at_least, at_most) if math.isfinite(bound)]
    factor, shown = scale_to(min((abs(bound) for bound in known if bound), default=math.nan), unit, shown_in)
    signs = [f"{sign} {_outwards(factor * bound, up):g}" for sign, bound, up in
             ((">", at_least, False), ("<", at_most, True)) if math.isfinite(bound)]  # fmt: skip
    each = " each" if len(signs) > 1 else ""
    return f"{' and '.join(signs)}{f' {shown}' if shown else ''} (95 %{each})" if signs else ""


def held_at(value: float, unit: str = "", shown_in: str = "") -> str:
    """Return ``"30 us (held)"``: a value that a person gave and nobody measured; empty where there is none."""
    if not math.isfinite(value):
        return ""
    factor, shown = scale_to(abs(value), unit, shown_in)
    return f"{factor * value:.6g}{f' {shown}' if shown else ''} (held)"


def _outwards(number: float, up: bool) -> float:
    """Return a number rounded to three digits, upwards or downwards."""
    if number == 0:
        return 0.0
    step = 10.0 ** (_first_digit(abs(number), 15) - 2)
    # What is a multiple of the step but for the rounding of floats stays what it is.
    steps = round(number / step, 9)
    return (math.ceil(steps) if up else math.floor(steps)) * step
