"""An analyzer sees the outcomes of each target at each point as arrays, however wide they are."""

from __future__ import annotations

import time

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Counts, Dataset, Experiment, Failure, Parity, Sweep


@frozen(kw_only=True)
class Pairs(Experiment):
    name = "pairs"
    num_qubits = 2
    signal = Parity()

    def sweep(self):
        return Sweep(Axis("prepared", ["00", "01", "10"]))

    def circuit(self, prepared):
        raise NotImplementedError

    def references(self):
        return {"again": None}


# Target 0 has the two bits on the right.
BOTH = Counts.from_dict({"0001": 5, "1001": 7, "1100": 2, "0010": 1}, 4)


def dataset(results, targets=((4, 2), (0, 1))):
    return Dataset.from_counts(Pairs(targets=targets), results)


def as_dict(outcomes):
    rows = ("".join("01"[bit] for bit in row[::-1]) for row in outcomes.bits.tolist())
    return dict(zip(rows, outcomes.occurrences.tolist(), strict=True))


def test_each_target_has_its_own_bits_with_equal_outcomes_added_up():
    found = dataset({0: BOTH})

    assert as_dict(found.outcomes(0, 0)) == {"01": 12, "00": 2, "10": 1}
    assert as_dict(found.outcomes(1, 0)) == {"00": 6, "10": 7, "11": 2}
    assert found.outcomes(0, 0).bits.dtype == bool
    assert found.outcomes(0, 0).shots == found.outcomes(1, 0).shots == 15


def test_the_probability_of_an_outcome_counts_the_right_most_character_as_bit_0():
    found = dataset({0: BOTH})

    assert found.outcomes(0, 0).probability("01") == pytest.approx(12 / 15)
    assert found.outcomes(1, 0).probability("11") == pytest.approx(2 / 15)
    assert found.outcomes(1, 0).probability("01") == 0.0


def test_a_reference_circuit_is_asked_for_by_its_name():
    found = dataset({0: BOTH, 3: Counts.from_dict({"1111": 9}, 4)})

    assert as_dict(found.outcomes(1, "again")) == {"11": 9}


def test_a_missing_point_has_no_rows_and_no_probability():
    found = dataset({0: BOTH, 1: Failure("lost")})

    for point in (1, 2, "again"):
        outcomes = found.outcomes(0, point)
        assert (len(outcomes.bits), len(outcomes.occurrences), outcomes.shots) == (0, 0, 0)
        assert np.isnan(outcomes.probability("00"))


@pytest.mark.parametrize(("target", "point"), [(0, 3), (0, -1), (2, 0), (-1, 0), (0, "ground"), (5, "again")])
def test_what_is_not_there_is_an_error(target, point):
    with pytest.raises(KeyError, match="no point"):
        dataset({0: BOTH}).outcomes(target, point)


def test_a_thousand_bits_stay_arrays():
    rng = np.random.default_rng(1)
    rows = rng.random((20, 1000)) < 0.5
    shots = rows[rng.integers(20, size=20_000)]

    @frozen(kw_only=True)
    class Wide(Pairs):
        num_qubits = 500

    targets = (tuple(range(500)), tuple(range(500, 1000)))
    found = Dataset.from_counts(Wide(targets=targets), {0: _last_bits(shots)})
    start = time.perf_counter()
    outcomes = [found.outcomes(target, 0) for target in (0, 1)]
    elapsed = time.perf_counter() - start

    for outcome, half in zip(outcomes, (slice(0, 500), slice(500, 1000)), strict=True):
        assert outcome.bits.shape == (20, 500)
        assert outcome.shots == 20_000
        seen = {row.tobytes() for row in rows[:, half]}
        assert {row.tobytes() for row in outcome.bits} == seen
    assert elapsed < 5  # texts of so many bits, or a table of 2^500, would not end


def _last_bits(shots):
    """Count the shots, each as a row of its own: a backend need not add up what is equal."""
    return Counts(shots, np.ones(len(shots), dtype=np.int64))


def test_a_target_that_reads_nothing_in_common_with_its_neighbour_keeps_every_shot():
    rng = np.random.default_rng(2)
    counts = Counts.from_shots(rng.random((500, 4)) < 0.3)

    found = dataset({0: counts})

    for target in (0, 1):
        marginal = {}
        for key, number in counts.items():
            own = key[2:] if target == 0 else key[:2]
            marginal[own] = marginal.get(own, 0) + number
        assert as_dict(found.outcomes(target, 0)) == marginal
