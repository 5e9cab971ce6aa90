"""Starting values need to be near, not right: within what a fit can walk."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import guesses


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
