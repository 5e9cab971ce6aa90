"""What is mitigated comes out at the truth, with an error bar that covers it: shots and calibration together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from oqtopus_experiments import CalibrationError, Counts, Dataset, Expectation, Parity, Probability, Signal
from oqtopus_experiments.contracts.mitigation import mitigated
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_readout import Assignment, Readout, ReadoutMitigation
from oqtopus_experiments_t1 import T1

E0, E1 = np.array([0.03, 0.07]), np.array([0.12, 0.05])
ONE = [np.array([[1 - low, high], [low, 1 - high]]) for low, high in zip(E0, E1, strict=True)]
PRODUCT = np.kron(ONE[1], ONE[0])
BELL = np.array([0.47, 0.02, 0.02, 0.49])


def calibration(targets, matrix, shots, rng):
    """Return the analyses of a readout of qubits 0 and 1 whose joint matrix is known; one repetition of each state."""
    experiment = Readout(group=len(targets[0]), targets=targets, repetitions=4)
    counts = {}
    for index, point in enumerate(experiment.sweep().points()):
        bits = {}
        for target in targets:
            state = experiment.prepared(target=target, **point)
            bits |= {qubit: int(bit) for qubit, bit in zip(target, reversed(state), strict=True)}
        read = rng.choice(4, size=shots, p=matrix[:, bits[0] + 2 * bits[1]])
        order = [qubit for target in targets for qubit in target]
        counts[index] = Counts.from_shots(np.stack([(read >> qubit) & 1 == 1 for qubit in order], axis=1))
    return Assignment().analyze(experiment, Dataset.from_counts(experiment, counts))


def drawn(probabilities, matrix, shots, rng):
    outcomes = rng.choice(4, size=shots, p=matrix @ probabilities)
    return Counts.from_shots((outcomes[:, None] >> np.arange(2)) & 1 == 1)


def estimate(counts, analyses, signal, target=(0, 1)):
    """Return the mitigated mean of a signal and its variance."""
    experiment = Readout(group=2, targets=[target], repetitions=1)
    raw = Dataset.from_counts(experiment, {0: counts})
    data = mitigated(experiment, raw, [ReadoutMitigation().correction(target, analyses)])
    mean, covariance = data.expectations(0, 0, [signal])
    return mean[0], covariance[0, 0]


@pytest.mark.parametrize(("signal", "truth"), [(Parity(), 0.92), (Probability("11"), 0.49), (Probability("01"), 0.02)])
@pytest.mark.parametrize("calibrating", [100, 3000])
def test_error_bars_cover_the_truth_whether_shots_or_calibration_make_them(signal, truth, calibrating):
    rng = np.random.default_rng(1)
    pulls = []
    for _ in range(80):
        analyses = calibration([(0,), (1,)], PRODUCT, calibrating // 4, rng)
        mean, variance = estimate(drawn(BELL, PRODUCT, 1000, rng), analyses, signal)
        pulls.append((mean - truth) / np.sqrt(variance))

    assert abs(np.mean(pulls)) < 0.35
    assert 0.8 < np.std(pulls) < 1.25


def test_a_group_undoes_what_comes_together_and_single_matrices_do_not():
    rng = np.random.default_rng(2)
    together = PRODUCT.copy()
    together[:, 0] = [0.85, 0.01, 0.02, 0.12]  # both wrong at once
    counts = drawn(BELL, together, 40_000, rng)

    for targets, fits in (([(0, 1)], True), ([(0,), (1,)], False)):
        mean, variance = estimate(counts, calibration(targets, together, 20_000, rng), Probability("11"))
        assert (abs(mean - 0.49) < 4 * np.sqrt(variance)) == fits


@pytest.mark.parametrize("targets", [[(0, 1)], [(1, 0)], [(0,), (1,)], [(1,), (0,)]])
@pytest.mark.parametrize("target", [(0, 1), (1, 0)])
def test_each_bit_is_undone_by_the_readout_of_its_own_qubit(targets, target):
    rng = np.random.default_rng(3)
    analyses = calibration(targets, PRODUCT, 20_000, rng)
    there = np.array([0.0, 1.0, 0.0, 0.0])  # qubit 0 in 1
    counts = drawn(there, PRODUCT, 20_000, rng)
    if target == (1, 0):
        counts = Counts(counts.bits[:, ::-1], counts.occurrences)

    mean, variance = estimate(counts, analyses, Probability("01" if target == (0, 1) else "10"), target)

    assert abs(mean - 1) < 4 * np.sqrt(variance) < 0.05


def test_a_target_takes_of_a_group_what_it_has_of_it():
    analyses = calibration([(0, 1)], PRODUCT, 20_000, np.random.default_rng(4))
    outcome = np.array([[False], [True]])

    undone = ReadoutMitigation().correction((1,), analyses).signal(Probability("1"))
    low, high = np.linalg.inv(ONE[1]).T @ [0.0, 1.0]

    np.testing.assert_allclose(undone.values(outcome), [low, high], atol=0.01)
    assert undone.two_values == tuple(undone.values(outcome))


class Ones(Signal):
    """How many bits are 1: a signal that is not core's."""

    label = "ones"

    def values(self, bits):
        return bits.sum(axis=1).astype(float)


@pytest.mark.parametrize(
    "signal", [Probability("10"), Parity(), Expectation({"00": 1.0, "11": -2.0}), Ones()], ids=lambda one: one.label
)
def test_every_kind_of_signal_is_undone_exactly(signal):
    analyses = calibration([(0, 1)], PRODUCT, 2000, np.random.default_rng(5))
    matrix = analyses[0].array("assignment_matrix").values
    rows = np.array(list(itertools.product([False, True], repeat=2)))[:, ::-1]

    undone = ReadoutMitigation().correction((0, 1), analyses).signal(signal)

    np.testing.assert_allclose(matrix.T @ undone.values(rows), signal.values(rows), atol=1e-10)


def test_what_a_calibration_is_uncertain_by_is_in_the_amplitude_of_a_fit_and_not_in_its_lifetime():
    experiment = T1(delay_points=8, max_delay=60_000.0)
    points = [*experiment.sweep().grid()["delay"]]
    truth = [*np.exp(-np.array(points) / 25_000), *(0.0 if "ground" in one else 1.0 for one in experiment.references())]
    rng, pulls, times = np.random.default_rng(6), [], []
    for _ in range(24):
        analyses = calibration([(0,), (1,)], PRODUCT, 30, rng)
        ones = [rng.binomial(2000, E0[0] + (1 - E0[0] - E1[0]) * p) for p in truth]
        counts = {i: Counts.from_dict({"0": 2000 - int(k), "1": int(k)}, 1) for i, k in enumerate(ones)}
        correction = ReadoutMitigation().correction((0,), analyses)
        (fit,) = CurveFit().analyze(
            experiment, mitigated(experiment, Dataset.from_counts(experiment, counts), [correction])
        )
        pulls.append((fit["amplitude"].value - 1) / fit["amplitude"].stderr)
        times.append((fit["t1_time"].value - 25_000) / fit["t1_time"].stderr)

    assert 0.6 < np.std(pulls) < 1.5
    assert 0.6 < np.std(times) < 1.5


def test_a_matrix_that_hardly_depends_on_the_state_is_not_inverted():
    nearly = np.kron(ONE[1], [[0.52, 0.49], [0.48, 0.51]])
    analyses = calibration([(0,), (1,)], nearly, 20_000, np.random.default_rng(7))

    with pytest.raises(CalibrationError, match="of 0 cannot be inverted"):
        ReadoutMitigation().correction((0,), analyses)
