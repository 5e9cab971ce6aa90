"""Rabi: ten times the points cost about ten times as much."""

from __future__ import annotations

import time

import numpy as np
import pytest

from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi

TRUTH = {"pi_amplitude": 1.02, "contrast": 0.95, "offset": 0.495}


def measured(points):
    experiment = Rabi(amplitude_points=points)
    return experiment, synthetic(experiment, TRUTH, 1000, np.random.default_rng(points))


def seconds(experiment, dataset):
    """The least of several: what the analysis costs when nothing else runs."""
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        CurveFit().analyze(experiment, dataset)
        times.append(time.perf_counter() - begin)
    return min(times)


def test_four_thousand_points_cost_less_than_twenty_times_four_hundred():
    few, many = measured(400), measured(4000)
    assert seconds(*many) < 20 * seconds(*few)


def test_the_number_is_as_good_with_many_points():
    experiment, dataset = measured(4000)
    (analysis,) = CurveFit().analyze(experiment, dataset)
    found = analysis["pi_amplitude"]
    assert found.value == pytest.approx(1.02, abs=4 * found.stderr)
    assert analysis.verdict.level == "good"
