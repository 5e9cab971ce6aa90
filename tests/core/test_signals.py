from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Counts, Expectation, Parity, Probability, Signal
from oqtopus_experiments.contracts import estimates as estimating
from oqtopus_experiments.contracts.estimates import estimate, estimates
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.point_signals import PointSignals


def test_probability_counts_one_outcome_in_qiskit_order():
    counts = Counts.from_dict({"01": 30, "10": 50, "11": 20}, 2)

    mean, _ = estimate(counts, Probability("01"), targets=1)

    assert mean == pytest.approx([0.30])


def test_parity_is_plus_one_for_an_even_number_of_ones():
    counts = Counts.from_dict({"000": 10, "011": 20, "111": 70}, 3)

    mean, _ = estimate(counts, Parity(), targets=1)

    assert mean == pytest.approx([0.3 - 0.7])


def test_an_expectation_value_weighs_outcomes():
    counts = Counts.from_dict({"00": 50, "01": 30, "11": 20}, 2)

    mean, stderr = estimate(counts, Expectation({"00": 1.0, "11": -0.5}), targets=1)

    variance = 0.5 * 1 + 0.2 * 0.25 - 0.4**2
    assert mean == pytest.approx([0.4])
    assert stderr[0] == pytest.approx(np.sqrt(variance / 100), rel=0.02)


@pytest.mark.parametrize(
    ("weights", "two_values"),
    [
        ({"000": 1.0, "111": 1.0}, (0.0, 1.0)),
        ({"00": -2, "11": -2}, (-2.0, 0.0)),
        ({"0": 1.0, "1": 3.0}, (1.0, 3.0)),
        ({"00": 1, "11": -1}, None),
        ({"00": 1, "01": 2, "10": 2}, None),
        ({"0": 1.0, "1": 1.0}, None),
        ({}, None),
    ],
)
def test_an_expectation_value_of_two_values_knows_them(weights, two_values):
    assert Expectation(weights).two_values == two_values


def test_a_population_has_the_binomial_error_of_its_outcomes_together():
    counts = Counts.from_dict({"000": 450, "111": 450, "010": 100}, 3)

    mean, stderr = estimate(counts, Expectation({"000": 1.0, "111": 1.0}), targets=1)

    assert mean == pytest.approx([0.9])
    assert stderr == pytest.approx([np.sqrt(0.9 * 0.1 / 1000)], rel=0.01)


def test_the_standard_error_is_binomial():
    counts = Counts.from_dict({"0": 750, "1": 250}, 1)

    _, stderr = estimate(counts, Probability("1"), targets=1)

    assert stderr == pytest.approx([np.sqrt(0.25 * 0.75 / 1000)], rel=1e-3)


@pytest.mark.parametrize(
    "signal",
    [Probability("1"), Parity(), Expectation({"1": 2.0}), Expectation({"0": 1.0, "1": 3.0}), Expectation({})],
    ids=str,
)
def test_where_all_shots_agree_the_error_is_that_of_about_half_a_shot_more(signal):
    """Half the range over the shots, or the square root of two of that: not zero, and no weight like no other's."""
    counts = Counts.from_dict({"0": 100}, 1)
    low, high = signal.two_values or (0.0, 2.0 if signal.weights else 1.0)

    _, stderr = estimate(counts, signal, targets=1)

    assert 0.9 * (high - low) / 200 < stderr[0] < 1.5 * (high - low) / 200


def test_a_signal_over_many_bits_has_its_range_too():
    class Weight(Signal):
        label = "weight"

        def values(self, bits):
            return bits.sum(axis=1).astype(float)

    _, stderr = estimate(Counts.from_dict({"0" * 40: 100}, 40), Weight(), targets=1)

    assert 10 / 100 < stderr[0] < 20 / 100


def test_each_target_reads_its_own_bits():
    counts = Counts.from_dict({"0110": 40, "0100": 60}, 4)

    mean, _ = estimate(counts, Probability("10"), targets=2)

    assert mean == pytest.approx([0.4, 0.0])


def test_bits_that_cannot_be_shared_evenly_are_refused():
    with pytest.raises(ValueError, match="3 classical bits cannot be shared evenly by 2"):
        estimate(Counts.from_dict({"000": 1}, 3), Parity(), targets=2)


def test_a_signal_over_other_bits_than_the_circuit_measures_is_refused():
    with pytest.raises(ValueError, match="reads 2 classical bits"):
        estimate(Counts.from_dict({"000": 1}, 3), Probability("01"), targets=1)


@pytest.mark.parametrize("outcome", ["", "2", "0b1"])
def test_an_outcome_that_is_no_bit_string_is_refused(outcome):
    with pytest.raises(ValueError, match="must be a bit string"):
        Probability(outcome)


def test_a_signal_over_more_bits_than_the_circuit_measures_is_refused():
    with pytest.raises(ValueError, match="reads 2 classical bits per target; the circuit has 1"):
        estimate(Counts.from_dict({"0": 1}, 1), Probability("01"), targets=1)


def test_an_expectation_value_is_one_of_bit_strings():
    with pytest.raises(ValueError, match="must be a bit string"):
        Expectation({"00": 1.0, "up": 2.0})


@pytest.mark.parametrize("together", [1, 10, 10**6])
def test_circuits_read_together_have_the_estimates_that_each_has_alone(monkeypatch, together):
    monkeypatch.setattr(estimating, "TOGETHER", together)
    rng = np.random.default_rng(3)
    both, parity, average = (Probability("10"),), (Parity(), Probability("01")), (Expectation({"00": 0.3, "11": -2.0}),)
    signals = [both, both, parity, both, average, average, both, parity, parity]
    results = {index: Counts.from_shots(rng.random((50 + index, 4)) < 0.4) for index in reversed(range(len(signals)))}
    results[3] = Failure("lost")
    del results[7]

    found = estimates(PointSignals(len(signals), signals), results, 2)

    for index, own in enumerate(signals):
        if index in (3, 7):
            assert np.isnan(found.mean[:, index]).all()
            assert not found.shots[:, index].any()
            continue
        for target in range(2):
            mean, stderr = estimate(results[index], own[target % len(own)], 2)
            assert found.mean[target, index] == pytest.approx(mean[target], rel=1e-14)
            assert found.stderr[target, index] == pytest.approx(stderr[target], rel=1e-14)
            assert found.shots[target, index] == 50 + index
