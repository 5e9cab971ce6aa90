"""Error bars are honest: 300 seeded runs of each experiment on the noisy backend."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import T1, Rabi

RUNS = 300


@pytest.mark.parametrize(
    ("experiment", "quantity", "truth"),
    [
        (Rabi(amplitude_points=20, max_amplitude=2.0), "pi_amplitude", 1.0),
        (T1(delay_points=20, max_delay=75_000.0), "t1_time", 25_000.0),
    ],
    ids=["rabi", "t1"],
)
def test_the_one_sigma_interval_holds_the_truth_in_62_to_74_percent_of_300_runs(experiment, quantity, truth):
    """68.3 % are meant; the bounds are 2.2 standard errors of a binomial of 300 runs, and the seeds are fixed."""
    pulls = []
    for seed in range(RUNS):
        row = experiment.run(LocalBackend(device="noisy", seed=seed), shots=500).analyze().iloc[0]
        pulls.append((row[quantity] - truth) / row[f"{quantity}_stderr"])

    inside = float(np.mean(np.abs(pulls) < 1))
    assert 0.62 <= inside <= 0.74
    assert np.abs(pulls).max() < 4.5
