"""Many targets in a few lines: what is counted, what is typical, who is the worst and why."""

from __future__ import annotations

import math

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Quantity, Reason, Verdict
from oqtopus_experiments.reporting._summary_of import summary_of, typical_of


def reason(code, level):
    return Reason(code, f"{code} it is", level)


def one(qubit, *reasons, value=40_000.0, stderr=400.0, unit="ns"):
    found = reasons or (reason("fits", "good"),)
    return Analysis((qubit,), [Quantity("t1_time", value, stderr, unit)], Verdict(found))


def test_every_verdict_is_counted_also_the_one_nobody_has():
    found = summary_of([one(0), one(1, reason("poor_fit", "suspect")), one(2)])

    assert str(found) == "2 good, 1 suspect, 0 bad"
    assert found.counts == {"good": 2, "suspect": 1, "bad": 0}
    assert found.number == 3


def test_only_good_values_with_an_error_make_the_median():
    found = summary_of(
        [
            one(0, value=30_000.0),
            one(1, value=40_000.0),
            one(2, value=50_000.0),
            one(3, reason("no_signal", "bad"), value=1e9),
            one(4, reason("poor_fit", "suspect"), value=1e9),
            one(5, value=1e9, stderr=math.nan),
            one(6, value=1e9, unit="us"),
        ]
    )

    assert found.typical.median == 40_000.0
    assert (found.typical.low, found.typical.high, found.typical.number) == (30_000.0, 50_000.0, 3)


def test_the_spread_of_a_normal_law_is_its_standard_deviation():
    values = np.random.default_rng(20261122).normal(40_000.0, 3_000.0, 4_000)

    found = typical_of("t1_time", [one(i, value=value) for i, value in enumerate(values)])

    assert found.spread == pytest.approx(3_000.0, rel=0.05)


def test_one_outlier_moves_neither_median_nor_spread_far():
    values = [*np.linspace(38_000.0, 42_000.0, 99), 9_000_000.0]

    found = typical_of("t1_time", [one(i, value=value) for i, value in enumerate(values)])

    assert found.median == pytest.approx(40_000.0, rel=0.01)
    assert found.spread == pytest.approx(1_366.0, rel=0.03)


def test_the_worst_are_the_bad_ones_then_those_whose_reason_comes_first_then_by_qubit():
    suspect = reason("poor_fit", "suspect")
    found = summary_of(
        [
            one(0),
            one(9, suspect),
            one(8, reason("few_shots", "suspect")),
            one(7, suspect),
            one(6, reason("undetermined", "bad")),
            one(5, reason("no_signal", "bad")),
            one(4, reason("my_own", "bad")),
        ]
    )

    assert [analysis.target for analysis in found.worst] == [(5,), (6,), (4,), (7,), (9,)]
    assert found.left_out == 1
    assert found.codes[0] == ("poor_fit", 2)


def test_where_nothing_is_good_there_is_no_median_and_where_all_is_good_no_worst():
    assert summary_of([one(0, reason("no_signal", "bad"))]).typical is None
    assert summary_of([one(0)]).worst == ()
    assert summary_of([]).number == 0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([38_000.0, 40_000.0, 42_000.0], "40.0 µs, spread 1.4 µs"),
        ([40_000.0], "40.000 µs"),
        ([0.5, 0.5], "0.500"),
    ],
)
def test_it_is_said_with_its_unit_and_as_many_digits_as_mean_something(values, said):
    unit = "ns" if values[0] > 1 else ""

    assert str(typical_of("t1_time", [one(i, value=v, unit=unit) for i, v in enumerate(values)])) == said
