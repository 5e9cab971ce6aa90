from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Counts
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


def test_zero_is_a_seed_like_any_other():
    assert generator(0, "x").integers(2**60) == generator(0, "x").integers(2**60)
    assert generator(None, "x").integers(2**60) != generator(None, "x").integers(2**60)


@pytest.mark.parametrize("qubits", [[0], [1], [2], [1, 0], [1, 2], [2, 1, 0]])
def test_any_qubits_of_three_keep_their_probabilities(qubits):
    alone = np.array([0.1, 0.35, 0.8])  # of qubit i to read 1
    probabilities = np.array(
        [np.prod([alone[q] if (i >> q) & 1 else 1 - alone[q] for q in range(3)]) for i in range(8)]
    )

    found = marginal(probabilities, qubits)

    for index, value in enumerate(found):
        expected = np.prod([alone[q] if (index >> j) & 1 else 1 - alone[q] for j, q in enumerate(qubits)])
        assert value == pytest.approx(expected)


def test_in_the_joint_distribution_every_part_keeps_its_own_bits():
    parts = [PartProbabilities((3, 1), ASYMMETRIC), PartProbabilities((0,), np.array([0.3, 0.7]))]

    together = joint(parts, 4)

    for index in range(16):
        own = ASYMMETRIC[(index >> 3) & 1 | ((index >> 1) & 1) << 1] * [0.3, 0.7][index & 1]
        assert together[index] == pytest.approx(0 if index & 0b100 else own)


def test_parts_of_unequal_size_are_drawn_into_their_own_bits():
    parts = [PartProbabilities((4, 2), np.eye(4)[2]), PartProbabilities((0,), np.array([0.0, 1.0]))]

    assert draw(parts, 5, 10, generator(1, "x")) == {"00101": 10}


@pytest.mark.parametrize("bits", [1, 20])
def test_rounding_below_zero_and_beyond_one_is_no_error(bits):
    parts = [PartProbabilities((i,), np.array([-1e-17, 1 + 1e-12])) for i in range(bits)]

    assert draw(parts, bits, 10, generator(1, "x")) == {"1" * bits: 10}


@pytest.mark.parametrize("widths", [(1,) * 14, (2, 1, 3, 1, 2, 2), (11, 1)])
def test_shots_of_many_parts_are_those_that_a_seed_has_always_given(widths):
    rng = np.random.default_rng(5)
    bits = [int(bit) for bit in rng.permutation(sum(widths))]
    parts = [
        PartProbabilities(tuple(bits[sum(widths[:i]) : sum(widths[: i + 1])]), rng.dirichlet(np.ones(2**width)))
        for i, width in enumerate(widths)
    ]

    counts = draw(parts, sum(widths) + 1, 500, generator(3, "x"))

    # As it was first written: numbers are drawn part by part, totals first, then the order of the shots.
    numbers, shots = generator(3, "x"), np.zeros((500, sum(widths) + 1), dtype=bool)
    for part in parts:
        totals = numbers.multinomial(500, part.probabilities / part.probabilities.sum())
        outcomes = numbers.permutation(np.repeat(np.arange(len(totals)), totals))
        shots[:, part.clbits] = (outcomes[:, None] >> np.arange(len(part.clbits))) & 1
    assert counts == Counts.from_shots(shots)
