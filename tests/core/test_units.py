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
        (5.0, float("nan"), "ns", "5 ± ? ns"),
        (12.0, 0.0996, "", "12.00 ± 0.10"),
        (-3.0, 25.0, "", "-3 ± 25"),
    ],
)
def test_a_value_is_shown_with_two_digits_of_its_error(value, stderr, unit, shown):
    assert units.with_error(value, stderr, unit) == shown


def test_an_axis_of_fifty_thousand_nanoseconds_is_shown_in_microseconds():
    factor, unit = units.display_scale(50_000, "ns")

    assert unit == "us"
    assert factor == pytest.approx(1e-3)
