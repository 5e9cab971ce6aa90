"""T1: numbers to believe, and what readout calibration buys."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.testing import coverage, synthetic
from oqtopus_experiments_t1 import T1, ground, guess, relaxation

TRUTH = {"t1_time": 30_000.0, "amplitude": 0.95, "offset": 0.02}
PERFECT = {"t1_time": 30_000.0, "amplitude": 1.0, "offset": 0.0}


@pytest.mark.parametrize("shots", [100, 1000, 10_000])
@pytest.mark.parametrize("truth", [TRUTH, PERFECT], ids=["imperfect", "perfect"])
def test_error_bars_hold_the_truth_as_often_as_they_say(truth, shots):
    """200 data sets: bounds of 3 standard errors of a binomial (0.099 and 0.044), and of the mean pull (0.21)."""
    found = coverage(T1(max_delay=90_000.0), truth, shots, runs=200, seed=1)["t1_time"]
    assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert abs(found.within(2) - 0.954) < 3 * np.sqrt(0.954 * 0.046 / 200)
    # At 100 shots the estimate is skewed by a twentieth of a standard error more.
    assert abs(found.mean_pull) < 3 / np.sqrt(200) + (0.1 if shots == 100 else 0)
    assert found.largest_pull < 6
    assert found.good >= 0.97


def test_readout_calibration_makes_a_window_of_one_t1_enough():
    """At equal total shots the standard error of t1_time falls by more than five times (Fisher information: 7.1)."""
    plain = T1(max_delay=30_000.0, delay_points=30)
    calibrated = T1(max_delay=30_000.0, delay_points=26, calibrate_readout=True)
    assert calibrated.sweep().size + len(calibrated.references()) == plain.sweep().size
    errors = {}
    for experiment in (plain, calibrated):
        found = coverage(experiment, TRUTH, 1000, runs=100, seed=2)["t1_time"]
        errors[experiment.calibrate_readout] = spread(experiment)
        assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 100)
    assert errors[True] < errors[False] / 5
    assert errors[True] < 0.02 * TRUTH["t1_time"]


def spread(experiment: T1) -> float:
    """Median standard error of t1_time over 40 data sets."""
    from attrs import evolve

    from oqtopus_experiments_curvefit import CurveFit

    many = evolve(experiment, targets=[(qubit,) for qubit in range(40)])
    analyses = CurveFit().analyze(many, synthetic(many, TRUTH, 1000, np.random.default_rng(3)))
    return float(np.median([analysis["t1_time"].stderr for analysis in analyses]))


def test_references_are_named_and_modelled_one_for_one():
    experiment = T1(delay_points=40, calibrate_readout=True)
    circuits, models = experiment.references(), experiment.fit_model().references
    assert list(circuits) == list(models) == [f"{state} {i}" for state in ("ground", "excited") for i in range(1, 5)]
    assert [gate.operation.name for gate in circuits["ground 1"]] == ["measure"]
    assert [gate.operation.name for gate in circuits["excited 4"]] == ["x", "measure"]
    assert not T1().references()


def test_the_ground_state_reads_what_the_decay_ends_at():
    assert relaxation(np.array([1e9]), **TRUTH)[0] == pytest.approx(ground(TRUTH["offset"]))


@pytest.mark.parametrize("t1_time", [3_000.0, 30_000.0, 300_000.0])
def test_one_of_the_guesses_is_within_a_factor_of_two(t1_time):
    delays = np.linspace(0, 90_000, 30)
    signal = relaxation(delays, t1_time, 0.95, 0.02) + np.random.default_rng(4).normal(0, 0.01, 30)
    ratios = [start["t1_time"] / t1_time for start in guess(delays, signal)]
    assert any(0.5 < ratio < 2 for ratio in ratios)
