"""Starting values need to be near, not right: within what a fit can walk."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from oqtopus_experiments import guesses
from oqtopus_experiments.contracts.trigonometric_sums import sums_over_points, trigonometric_sums


@pytest.mark.parametrize("frequency", [0.3, 0.5, 1.0, 2.7, 6.5, 9.0])
def test_the_frequency_of_an_oscillation_is_found_to_a_quarter_of_a_cycle_over_the_window(frequency):
    x = np.linspace(0, 1, 21)
    y = 0.5 - 0.45 * np.cos(2 * np.pi * frequency * x) + np.random.default_rng(1).normal(0, 0.02, x.size)
    assert abs(guesses.frequencies(x, y)[0] - frequency) < 0.25


def test_points_may_lie_anywhere_in_any_order():
    rng = np.random.default_rng(2)
    x = rng.uniform(3, 5, 60)
    y = np.sin(2 * np.pi * 7.3 * x) + rng.normal(0, 0.3, x.size)
    assert abs(guesses.frequencies(x, y)[0] - 7.3) < 0.1


def test_of_two_oscillations_the_stronger_comes_first():
    x = np.linspace(0, 1, 60)
    y = np.cos(2 * np.pi * 4 * x) + 0.6 * np.cos(2 * np.pi * 11 * x)
    first, second = guesses.frequencies(x, y, best=2)
    assert (round(first), round(second)) == (4, 11)


def test_no_frequency_is_beyond_two_points_per_cycle():
    x = np.linspace(0, 2, 30)
    found = guesses.frequencies(x, np.random.default_rng(3).normal(size=30), best=10)
    assert 0 < min(found) <= max(found) <= 29 / 4


@pytest.mark.parametrize("constant", [0.2, 1.0, 5.0])
def test_the_constant_of_a_decay_is_found_to_a_third(constant):
    x = np.linspace(0, 3, 40)
    y = 0.9 * np.exp(-x / constant) + np.random.default_rng(4).normal(0, 0.01, x.size)
    assert guesses.decay_time(x, y) == pytest.approx(constant, rel=0.33)


def test_without_a_decay_the_constant_is_beyond_the_window():
    x = np.linspace(0, 3, 20)
    assert guesses.decay_time(x, np.ones(20)) == pytest.approx(30)
    assert guesses.decay_time(x, np.linspace(0.1, 1, 20)) == pytest.approx(30)


def test_signals_at_or_below_zero_give_a_finite_constant():
    x = np.linspace(0, 3, 20)
    for y in (np.zeros(20), -np.ones(20), np.eye(20)[3], np.eye(20)[0]):
        assert 0 < guesses.decay_time(x, y) < np.inf


@pytest.mark.parametrize("offset", [-3.0, 0.0, 40.0])
def test_an_offset_changes_no_frequency(offset):
    x = np.random.default_rng(5).uniform(0, 1, 30)
    y = 0.3 * np.cos(2 * np.pi * 4.4 * x)
    assert guesses.frequencies(x, offset + y) == pytest.approx(guesses.frequencies(x, y), rel=1e-9)


def test_few_uneven_points_over_half_a_cycle_give_the_frequency_they_were_made_of():
    """There a sine and a cosine look alike, and only both together explain the points."""
    x = np.array([0.0, 0.02, 0.05, 0.1, 0.3, 0.5, 0.8, 0.9, 1.0])
    for phase in (0.3, 1.2, 2.5):
        assert abs(guesses.frequencies(x, np.cos(2 * np.pi * 0.7 * x + phase))[0] - 0.7) < 0.12


def test_points_where_nothing_is_left_count_little():
    """Half of the window is an end at an eighth of the start: not a decay twice as long."""
    x = np.linspace(0, 8, 40)
    y = np.where(x < 4, np.exp(-x / 2), 0.12)
    assert guesses.decay_time(x, y) == pytest.approx(2, rel=0.4)


def written_out(x, y, best=3):
    """Every trial frequency fitted by itself to a constant, a cosine and a sine; the best local optima."""
    span = np.ptp(x)
    trials = np.linspace(0.2 / span, (len(x) - 1) / (2 * span), 5 * len(x))
    explained = []
    for frequency in trials:
        phase = 2 * np.pi * frequency * (x - x[0])
        cosine, sine = (column - column.mean() for column in (np.cos(phase), np.sin(phase)))
        normal = np.array([[cosine @ cosine, cosine @ sine], [cosine @ sine, sine @ sine]])
        along = np.array([cosine @ y, sine @ y])
        adjugate = np.array([[normal[1, 1], -normal[0, 1]], [-normal[0, 1], normal[0, 0]]])
        determinant = np.linalg.det(normal) + (1e-6 * len(x)) ** 2
        explained.append(along @ adjugate @ along / determinant)
    padded = np.array([-np.inf, *explained, -np.inf])
    maxima = [i for i in range(len(trials)) if padded[i + 1] >= max(padded[i], padded[i + 2])]
    return [trials[i] for i in sorted(maxima, key=lambda i: -explained[i])[:best]]


@pytest.mark.parametrize("spacing", ["equal", "random", "logarithmic", "far from zero", "unsorted", "repeated"])
def test_the_fast_transform_finds_the_frequencies_that_the_sums_written_out_do(spacing):
    rng = np.random.default_rng(6)
    for _ in range(12):
        n = int(rng.integers(4, 120))
        x = {
            "equal": np.linspace(0, 1, n),
            "random": np.sort(rng.uniform(0, 1, n)),
            "logarithmic": np.geomspace(1e-3, 1, n),
            "far from zero": 1e4 + np.linspace(0, 1, n),
            "unsorted": rng.uniform(-1, 1, n),
            "repeated": np.repeat(np.linspace(0, 1, (n + 3) // 2), 2),
        }[spacing] * 10 ** rng.uniform(-3, 5)
        frequency = rng.uniform(0.3, len(x) / 3) / np.ptp(x)
        y = np.cos(2 * np.pi * frequency * x + rng.uniform(0, 6)) + rng.normal(0, 0.2, len(x))
        assert guesses.frequencies(x, y) == pytest.approx(written_out(x, y - y.mean()), rel=1e-9)


@pytest.mark.parametrize("n", [1, 2, 5, 40, 333])
def test_trigonometric_sums_are_right_to_eleven_digits_of_their_terms(n):
    rng = np.random.default_rng(n)
    for count in (1, 2, 7, 5 * n):
        x, weights = rng.uniform(-50, 80, n), rng.normal(size=n)
        lowest, step = rng.uniform(0, 0.1), rng.uniform(1e-4, 0.3)
        frequencies = lowest + step * np.arange(count)
        direct = np.exp(2j * np.pi * frequencies[:, None] * x) @ weights
        found = trigonometric_sums(x, weights, lowest, step, count)
        assert np.abs(found - direct).max() < 1e-11 * np.abs(weights).sum()


def test_ten_thousand_points_take_megabytes():
    """Every frequency against every point would be half a billion numbers, 4 GB an array."""
    x = np.linspace(0, 1, 10_000)
    y = np.cos(2 * np.pi * 431.7 * x)
    tracemalloc.start()
    found = guesses.frequencies(x, y)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert abs(found[0] - 431.7) < 0.1
    assert peak < 100e6


def test_sums_over_points_are_those_of_weight_one_whoever_asked_before():
    x, other = np.linspace(0, 3, 20) ** 2, np.arange(7)

    for points, lowest, step, count in ((x, 0.1, 0.2, 9), (other, 0.1, 0.2, 9), (x, 0.1, 0.3, 9), (x, 0.2, 0.2, 12)):
        expected = trigonometric_sums(np.asarray(points, dtype=float), np.ones(len(points)), lowest, step, count)
        for _ in range(2):
            found = sums_over_points(points, lowest, step, count)
            np.testing.assert_array_equal(found, expected)
            with pytest.raises(ValueError, match="read-only"):
                found[0] = 0
