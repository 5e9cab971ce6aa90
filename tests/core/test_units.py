from __future__ import annotations

import pytest

from oqtopus_experiments.contracts import units


def test_the_same_time_in_any_unit_is_the_same_number():
    assert units.parse("50 us", "ns") == units.parse("0.05 ms", "ns") == units.parse("50000", "ns") == 50_000.0
    assert units.parse("50us", "ns") == units.parse("50 µs", "ns") == units.parse("5e1 us", "ns") == 50_000.0


@pytest.mark.parametrize("text", ["50 GHz", "50 parsec", "fast", "", "us", "1,5 us"])
def test_a_quantity_of_another_kind_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match='write for example "50 us"'):
        units.parse(text, "ns")


@pytest.mark.parametrize(
    ("value", "stderr", "unit", "shown"),
    [
        (24_930.4, 412.0, "ns", "24.93 ± 0.41 us"),
        (0.99823, 0.00131, "", "0.9982 ± 0.0013"),
        (123_456_789.0, 2_000_000.0, "ns", "123.5 ± 2.0 ms"),
        (float("nan"), float("nan"), "ns", "-"),
        (5.0, float("nan"), "ns", "-"),
        (12.0, 0.0996, "", "12.00 ± 0.10"),
        (-3.0, 25.0, "", "-3 ± 25"),
    ],
)
def test_a_value_is_shown_with_two_digits_of_its_error(value, stderr, unit, shown):
    assert units.with_error(value, stderr, unit) == shown


@pytest.mark.parametrize(
    ("stderr", "systematic", "shown"),
    [
        (900.0, 1600.0, "39.3 ± 0.9 ± 1.6 us"),
        (1600.0, 900.0, "39.3 ± 1.6 ± 0.9 us"),
        (900.0, 120.0, "39.30 ± 0.90 ± 0.12 us"),
        (4.0, 1600.0, "39.300 ± 0.004 ± 1.600 us"),
        (900.0, 9.0, "39.30 ± 0.90 us"),
        (900.0, 0.0, "39.30 ± 0.90 us"),
        (900.0, float("nan"), "39.30 ± 0.90 us"),
        (0.0, 1600.0, "39.3 ± 0.0 ± 1.6 us"),
    ],
)
def test_both_errors_end_at_the_place_that_the_smaller_one_needs(stderr, systematic, shown):
    assert units.with_error(39_300.0, stderr, "ns", systematic) == shown


NAN = float("nan")


@pytest.mark.parametrize(
    ("at_least", "at_most", "unit", "shown"),
    [
        (120_000.0, NAN, "ns", "> 120 us (95 %)"),
        (123_999.0, NAN, "ns", "> 123 us (95 %)"),
        (NAN, 0.98712, "", "< 0.988 (95 %)"),
        (-1.2345, NAN, "", "> -1.24 (95 %)"),
        (20_000.0, 1_234_567.0, "ns", "> 20 and < 1240 us (95 % each)"),
        (0.0, NAN, "", "> 0 (95 %)"),
        (0.3, NAN, "", "> 0.3 (95 %)"),
        (NAN, NAN, "ns", ""),
    ],
)
def test_a_bound_is_never_shown_tighter_than_it_is(at_least, at_most, unit, shown):
    assert units.bounded(at_least, at_most, unit) == shown


def test_an_axis_of_fifty_thousand_nanoseconds_is_shown_in_microseconds():
    factor, unit = units.display_scale(50_000, "ns")

    assert unit == "us"
    assert factor == pytest.approx(1e-3)
