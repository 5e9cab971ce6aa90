"""The curve of a twin is exact: what its shots scatter around, and drawn only where a simulator has it."""

import numpy as np
import pytest

from oqtopus_experiments import Backend
from oqtopus_experiments.backends import LocalBackend, NoisyBackend
from oqtopus_experiments.execution._exact_twin import MOST, exact_signal
from oqtopus_experiments.execution._submission import submit
from oqtopus_experiments.experiments import T1, Ramsey


@pytest.mark.parametrize(
    "experiment",
    [T1(physical_qubits=[0, 2], delay_points=8), Ramsey(physical_qubits=[1], delay_points=10)],
    ids=["t1", "ramsey"],
)
def test_shots_scatter_around_the_exact_signal_of_every_target(experiment):
    noisy = LocalBackend("noisy", t1=20_000.0, t2=15_000.0, seed=3, qubits={2: {"t1": 60_000.0}})

    exact = exact_signal(experiment, noisy)

    drawn = submit(experiment, noisy, 4000, name="drawn", runs=False).result().dataset
    pulls = (drawn.mean - exact) / drawn.stderr
    assert exact.shape == drawn.mean.shape
    assert np.abs(pulls).max() < 4.5
    assert 0.6 < pulls.std() < 1.5


def test_a_backend_that_only_draws_shots_has_no_exact_curve():
    class OnlyShots(NoisyBackend):
        exact_probabilities = Backend.exact_probabilities

    assert exact_signal(T1(), LocalBackend("noisy")) is not None
    assert exact_signal(T1(), OnlyShots()) is None


def test_a_mitigated_signal_has_no_exact_curve():
    assert exact_signal(T1(mitigation="readout"), LocalBackend("noisy")) is None


def test_of_very_many_circuits_the_shots_must_do():
    many = T1(physical_qubits=range(60), delay_points=30)

    assert many.sweep().size * 60 > MOST
    assert exact_signal(many, LocalBackend("noisy")) is None
