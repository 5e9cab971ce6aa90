"""A T1 that should not be acted on is never called good; whether it is bad or suspect, the reason is named."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments.dataset import Dataset
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_t1 import T1

T = 30_000.0
RUNS = 40
SHOTS = 1000


def analyzed(window, signal, change=None, shots=SHOTS):
    """Analyze 40 data sets with this signal of delay / T over a window in T; `change` alters the measured points."""
    experiment = T1(physical_qubits=range(RUNS), max_delay=window * T)
    x = experiment.sweep().grid()["delay"] / T
    dataset = drawn(experiment, np.broadcast_to(signal(x), x.shape), shots, np.random.default_rng(7))
    return CurveFit().analyze(experiment, altered(dataset, change) if change else dataset)


def altered(dataset: Dataset, change) -> Dataset:
    return evolve(dataset, points=evolve(dataset.points, mean=change(dataset.mean)))


def decay(x):
    return 0.95 * np.exp(-x) + 0.02


def halves_swapped(mean):
    return np.roll(mean, mean.shape[1] // 2, axis=1)


POOR = {
    "the qubit never leaves the ground state": (3, lambda x: 0.02 + 0 * x, None, "no_signal"),
    "coin flips": (3, lambda x: 0.5 + 0 * x, None, "no_signal"),
    "exactly half and half": (3, lambda x: 0.5 + 0 * x, lambda mean: 0 * mean + 0.5, "no_signal"),
    "clipped above": (3, decay, lambda mean: np.minimum(mean, 0.7), "clipped"),
    "clipped below": (3, decay, lambda mean: np.maximum(mean, 0.2), "clipped"),
    "a readout that saturates": (3, lambda x: np.clip(decay(x), 0.2, 0.8), None, "poor_fit"),
    "a window of 0.1 T1": (0.1, decay, None, "undetermined"),
    "a window of 0.3 T1": (0.3, decay, None, "undetermined"),
    "a window of 40 T1": (40, decay, None, "window_too_long"),
    "halves swapped": (3, decay, halves_swapped, "poor_fit"),
    "a Gaussian decay": (3, lambda x: 0.95 * np.exp(-(x**2)) + 0.02, None, "poor_fit"),
    "a short Gaussian decay": (2, lambda x: 0.95 * np.exp(-(x**2)) + 0.02, None, "poor_fit"),
    "a damped oscillation": (3, lambda x: 0.475 * np.exp(-x) * (1 + np.cos(7 * x)) + 0.02, None, "poor_fit"),
    "a stretched decay": (3, lambda x: 0.95 * np.exp(-np.sqrt(x)) + 0.02, None, "poor_fit"),
    "two lifetimes": (5, lambda x: 0.475 * (np.exp(-x) + np.exp(-6 * x)) + 0.02, None, "poor_fit"),
    "a straight line": (3, lambda x: 0.97 - 0.3 * x, None, "undetermined"),
    "a rise": (3, lambda x: 0.97 - decay(x), None, "inverted"),
}


@pytest.mark.parametrize("case", POOR)
def test_it_is_never_good(case):
    window, signal, change, code = POOR[case]
    analyses = analyzed(window, signal, change)
    assert {analysis.verdict.level for analysis in analyses} <= {"suspect", "bad"}
    named = [code in analysis.verdict.codes for analysis in analyses]
    assert np.mean(named) > 0.9


def test_a_window_of_a_tenth_is_never_good_at_any_number_of_shots():
    for shots in (100, 10_000, 1_000_000):
        assert all(a.verdict.level != "good" for a in analyzed(0.1, decay, shots=shots))


def test_one_wild_point_is_an_outlier():
    def wild(mean):
        changed = mean.copy()
        changed[:, 12] = 0.9
        return changed

    assert all("outlier" in analysis.verdict.codes for analysis in analyzed(3, decay, wild))


@pytest.mark.parametrize("kind", ["wave", "drift", "comb"])
def test_a_systematic_of_one_percent_spoils_nothing_at_a_million_shots(kind):
    """The shots see it (chi-square), the verdict says so and stays good."""
    shapes = {
        "wave": lambda x: decay(x) + 0.01 * np.sin(7 * x),
        "drift": lambda x: decay(x) + 0.01 * np.sin(2 * x),
        "comb": lambda x: decay(x) + 0.01 * (-1.0) ** np.arange(len(x)),
    }
    analyses = analyzed(3, shapes[kind], shots=1_000_000)
    assert all(analysis.verdict.level == "good" for analysis in analyses)
    assert all("systematic" in analysis.verdict.codes for analysis in analyses)


def test_few_shots_are_not_enough_to_judge_a_fit():
    assert all("few_shots" in a.verdict.codes or a.verdict.level == "bad" for a in analyzed(3, decay, shots=10))
