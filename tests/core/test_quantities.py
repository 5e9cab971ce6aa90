"""Numbers with errors, for people who compute with them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Axis, Dataset, Estimates, Quantity, Reason, Sweep, Verdict
from oqtopus_experiments.reporting._table import to_frame

GOOD = Verdict([Reason("fits", "it does", "good")])


def analysis(covariance: np.ndarray | None, *quantities: Quantity) -> Analysis:
    return Analysis((0,), quantities, GOOD, covariance=covariance)


def test_a_quantity_is_a_ufloat_with_its_error():
    pytest.importorskip("uncertainties")
    number = Quantity("t1_time", 25.0, 0.5, "us").ufloat()
    assert (number.nominal_value, number.std_dev, number.tag) == (25.0, 0.5, "t1_time")
    assert math.isnan(Quantity("t1_time", math.nan, math.nan).ufloat().nominal_value)


def test_quantities_of_one_fit_keep_their_correlation():
    pytest.importorskip("uncertainties")
    covariance = np.array([[0.04, -0.03], [-0.03, 0.09]])
    values = analysis(covariance, Quantity("a", 1.0, 0.2), Quantity("b", 2.0, 0.3)).ufloats()
    total = values["a"] + values["b"]
    assert total.nominal_value == pytest.approx(3.0)
    assert total.std_dev**2 == pytest.approx(0.04 + 0.09 - 2 * 0.03)


@pytest.mark.parametrize("covariance", [None, np.full((2, 2), np.nan)])
def test_without_a_covariance_each_quantity_stands_for_itself(covariance):
    pytest.importorskip("uncertainties")
    values = analysis(covariance, Quantity("a", 1.0, 0.2), Quantity("b", math.nan, math.nan)).ufloats()
    assert values["a"].std_dev == 0.2
    assert math.isnan(values["b"].std_dev)


def test_the_table_has_columns_for_intervals_where_there_are_some():
    none = np.zeros((1, 0))
    estimates = Estimates(np.array([[0.5]]), np.array([[0.1]]), np.array([[10]]))
    dataset = Dataset(Sweep(Axis("x", [1.0])), ((0,),), "P(1)", estimates, Estimates(none, none, none.astype(int)))
    made = analysis(None, Quantity("t", 25.0, 0.5, "ns", low=24.6, high=25.7), Quantity("a", 1.0, 0.2))
    frame = to_frame(dataset, [made])
    assert (frame.t_low[0], frame.t_high[0]) == (24.6, 25.7)
    assert frame.attrs["units"] == dict.fromkeys(["t", "t_stderr", "t_low", "t_high"], "ns")
    assert "a_low" not in frame.columns
    assert not Quantity("a", 1.0, 0.2).has_interval


def test_a_verdict_is_as_bad_as_its_worst_reason_wherever_it_stands():
    reasons = {level: Reason(level, "why", level) for level in ("good", "suspect", "bad")}
    assert Verdict([reasons["good"], reasons["bad"], reasons["suspect"]]).level == "bad"
    assert Verdict([reasons["suspect"], reasons["good"]]).level == "suspect"
    assert Verdict([reasons["good"]]).level == "good"


def test_why_names_the_code_of_each_reason_that_is_not_good():
    verdict = Verdict([Reason("fits", "well", "good"), Reason("x", "one", "bad"), Reason("y", "other", "suspect")])

    assert verdict.why == "x: one; y: other"
    assert verdict.doubts == "one; other"
    assert Verdict([Reason("fits", "well", "good")]).why == "fits: well"
    with pytest.raises(ValueError, match="at least one reason"):
        Verdict([])


def test_an_interval_has_two_ends():
    assert not Quantity("t", 1.0, 0.1, low=0.9).has_interval
    assert not Quantity("t", 1.0, 0.1, high=1.1).has_interval
    assert Quantity("t", 1.0, 0.1, low=0.9, high=1.1).has_interval
