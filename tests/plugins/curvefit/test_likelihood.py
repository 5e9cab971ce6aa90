"""The residuals are those of the binomial likelihood, and their slopes are derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments_curvefit._likelihood import Points


def both(levels, size):
    low, high = levels or (np.nan, np.nan)
    return np.full(size, low), np.full(size, high)


def binomial(counts, shots, levels=(0.0, 1.0)):
    low, high = levels
    mean = low + (high - low) * np.asarray(counts, dtype=float) / shots
    return Points(mean, np.full(len(mean), 0.1), np.full(len(mean), float(shots)), *both(levels, len(mean)))


def test_half_the_deviance_is_the_log_likelihood_ratio():
    from scipy.stats import binom

    counts, model = np.array([0, 3, 50, 97, 100]), np.array([0.02, 0.05, 0.4, 0.93, 0.999])
    expected = 2 * (binom.logpmf(counts, 100, counts / 100) - binom.logpmf(counts, 100, model)).sum()
    assert binomial(counts, 100).deviance(model) == pytest.approx(expected, rel=1e-10)


def test_parity_has_the_likelihood_of_the_fraction_it_stands_for():
    counts, model = np.array([0, 30, 100]), np.array([0.02, 0.4, 0.9])
    parity = binomial(counts, 100, (-1.0, 1.0))
    assert parity.residuals(2 * model - 1) == pytest.approx(binomial(counts, 100).residuals(model))
    assert parity.variance(2 * model - 1) == pytest.approx(4 * binomial(counts, 100).variance(model))


@pytest.mark.parametrize("levels", [(0.0, 1.0), (-1.0, 1.0), None])
def test_slopes_are_the_derivatives_of_the_residuals(levels):
    counts = np.array([0, 1, 40, 41, 60, 99, 100, 100])
    points = binomial(counts, 100, levels or (0.0, 1.0))
    points = Points(points.mean, points.stderr, points.shots, *both(levels, len(points)))
    low, high = levels or (0.0, 1.0)
    model = low + (high - low) * np.array([0.01, 0.05, 0.4, 0.4 + 1e-9, 0.61, 0.9, 0.97, 1.01])
    step = 1e-5
    (above, _), (below, _), (_, slopes) = (points.for_search(one) for one in (model + step, model - step, model))
    assert slopes == pytest.approx((above - below) / (2 * step), rel=1e-3)
    numeric = (points.residuals(model + step) - points.residuals(model - step)) / (2 * step)
    assert points.residual_derivatives(model) == pytest.approx(numeric, rel=1e-3)


@pytest.mark.parametrize("levels", [(0.0, 1.0), (-1.0, 1.0)])
def test_what_a_search_lowers_is_the_deviance_and_a_constant(levels):
    points, alike = binomial([0, 0, 3, 50, 97, 100, 100], 100, levels), np.array([1, 1, 0, 0, 0, 1, 1])
    model = levels[0] + (levels[1] - levels[0]) * np.array([0.001, 0.2, 0.01, 0.4, 0.93, 0.9, 0.999])
    residuals, _ = points.for_search(model)
    assert residuals**2 == pytest.approx(points.residuals(model) ** 2 + 0.01 * alike)
    assert (np.sign(residuals) == [-1, -1, 1, 1, 1, 1, 1]).all()
    assert (np.sign(points.residuals(model)) == np.sign(points.mean - model)).all()


def test_residuals_of_other_points_are_in_standard_errors():
    mean, stderr, unknown = np.array([1.0, -3.0]), np.array([0.5, 2.0]), np.full(2, np.nan)
    points = Points(mean, stderr, np.full(2, 100.0), unknown, unknown)
    assert points.residuals(np.array([0.0, 1.0])) == pytest.approx([2.0, -2.0])
    assert points.for_search(np.array([0.0, 1.0]))[0] == pytest.approx([2.0, -2.0])


@pytest.mark.parametrize(("count", "edge", "inward"), [(0, 0.0, 1.0), (100, 1.0, -1.0)])
def test_a_search_meets_no_corner_at_the_edge_of_what_a_probability_can_be(count, edge, inward):
    """The likelihood has one where shots are all alike; round it a way leads a hundredth of a shot outside."""
    points = binomial([count] * 4, 100)
    residuals, slopes = points.for_search(edge + inward * np.array([1e-9, 0.0, -1e-9, -0.01 / 100]))
    assert slopes[:3] == pytest.approx(slopes[1], rel=1e-4)
    assert residuals[:3] == pytest.approx(residuals[1], rel=1e-4)
    assert residuals[3] == pytest.approx(0.0, abs=1e-9)


def test_a_model_that_leaves_0_to_1_pays_for_every_step():
    points = binomial([0, 0, 0, 0], 1000)
    costs = np.abs(points.residuals(np.array([1e-4, -1e-3, -1e-2, -1.0])))
    assert (np.diff(costs) > 0).all()


def test_residuals_are_numbers_whatever_the_model_gives():
    points = binomial([0, 50, 100], 100)
    for value in (np.nan, np.inf, -np.inf, 1e300):
        assert np.isfinite(points.residual_derivatives(np.full(3, value))).all()
        assert np.isfinite(points.residuals(np.full(3, value))).all()
        assert all(np.isfinite(found).all() for found in points.for_search(np.full(3, value)))


def test_the_variance_is_never_zero():
    assert (binomial([0, 10], 10).variance(np.array([0.0, 1.0])) > 0).all()


def test_a_model_without_a_number_costs_more_than_any_that_has_one():
    points = binomial([0, 50, 100], 100)
    assert points.deviance(np.full(3, np.nan)) > points.deviance(np.array([1 - 1e-9, 1e-9, 1e-9]))
