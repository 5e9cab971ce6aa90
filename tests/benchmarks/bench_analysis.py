"""
Speed of the analysis alone, beside a floor measured in the same run: pytest -s tests/benchmarks/bench_analysis.py

The floor is a weighted least-squares fit of the same points with numpy and scipy: no likelihood, no verdict.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.optimize import curve_fit

from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_t1 import T1, relaxation

TRUTH = {"t1_time": 25_000.0, "amplitude": 0.95, "offset": 0.02}


def seconds(task, repeats=5):
    """Return the least time of the processor for a warm task: what it costs when nothing else runs."""
    task()
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        task()
        times.append(time.process_time() - begin)
    return min(times)


def measured(qubits):
    experiment = T1(physical_qubits=range(qubits), delay_points=51, max_delay=75_000.0)
    dataset = synthetic(experiment, TRUTH, 1000, np.random.default_rng(1))
    delays = experiment.sweep().grid()["delay"]

    def floor():
        for mean, stderr in zip(dataset.mean, dataset.stderr, strict=True):
            curve_fit(relaxation, delays, mean, [20_000.0, 0.9, 0.05], stderr, absolute_sigma=True)

    return seconds(lambda: CurveFit().analyze(experiment, dataset)), seconds(floor)


def test_the_analysis_grows_linearly_with_the_qubits():
    """The promise is a second for 100 qubits, printed here; a machine's speed is not asserted, the growth is."""
    found = {qubits: measured(qubits) for qubits in (1, 25, 100)}
    for qubits, (ours, floor) in found.items():
        print(f"\nt1, {qubits:3d} qubits: {ours * 1e3:.1f} ms, scipy {floor * 1e3:.1f} ms, ratio {ours / floor:.1f}")
    # An exponent of 1.2 at most, and within 40 times a fit without likelihood, verdict and curve (measured: 15 to 23).
    assert found[100][0] < 4**1.2 * found[25][0]
    assert found[100][0] < 40 * found[100][1]
