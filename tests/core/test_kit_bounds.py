"""The bounds of the kit: no more sound backends fail than it says, and none that is far off passes."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Counts
from oqtopus_experiments.testing.backends.bounds import RARE, chance, histogram, spread_chance


def counted(seen, width):
    index = np.flatnonzero(seen)
    return Counts((index[:, None] >> np.arange(width) & 1).astype(bool), np.asarray(seen)[index])


@pytest.mark.parametrize("shots", [10, 300, 4000])
@pytest.mark.parametrize(
    "probabilities",
    [[0.5, 0.5], [0.97, 0.03], [0.4, 0.3, 0.2, 0.1], [0.9, 0.05, 0.03, 0.01, 0.005, 0.003, 0.001, 0.001]],
)
def test_sound_counts_are_called_rare_no_more_often_than_they_are(probabilities, shots):
    rng = np.random.default_rng(1)
    width = len(probabilities).bit_length() - 1
    draws = rng.multinomial(shots, probabilities, size=4000)

    chances = np.array([chance(counted(seen, width), np.array(probabilities)) for seen in draws])

    for level in (0.3, 0.1, 0.01):
        assert (chances < level).mean() <= level


def test_counts_that_are_off_by_a_few_percent_are_found():
    exact = np.array([0.25, 0.25, 0.25, 0.25])

    assert chance(counted([1000, 1000, 1000, 1000], 2), exact) == 1
    assert chance(counted([1200, 1000, 1000, 800], 2), exact) < RARE


def test_an_outcome_that_cannot_be_is_found_in_a_single_shot():
    assert chance(counted([9999, 1], 1), np.array([1.0, 0.0])) == 0
    assert chance(counted([10_000, 0], 1), np.array([1.0, 0.0])) == 1


def test_bit_j_of_an_outcome_is_classical_bit_j():
    assert histogram(Counts.from_dict({"01": 3, "10": 4}, 2)).tolist() == [0, 3, 4, 0]


@pytest.mark.parametrize("freedom", [5, 23])
def test_sound_scatter_is_called_rare_no_more_often_than_it_is(freedom):
    rng = np.random.default_rng(2)
    ones = rng.binomial(400, 0.5, size=(20_000, freedom + 1))
    relative = ones.var(axis=1, ddof=1) / 100

    chances = np.array([spread_chance(value, freedom) for value in relative])

    for level in (0.3, 0.1, 0.01):  # on either side of 1
        assert (chances[relative < 1] < level).sum() <= level * len(ones)
        assert (chances[relative > 1] < level).sum() <= level * len(ones)


def test_no_scatter_and_too_much_of_it_are_found():
    assert spread_chance(0.0, 5) == 0
    assert spread_chance(0.001, 23) < RARE
    assert spread_chance(5.0, 23) < RARE
