"""
Speed of the analysis alone, beside a floor measured in the same run. Run by path: pytest -s tests/benchmarks/bench_analysis.py

The floor is a weighted least-squares fit of the same points with numpy and scipy: no likelihood, no verdict.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
from scipy.optimize import curve_fit

from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_t1 import T1, relaxation

TRUTH = {"t1_time": 25_000.0, "amplitude": 0.95, "offset": 0.02}


def seconds(task, repeats=5):
    """Return the median time of a warm task."""
    task()
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        task()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def measured(qubits):
    experiment = T1(physical_qubits=range(qubits), delay_points=51, max_delay=75_000.0)
    dataset = synthetic(experiment, TRUTH, 1000, np.random.default_rng(1))
    delays = experiment.sweep().grid()["delay"]

    def floor():
        for mean, stderr in zip(dataset.mean, dataset.stderr, strict=True):
            curve_fit(relaxation, delays, mean, [20_000.0, 0.9, 0.05], stderr, absolute_sigma=True)

    return seconds(lambda: CurveFit().analyze(experiment, dataset)), seconds(floor)


def test_a_hundred_qubits_cost_under_a_second_and_grow_linearly():
    one, few, many = (measured(qubits) for qubits in (1, 25, 100))
    for qubits, (ours, floor) in zip((1, 25, 100), (one, few, many), strict=True):
        print(
            f"\nt1, {qubits:3d} qubits: {ours * 1e3:6.1f} ms, scipy floor {floor * 1e3:6.1f} ms, ratio {ours / floor:.1f}"
        )
    assert many[0] < 5.0 * few[0]
    assert many[0] < 1.0
