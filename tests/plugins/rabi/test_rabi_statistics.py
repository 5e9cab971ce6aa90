"""Rabi: numbers to believe."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.testing import coverage, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi, excited, ground, guess, oscillation

TRUTH = {"pi_amplitude": 1.02, "contrast": 0.95, "offset": 0.495}
PERFECT = {"pi_amplitude": 1.0, "contrast": 1.0, "offset": 0.5}


@pytest.mark.parametrize("shots", [100, 1000, 10_000])
@pytest.mark.parametrize("truth", [TRUTH, PERFECT], ids=["imperfect", "perfect"])
def test_error_bars_hold_the_truth_as_often_as_they_say(truth, shots):
    """200 data sets: bounds of 3 standard errors of a binomial (0.099 and 0.044), and of the mean pull (0.21)."""
    found = coverage(Rabi(amplitude_points=31), truth, shots, runs=200, seed=1)["pi_amplitude"]
    assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert abs(found.within(2) - 0.954) < 3 * np.sqrt(0.954 * 0.046 / 200)
    assert abs(found.mean_pull) < 3 / np.sqrt(200)
    assert found.largest_pull < 6
    assert found.good >= 0.97


def test_the_scale_of_the_drive_is_the_inverse_with_the_same_relative_error():
    dataset = synthetic(Rabi(), TRUTH, 1000, np.random.default_rng(2))
    (analysis,) = CurveFit().analyze(Rabi(), dataset)
    scale, amplitude = analysis["drive_scale"], analysis["pi_amplitude"]
    assert scale.value == pytest.approx(1 / amplitude.value)
    assert scale.stderr / scale.value == pytest.approx(amplitude.stderr / amplitude.value, rel=1e-3)
    values = analysis.ufloats()
    product = values["drive_scale"] * values["pi_amplitude"]
    assert product.std_dev < 1e-3 * scale.stderr


def test_references_read_what_the_oscillation_gives_at_amplitudes_0_and_1():
    expected = oscillation(np.array([0.0, 1.0]), **TRUTH)
    assert ground(TRUTH["contrast"], TRUTH["offset"]) == pytest.approx(expected[0])
    assert excited(**TRUTH) == pytest.approx(expected[1])


def test_readout_calibration_pins_the_contrast_of_a_short_window():
    """A third of a period; 28 circuits instead of 30, four of them references, and a smaller error by a third."""
    truth = {"pi_amplitude": 1.3, "contrast": 0.95, "offset": 0.495}
    errors = []
    for experiment in (Rabi(max_amplitude=0.9), Rabi(max_amplitude=0.9, amplitude_points=24, calibrate_readout=True)):
        (analysis,) = CurveFit().analyze(experiment, synthetic(experiment, truth, 1000, np.random.default_rng(3)))
        errors.append(analysis["contrast"].stderr)
    assert errors[1] < 0.67 * errors[0]


@pytest.mark.parametrize("pi_amplitude", [0.15, 0.5, 1.0, 2.5])
def test_one_of_the_guesses_is_near_enough_to_walk(pi_amplitude):
    amplitudes = np.linspace(0, 2, 30)
    signal = oscillation(amplitudes, pi_amplitude, 0.95, 0.5) + np.random.default_rng(4).normal(0, 0.02, 30)
    starts = [1 / (2 * start["pi_amplitude"]) for start in guess(amplitudes, signal)]
    assert min(abs(start - 1 / (2 * pi_amplitude)) for start in starts) < 0.15
