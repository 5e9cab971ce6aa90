from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.simulation import PartProbabilities, draw, generator, joint, marginal

ASYMMETRIC = np.array([0.1, 0.2, 0.3, 0.4])


def test_counts_follow_the_probabilities_within_four_sigma():
    part = PartProbabilities((1, 0), ASYMMETRIC)

    counts = draw([part], 3, 100_000, generator(1, "x"))

    for index, probability in enumerate(ASYMMETRIC):
        key = f"0{index & 1}{index >> 1}"  # bit 0 of the index is classical bit 1
        sigma = np.sqrt(probability * (1 - probability) / 100_000)
        assert abs(counts[key] / 100_000 - probability) < 4 * sigma
    assert counts.shots == 100_000


def test_many_parts_drawn_shot_by_shot_keep_their_distributions_and_stay_independent():
    parts = [PartProbabilities((i,), np.array([0.3, 0.7])) for i in range(20)]

    counts = draw(parts, 20, 40_000, generator(2, "x"))

    weights = counts.occurrences / counts.shots
    means = weights @ counts.bits
    both = weights @ (counts.bits[:, 0] & counts.bits[:, 1])
    assert np.abs(means - 0.7).max() < 4.5 * np.sqrt(0.21 / 40_000)
    assert abs(both - 0.49) < 4.5 * np.sqrt(0.49 * 0.51 / 40_000)


def test_one_seed_gives_one_result_and_another_batch_another():
    part = PartProbabilities((0,), np.array([0.5, 0.5]))

    def counts(seed, name):
        return draw([part], 1, 1000, generator(seed, name))

    assert counts(7, "rabi") == counts(7, "rabi")
    assert counts(7, "rabi") != counts(7, "t1")
    assert counts(7, "rabi") != counts(8, "rabi")


def test_bits_nobody_writes_read_zero():
    assert draw([], 4, 10, generator(1, "x")) == {"0000": 10}


def test_a_marginal_keeps_the_order_of_the_qubits_asked_for():
    probabilities = np.arange(1, 9) / 36

    swapped = marginal(probabilities, [2, 0])

    for index in range(4):
        wanted = sum(p for i, p in enumerate(probabilities) if (i >> 2) & 1 == index & 1 and i & 1 == index >> 1)
        assert swapped[index] == pytest.approx(wanted)


def test_a_qubit_read_twice_agrees_with_itself():
    assert marginal(np.array([0.25, 0.75]), [0, 0]) == pytest.approx([0.25, 0, 0, 0.75])


def test_the_joint_distribution_is_the_product_of_the_parts():
    parts = [PartProbabilities((2,), np.array([0.9, 0.1])), PartProbabilities((0,), np.array([0.3, 0.7]))]

    together = joint(parts, 3)

    assert together[0b000] == pytest.approx(0.27)
    assert together[0b101] == pytest.approx(0.07)
    assert together.sum() == pytest.approx(1)
