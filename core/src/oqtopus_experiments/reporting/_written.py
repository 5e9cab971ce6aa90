"""
Measured numbers as people write them: ``T₁ = 39.3(9) µs``. Used by terminal, report, notebook and figures alike.

**Concise notation.** The digits in parentheses are the standard error in the last digits of the value (GUM,
JCGM 100:2008, 7.2.2; so are the constants of CODATA printed): ``39.3(9)`` is 39.3 ± 0.9, ``1230(60)`` is 1230 ± 60.

**How many digits.** The rule of the Particle Data Group (Review of Particle Physics, introduction, "Rounding"): of the
three leading digits of the error, 100 to 354 keep two, 355 to 949 keep one, 950 to 999 become 1000 and keep two. No
error is changed by more than 15 %, and no digit of the value stands there that says nothing.

**Systematic.** In a second pair of parentheses, statistical first, ``39.3(9)(16)``, as experiments publish the two.
Both end at the same place: that of the larger, or the first digit of the smaller where that stands further right. One
that is under a hundredth of the statistical error is left out, as everywhere. One that is more than ten times as large
would need three digits and be read as a small number, ``0.955(5)(2837)``: it stands apart, with its own digits and its
name, ``0.955(5) ± 2.8 (syst)``.
"""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.units import bounded, held_at, scale_to

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.analysis import Quantity

UNKNOWN = "-"
"""What stands where there is neither a number nor a bound."""
_TWO_DIGITS = 354
_NEGLIGIBLE = 0.01
_APART = 10.0
"""A systematic of more than so many standard errors stands apart from them."""
_LEAST, _MOST = -3, 6
"""Numbers below 10**-3 or from 10**6 on are written with a power of ten."""
_EXACT = Context(prec=800, rounding=ROUND_HALF_UP)
"""Digits enough for any float: what is written is rounded once, from the shortest text that is the number."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_PRINTED = {"us": "µs", "uV": "µV", "uA": "µA", "uK": "µK", "uT": "µT", "Phi0": "Φ₀"}
_TYPED = {printed: typed for typed, printed in _PRINTED.items()} | {"μs": "us"}
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₊₋", "0123456789+-")
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip


def written(
    value: float,
    stderr: float,
    unit: str = "",
    systematic: float = math.nan,
    *,
    shown_in: str = "",
    ascii_only: bool = False,
) -> str:
    """
    Return ``"39.3(9) µs"``; with a systematic error ``"39.3(9)(16) µs"``, or ``"39.30(9) ± 5 (syst) µs"``.

    A value or an error that is not a number gives ``"-"``: a number without an error is none. An error of exactly zero
    is written as such, ``"0.5(0)"``, behind up to six digits of the value.

    Args:
        value: What was measured, in `unit`.
        stderr: One standard error, in `unit`, >= 0.
        unit: For example ``ns``; empty for a pure number.
        systematic: Systematic error, one standard deviation, in `unit`; NaN where nobody looked.
        shown_in: Unit to write it in, of the same kind; by default a person's choice for numbers of this size.
        ascii_only: For a stream that has no other letters: ``"39.3(9) us"``, ``"4.50(22)e-4"``.
    """
    if not (math.isfinite(value) and math.isfinite(stderr)):
        return UNKNOWN
    factor, shown = scale_to(max(abs(value), stderr), unit, shown_in)
    errors, apart = [factor * stderr], ""
    if math.isfinite(systematic) and systematic > _APART * stderr > 0:
        apart = f" {'+/-' if ascii_only else '±'} {_alone(factor * systematic, ascii_only=ascii_only)} (syst)"
    elif math.isfinite(systematic) and systematic > _NEGLIGIBLE * stderr:
        errors.append(factor * systematic)
    number = _concise(factor * value, errors, ascii_only=ascii_only)
    return f"{number}{apart} {unit_text(shown, ascii_only=ascii_only)}".strip()


def written_quantity(quantity: Quantity, *, shown_in: str = "", ascii_only: bool = False) -> str:
    """Return a quantity without its name: ``39.3(9) µs``; else ``> 120 µs (95 %)``, ``30 µs (held)`` or ``-``."""
    if quantity.is_known:
        return written(
            quantity.value, quantity.stderr, quantity.unit, quantity.systematic,
            shown_in=shown_in, ascii_only=ascii_only,
        )  # fmt: skip
    text = bounded(quantity.at_least, quantity.at_most, quantity.unit, shown_in)
    text = text or held_at(quantity.held, quantity.unit, shown_in)
    return _UNIT.sub(lambda found: unit_text(found[0], ascii_only=ascii_only), text) or UNKNOWN


def equation(quantity: Quantity, *, shown_in: str = "", ascii_only: bool = False) -> str:
    """Return ``T₁ = 39.3(9) µs``, ``T₁ > 120 µs (95 %)``, ``T₁: 30 µs (held)``, or ``T₁: no value``."""
    name, text = (
        symbol(quantity, ascii_only=ascii_only),
        written_quantity(quantity, shown_in=shown_in, ascii_only=ascii_only),
    )
    if quantity.is_known:
        return f"{name} = {text}"
    if quantity.is_held:
        return f"{name}: {text}"
    return f"{name} {text}" if quantity.is_bounded else f"{name}: no value"


def symbol(quantity: Quantity, *, ascii_only: bool = False) -> str:
    """Return the symbol that was declared for a quantity, such as ``T₁``; its name where there is none."""
    if not quantity.symbol:
        return quantity.name
    return in_ascii(quantity.symbol) or quantity.name if ascii_only else quantity.symbol


def unit_text(unit: str, *, ascii_only: bool = False) -> str:
    """Return a unit as print has it, ``µs`` for ``us``; the other way round for a stream of ASCII."""
    table = _TYPED if ascii_only else _PRINTED
    return "".join(table.get(part, part) for part in re.split(r"([/*])", unit))


def in_ascii(text: str) -> str:
    """Return a symbol in ASCII: ``T1`` for ``T₁``, ``epsilon`` for ``ε``; what ASCII has no words for is left out."""
    plain = "".join(_GREEK.get(letter, letter) for letter in text.translate(_SUBSCRIPTS))
    return plain.encode("ascii", "ignore").decode()


def place_of(errors: list[float]) -> int:
    """Return the power of ten of the last digit of errors that end at the same place; at least one is > 0."""
    known = [error for error in errors if error > 0]
    return min(_last_digit(max(known)), _first_digit(min(known)))


_UNIT = re.compile(r"(?<= )(?:us|uV|uA|uK|uT|Phi0|µs|μs)\b")


def _first_digit(error: float) -> int:
    return Decimal(repr(float(error))).adjusted()


def _last_digit(error: float) -> int:
    """Return the place at which the rule of the Particle Data Group ends an error."""
    exact = Decimal(repr(float(error)))
    first = exact.adjusted()
    leading = int(exact.scaleb(2 - first, _EXACT).to_integral_value(ROUND_HALF_UP))
    return first - 1 if leading <= _TWO_DIGITS else first


def _concise(value: float, errors: list[float], *, ascii_only: bool) -> str:
    if not any(errors):
        return f"{value:.6g}" + "(0)" * len(errors)
    place = place_of(errors)
    number, *uncertain = (_rounded(each, place) for each in (value, *errors))
    power = max(each.adjusted() for each in (number, *uncertain) if each)
    if _LEAST <= power < _MOST and place <= 0:
        power = 0
    elif _LEAST <= power < _MOST:
        return f"{int(number)}" + "".join(f"({int(error)})" for error in uncertain)
    digits = "".join(f"({int(error.scaleb(-place, _EXACT))})" for error in uncertain)
    mantissa = f"{number.scaleb(-power, _EXACT):.{max(0, power - place)}f}"
    return f"{mantissa}{digits}{_power(power, ascii_only=ascii_only)}"


def _alone(error: float, *, ascii_only: bool) -> str:
    """Return an error > 0 that stands by itself, with the digits that errors have."""
    place = _last_digit(error)
    rounded = _rounded(error, place)
    power = rounded.adjusted()
    power = 0 if _LEAST <= power < _MOST else power
    return f"{rounded.scaleb(-power, _EXACT):.{max(0, power - place)}f}{_power(power, ascii_only=ascii_only)}"


def _power(power: int, *, ascii_only: bool) -> str:
    if power == 0:
        return ""
    return f"e{power:+d}" if ascii_only else f"×10{str(power).translate(_RAISED)}"


def _rounded(number: float, place: int) -> Decimal:
    found = Decimal(repr(float(number))).quantize(Decimal(1).scaleb(place), context=_EXACT)
    return found or abs(found)  # what rounds to zero has no sign
