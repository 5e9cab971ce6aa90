from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Counts


def test_the_right_most_character_is_classical_bit_0():
    counts = Counts.from_dict({"01": 3, "10": 1}, 2)

    assert counts.bits.tolist() == [[True, False], [False, True]]


def test_keys_are_as_wide_as_the_circuit_has_bits_whatever_was_observed():
    counts = Counts.from_shots(np.zeros((7, 5), dtype=bool))

    assert counts == {"00000": 7}


def test_counts_equal_the_dict_they_came_from():
    given = {"001": 5, "110": 2, "111": 9}

    assert Counts.from_dict(given, 3) == given
    assert Counts.from_dict(given, 3).shots == 16


def test_spaces_between_registers_are_ignored():
    assert Counts.from_dict({"1 01": 4}, 3) == {"101": 4}


def test_outcomes_never_seen_are_left_out():
    assert Counts.from_dict({"0": 0, "1": 4}, 1) == {"1": 4}


@pytest.mark.parametrize(("key", "width"), [("1", 2), ("012", 3), ("0x1", 3), ("", 1)])
def test_a_key_that_is_no_bit_string_of_the_width_is_refused(key, width):
    with pytest.raises(ValueError, match="is not a bit string of"):
        Counts.from_dict({key: 1}, width)


@pytest.mark.parametrize("count", [-1, 1.5, True])
def test_a_count_that_is_no_count_is_refused(count):
    with pytest.raises(ValueError, match="must be an integer >= 0"):
        Counts.from_dict({"0": count}, 1)


def test_shots_of_a_hundred_bits_are_counted_alike():
    rng = np.random.default_rng(5)
    rows = rng.random((4, 100)) < 0.5
    shots = rows[rng.integers(4, size=1000)]

    counts = Counts.from_shots(shots)

    expected: dict[str, int] = {}
    for shot in shots:
        key = "".join("1" if bit else "0" for bit in reversed(shot))
        expected[key] = expected.get(key, 0) + 1
    assert counts == expected


@pytest.mark.parametrize("counts", [
    {"00": 2**63 - 1, "01": 2**63 - 1, "10": 52}, {"0": 2**62, "1": 2**62}, {"0": 2**64 + 50}, {"0": 10**400},
])  # fmt: skip
def test_counts_whose_sum_would_wrap_around_are_refused_rather_than_few(counts):
    padded = {key.rjust(2, "1"): count for key, count in counts.items()}
    with pytest.raises(ValueError, match="cannot be"):
        Counts.from_dict(padded, 2)


def test_no_way_of_making_counts_lets_a_sum_wrap_around():
    bits = np.array([[False], [True], [True]])
    with pytest.raises(ValueError, match="cannot be"):
        Counts(bits, np.array([2**63 - 1, 2**63 - 1, 52]))
    many = np.array([[bool(outcome >> place & 1) for place in range(6)] for outcome in range(64)])
    with pytest.raises(ValueError, match="cannot be"):
        Counts(many, np.array([2**63 - 1, 2**63 - 1, 52] + [0] * 61))


def test_equal_outcomes_of_two_rows_are_one_outcome():
    counts = Counts(np.array([[True], [False], [True]]), np.array([3, 4, 5]))

    assert counts == {"0": 4, "1": 8}
    assert counts.shots == 12


@pytest.mark.parametrize("outcomes", [1, 2, 200])
def test_few_outcomes_and_many_are_held_to_the_same(outcomes):
    bits = np.arange(outcomes)[:, None] >> np.arange(8) & 1 == 1
    occurrences = np.arange(outcomes) + 5

    counted = Counts(bits, occurrences)
    assert counted.shots == occurrences.sum()
    assert isinstance(counted.shots, int)

    occurrences[-1] = -1
    with pytest.raises(ValueError, match="cannot have been seen -1 times"):
        Counts(bits, occurrences)
    occurrences[-1] = 2**62
    with pytest.raises(ValueError, match="number of shots"):
        Counts(bits, occurrences)
