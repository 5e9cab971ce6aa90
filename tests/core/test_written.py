"""A measured number as people write it: what it says is what was measured, to the digits that its error leaves."""

import math
import re

import pytest
from hypothesis import example, given, strategies as st

from oqtopus_experiments import FitModel, Quantity
from oqtopus_experiments.contracts import units
from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.sound_analyses import problem
from oqtopus_experiments.contracts.verdict import Reason, Verdict
from oqtopus_experiments.reporting._written import (
    equation,
    in_ascii,
    symbol,
    unit_text,
    written,
    written_quantity,
)

NAN = math.nan
CONCISE = re.compile(r"(-?\d+)(?:\.(\d+))?((?:\(\d+\))+)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)|e([+-]\d+))?( .+)?")
APART = re.compile(r" ± ([\d.]+)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))? \(syst\)")
LOWERED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBERS = st.floats(-1e12, 1e12, allow_subnormal=False).filter(lambda x: x == 0 or abs(x) > 1e-30)
ERRORS = st.floats(1e-30, 1e12)


def read(text):
    """Return value, errors and unit of a text in concise notation, as a reader takes it: from the digits alone."""
    apart = APART.search(text)
    whole, decimals, errors, raised, exponent, unit = CONCISE.fullmatch(APART.sub("", text)).groups()
    power = int((raised or "0").translate(LOWERED)) + int(exponent or 0)
    places = len(decimals or "")
    found = [int(digits) for digits in re.findall(r"\((\d+)\)", errors)]
    # Digits and powers are integers until the end: the text is read without rounding it.
    return (
        float(f"{whole}.{decimals or '0'}e{power}"),
        [float(f"{error}e{power - places}") for error in found]
        + ([float(f"{apart[1]}e{(apart[2] or '0').translate(LOWERED)}")] if apart else []),
        (unit or "").strip(),
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ((39_270, 930, "ns"), "39.3(9) µs"),
        ((39_270, 930, "ns", 1600), "39.3(9)(16) µs"),
        ((39_270, 930, "ns", 5), "39.3(9) µs"),  # a systematic under a hundredth of the error says nothing
        ((39_270, 140, "ns", 1400), "39.3(1)(14) µs"),
        ((39_270, 140, "ns", 5000), "39.27(14) ± 5 (syst) µs"),
        ((0.955, 0.005, "", 2.837), "0.955(5) ± 2.8 (syst)"),
        ((39_270, 140, "ns", 250_000), "39.27(14) ± 250 (syst) µs"),
        ((3e-6, 4e-8, "", 2e-5), "3.00(4)×10⁻⁶ ± 2.0×10⁻⁵ (syst)"),
        ((0.5, 0, "", 0.02), "0.500(0)(20)"),
        ((0.9996, 0.000_12), "0.99960(12)"),
        ((1234, 56), "1230(60)"),
        ((1234, 97), "1230(100)"),
        ((0.000_45, 0.000_04), "4.5(4)×10⁻⁴"),
        ((12e6, 4e5), "1.20(4)×10⁷"),
        ((900, 1500, "ns"), "0.9(15) µs"),
        ((-0.5, 0.04, "MHz"), "-500(40) kHz"),
        ((99.96, 0.2, "%"), "99.96(20) %"),
        ((0.5, 0), "0.5(0)"),
        ((-0.0001, 0.04), "0.00(4)"),
        ((NAN, 1.0, "ns"), "-"),
        ((1.0, NAN, "ns"), "-"),
        ((math.inf, 1.0), "-"),
    ],
)
def test_a_number_is_written_as_metrology_writes_it(given, text):
    assert written(*given) == text


@pytest.mark.parametrize(
    ("error", "digits"),
    [(0.100, "(10)"), (0.354, "(35)"), (0.3549, "(4)"), (0.949, "(9)"), (0.950, "(10)"), (0.999, "(10)")],
)
def test_an_error_has_the_digits_of_the_particle_data_group(error, digits):
    assert written(7, error).endswith(digits)


@given(NUMBERS, ERRORS, st.sampled_from(["", "ns", "Hz", "%"]), st.booleans())
@example(9.96, 0.2, "", False)
@example(0.0, 0.0951, "", False)
@example(999_999.6, 0.4, "", False)
@example(999_600.0, 400.0, "", True)
@example(-0.0004, 0.04, "", False)
def test_value_and_error_are_read_back_within_the_rounding(value, stderr, unit, ascii_only):
    number, (error,), shown = read(written(value, stderr, unit, ascii_only=ascii_only))

    factor = units.in_base_units(1.0, shown.replace("µ", "u")) / units.in_base_units(1.0, unit)
    assert error * factor == pytest.approx(stderr, rel=0.15)
    assert abs(number * factor - value) <= 0.15 * stderr + 1e-12 * abs(value)


@given(NUMBERS, ERRORS, st.floats(0.011, 1e4))
def test_a_systematic_is_read_back_beside_the_error(value, stderr, ratio):
    systematic = ratio * stderr

    _, errors, _ = read(written(value, stderr, "", systematic))

    assert len(errors) == 2
    assert errors == pytest.approx([stderr, systematic], rel=0.5)
    assert max(errors) == pytest.approx(max(stderr, systematic), rel=0.15)


@given(NUMBERS, ERRORS, st.floats(0.011, 1e4))
def test_no_error_needs_more_than_three_digits_to_be_read(value, stderr, ratio):
    text = written(value, stderr, "", ratio * stderr)

    assert max(len(digits) for digits in re.findall(r"\(([1-9]\d*?)0*\)", text)) <= 3


@given(NUMBERS, st.floats(0, 1e12), st.sampled_from(["", "ns", "1/us", "Phi0"]))
def test_a_stream_of_ascii_gets_ascii(value, stderr, unit):
    assert written(value, stderr, unit, ascii_only=True).isascii()


def test_a_number_is_written_in_the_unit_that_was_asked_for():
    assert written(39_270, 930, "ns", shown_in="ns") == "39300(900) ns"
    assert written(39_270, 930, "ns", shown_in="us") == "39.3(9) µs"
    assert written(250e3, 10e3, "Hz", shown_in="MHz") == "0.250(10) MHz"


def test_a_bound_stands_where_no_number_does():
    long = Quantity("t1_time", NAN, NAN, "ns", at_least=121_400, symbol="T₁")

    assert written_quantity(long) == "> 121 µs (95 %)"
    assert written_quantity(long, ascii_only=True) == "> 121 us (95 %)"
    assert written_quantity(long, shown_in="ms") == "> 0.121 ms (95 %)"
    assert equation(long) == "T₁ > 121 µs (95 %)"
    assert written_quantity(Quantity("t1_time", NAN, NAN, "ns")) == "-"
    assert equation(Quantity("t1_time", NAN, NAN, "ns")) == "t1_time: no value"


def test_a_quantity_is_called_by_its_symbol_and_else_by_its_name():
    short = Quantity("t1_time", 39_270, 930, "ns", symbol="T₁")

    assert equation(short) == "T₁ = 39.3(9) µs"
    assert equation(short, ascii_only=True) == "T1 = 39.3(9) us"
    assert symbol(Quantity("t1_time", 1.0, 1.0)) == "t1_time"
    assert symbol(Quantity("fidelity", 1.0, 1.0, symbol="量"), ascii_only=True) == "fidelity"


def test_symbols_and_units_have_a_spelling_in_ascii():
    assert in_ascii("T₂*") == "T2*"
    assert in_ascii("ε₀") == "epsilon0"
    assert unit_text("1/us") == "1/µs"
    assert unit_text("1/µs", ascii_only=True) == "1/us"


@pytest.mark.parametrize("wrong", ["T\n1", "more letters than any symbol has", " T", 1, "\x1b[31m"])
def test_a_symbol_that_is_none_is_refused_where_it_is_declared_and_where_it_comes_from_an_analyzer(wrong):
    with pytest.raises(ValueError, match="is not a symbol"):
        FitModel(lambda x, a: a * x, symbols={"a": wrong})

    verdict = Verdict([Reason("fine", "fine", "good")])
    said = problem([Analysis((0,), [Quantity("a", 1.0, 1.0, symbol=wrong)], verdict)], [(0,)], 1)
    assert "is not a symbol" in said


def test_a_quantity_of_a_model_has_its_unit_and_its_symbol():
    model = FitModel(lambda x, a: a * x, units={"a": "ns"}, symbols={"a": "α"})

    found = model.quantity("a", 1.0, 0.5)
    assert (found.name, found.value, found.stderr, found.unit, found.symbol) == ("a", 1.0, 0.5, "ns", "α")
    assert not model.quantity("b").is_known
