"""A pi amplitude that should not be acted on is never called good."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi

RUNS = 40


def analyzed(window, signal, change=None, shots=1000, runs=RUNS):
    """Analyze 40 data sets with this signal over a window of amplitudes; `change` alters the measured points."""
    experiment = Rabi(physical_qubits=range(runs), max_amplitude=window)
    x = experiment.sweep().grid()["amplitude"]
    dataset = drawn(experiment, np.broadcast_to(signal(x), x.shape), shots, np.random.default_rng(7))
    if change:
        dataset = evolve(dataset, points=evolve(dataset.points, mean=change(dataset.mean)))
    return CurveFit().analyze(experiment, dataset)


def wave(x, pi_amplitude=1.0):
    return np.cos(np.pi * x / pi_amplitude)


def rabi(x):
    return 0.495 - 0.475 * wave(x)


def halves_swapped(mean):
    return np.roll(mean, mean.shape[1] // 2, axis=1)


POOR = {
    "the drive is off": (2, lambda x: 0.02 + 0 * x, None, "no_signal"),
    "coin flips": (2, lambda x: 0.5 + 0 * x, None, "no_signal"),
    "exactly half and half": (2, lambda x: 0.5 + 0 * x, lambda mean: 0 * mean + 0.5, "no_signal"),
    "clipped on both sides": (2, rabi, lambda mean: np.clip(mean, 0.2, 0.8), "clipped"),
    "a readout that saturates": (2, lambda x: np.clip(rabi(x), 0.1, 0.9), None, "poor_fit"),
    "a readout that cuts off above": (1.5, lambda x: np.minimum(rabi(x), 0.9), None, "poor_fit"),
    "a readout that bends": (2, lambda x: 0.5 + 0.4 * np.tanh((rabi(x) - 0.5) / 0.4), None, "poor_fit"),
    "halves of one period swapped": (2, rabi, halves_swapped, "inverted"),
    "halves of one and a half periods swapped": (3, rabi, halves_swapped, "poor_fit"),
    "an eighth of a period": (0.25, rabi, None, "window_too_short"),
    "four tenths of a period": (0.8, rabi, None, "window_too_short"),
    "three periods between two points": (20, rabi, None, "undersampled"),
    "a decaying oscillation": (3, lambda x: 0.495 - 0.475 * np.exp(-x / 3) * wave(x), None, "poor_fit"),
    "a slowly decaying oscillation": (2, lambda x: 0.495 - 0.475 * np.exp(-x / 15) * wave(x), None, "poor_fit"),
    "an inhomogeneous drive": (3, lambda x: 0.495 - 0.475 * np.exp(-((0.16 * x) ** 2) / 2) * wave(x), None, "poor_fit"),
    "two frequencies": (3, lambda x: 0.495 - 0.2375 * (wave(x) + wave(x, 0.8)), None, "poor_fit"),
    "two close frequencies": (3, lambda x: 0.495 - 0.2375 * (wave(x) + wave(x, 0.9)), None, "poor_fit"),
    "a drive that is hardly not linear": (2, lambda x: 0.495 - 0.475 * np.cos(np.pi * x**1.05), None, "poor_fit"),
    "a drive that saturates": (2, lambda x: 0.495 - 0.475 * wave(1.5 * np.tanh(x / 1.5)), None, "poor_fit"),
    "a drive that is not linear": (2, lambda x: 0.495 - 0.475 * np.cos(np.pi * x**1.3), None, "poor_fit"),
    "an exponential decay": (2, lambda x: 0.95 * np.exp(-x) + 0.02, None, "poor_fit"),
}


@pytest.mark.parametrize("case", POOR)
def test_it_is_never_good(case):
    window, signal, change, code = POOR[case]
    analyses = analyzed(window, signal, change)
    assert {analysis.verdict.level for analysis in analyses} <= {"suspect", "bad"}
    named = [code in analysis.verdict.codes for analysis in analyses]
    assert np.mean(named) > 0.9


SYSTEMATIC = {
    "comb": lambda x: rabi(x) + 0.01 * (-1.0) ** np.arange(len(x)),
    "loss of contrast": lambda x: 0.495 - 0.475 * (1 - 0.01 * x / 3) * wave(x),
    **{
        f"ripple {f}, {p}": lambda x, f=f, p=p: rabi(x) + 0.01 * np.sin(np.pi * f * x / 3 + p)
        for f in (0.5, 1, 2, 3, 4, 7, 15)
        for p in (0, 1, 2)
    },
}


@pytest.mark.parametrize("kind", SYSTEMATIC)
def test_a_deviation_of_one_percent_is_told_by_what_it_does_to_the_number_at_a_million_shots(kind):
    """Never bad; good where it moves the pi amplitude by less than the shots let it. Where they see it, they say so."""
    for analysis in analyzed(3, SYSTEMATIC[kind], shots=1_000_000, runs=10):
        found = analysis["pi_amplitude"]
        assert analysis.verdict.level != "bad"
        if analysis.verdict.level == "suspect":
            assert found.systematic > found.stderr
        if analysis.deviance > 100:
            assert {"systematic", "poor_fit", "localized"} & set(analysis.verdict.codes)
