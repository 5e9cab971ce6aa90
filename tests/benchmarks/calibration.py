"""
Coverage as measured: 1000 seeded data sets for each case. By path (minutes): pytest -s tests/benchmarks/calibration.py

The bounds are those the project promises. At 1000 data sets the 1-sigma coverage is known to 0.015 and the mean pull
to 0.03, so a bound of 0.05 is close to what can be told apart from luck.
"""

import attrs
import numpy as np
import pytest

from oqtopus_experiments.testing import coverage, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1

RUNS, SEED = 1000, 3
DECAY = T1(max_delay=90_000.0, delay_points=30)
DRIVE = Rabi(max_amplitude=3.0, amplitude_points=31)
IMPERFECT = {
    "t1": (DECAY, "t1_time", {"t1_time": 30_000.0, "amplitude": 0.95, "offset": 0.02}),
    "rabi": (DRIVE, "pi_amplitude", {"pi_amplitude": 1.02, "contrast": 0.95, "offset": 0.495}),
}
PERFECT = {
    "t1": (DECAY, "t1_time", {"t1_time": 30_000.0, "amplitude": 1.0, "offset": 0.0}),
    "rabi": (DRIVE, "pi_amplitude", {"pi_amplitude": 1.0, "contrast": 1.0, "offset": 0.5}),
}
BOUNDS = {100: ((0.63, 0.72), 0.2), 1000: ((0.65, 0.715), 0.15), 10_000: ((0.65, 0.715), 0.05)}


def measured(label, experiment, truth, shots):
    found = coverage(experiment, truth, shots, runs=RUNS, seed=SEED)
    print()
    for name, numbers in found.items():
        print(f"{label:18s} {shots:6d} shots  {name:13s} {numbers}")
    return found


@pytest.mark.parametrize("shots", BOUNDS)
@pytest.mark.parametrize("name", IMPERFECT)
def test_error_bars_hold_the_truth_as_often_as_they_say(name, shots):
    experiment, headline, truth = IMPERFECT[name]
    found = measured(f"{name}, imperfect", experiment, truth, shots)[headline]
    (low, high), mean = BOUNDS[shots]
    assert low <= found.within(1) <= high
    assert 0.93 <= found.within(2) <= 0.97
    assert abs(found.mean_pull) <= mean
    assert found.good >= 0.97


@pytest.mark.parametrize("shots", BOUNDS)
@pytest.mark.parametrize("name", PERFECT)
def test_error_bars_hold_where_the_signal_touches_0_and_1(name, shots):
    experiment, headline, truth = PERFECT[name]
    found = measured(f"{name}, perfect", experiment, truth, shots)[headline]
    assert 0.62 <= found.within(1) <= 0.74
    assert np.isfinite(found.pulls).all()
    assert found.largest_pull <= 6
    assert found.good >= 0.97


@pytest.mark.parametrize("name", IMPERFECT)
def test_readout_calibration_keeps_error_bars_honest(name):
    experiment, headline, truth = IMPERFECT[name]
    window = {"max_delay": 30_000.0} if name == "t1" else {"max_amplitude": 1.5}
    narrow = type(experiment)(calibrate_readout=True, **window)
    found = measured(f"{name}, calibrated", narrow, truth, 1000)[headline]
    assert 0.65 <= found.within(1) <= 0.715
    assert 0.93 <= found.within(2) <= 0.97
    assert abs(found.mean_pull) <= 0.15
    assert found.good >= 0.97


def test_profile_intervals_hold_the_truth_as_often_as_they_say():
    """At 50 shots; 300 data sets, bounds of 2.5 standard errors of a binomial."""
    experiment, headline, truth = IMPERFECT["t1"]
    many = attrs.evolve(experiment, targets=[(qubit,) for qubit in range(300)])
    dataset = synthetic(many, truth, 50, np.random.default_rng(SEED))
    found = [analysis[headline] for analysis in CurveFit(intervals=True).analyze(many, dataset)]
    inside = np.mean([quantity.low < truth[headline] < quantity.high for quantity in found])
    print(f"\nt1, profile            50 shots  {headline:13s} 1 sigma {inside:.3f}")
    assert abs(inside - 0.683) < 2.5 * np.sqrt(0.683 * 0.317 / 300)
