"""Where points lean, and how a readout that is cut off shows."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments import FitModel
from oqtopus_experiments.testing import drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_curvefit._clipped import clipping
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_rabi import Rabi


def line(x, slope, start):
    return start + slope * x


def guess(x, signal):
    return {"slope": float(np.ptp(signal)), "start": float(signal.min())}


LINE = FitModel(line, guess)


def exact(experiment, signal, shots=1000):
    """Analyze a signal without shot noise, as if so many shots had been taken of each point."""
    dataset = drawn(experiment, signal, shots, np.random.default_rng(0))
    points = evolve(dataset.points, mean=np.broadcast_to(signal, dataset.mean.shape))
    return CurveFit().analyze(experiment, evolve(dataset, points=points))[0]


X = np.linspace(0, 2, 30)
WAVE = 0.5 - 0.47 * np.cos(np.pi * X)
KINDS = {
    "a parameter changed along the sweep": 0.5 - 0.47 * np.exp(-X / 15) * np.cos(np.pi * X),
    "the readout were not linear": WAVE + 0.06 * (2 * WAVE - 1) ** 2 * (1 - WAVE),
    "the signal were cut off near an end": np.clip(WAVE, 0.07, 0.93),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_verdict_names_what_the_departure_looks_like(kind):
    assert f"as if {kind}" in str(exact(Rabi(), KINDS[kind]).verdict)


def test_any_model_is_tested_along_its_own_parameters(toy):
    """A line through a parabola. Chi-square, as large as the degrees of freedom, sees nothing."""
    experiment = toy(model=LINE)
    x = experiment.axis
    analysis = exact(experiment, 0.2 + 0.5 * x + 0.12 * x * (1 - x), shots=2000)
    assert analysis.deviance == pytest.approx(analysis.degrees_of_freedom, rel=0.1)
    assert analysis.verdict.codes == ("poor_fit",)


@pytest.mark.parametrize(
    "axis", [np.linspace(0, 1, 21), np.geomspace(0.001, 1, 21), np.repeat(np.linspace(0, 1, 7), 3)]
)
def test_right_models_are_doubted_as_rarely_as_stated(toy, axis):
    """2 % at most; over 500 data sets 3 standard errors of a binomial above that."""
    experiment = toy(model=LINE, axis=axis, physical_qubits=range(500))
    dataset = synthetic(experiment, {"slope": 0.6, "start": 0.2}, 1000, np.random.default_rng(5))
    doubted = [analysis.verdict.level != "good" for analysis in CurveFit().analyze(experiment, dataset)]
    assert np.mean(doubted) < 0.02 + 3 * np.sqrt(0.02 * 0.98 / 500)


def points(mean, shots=1000, levels=(0.0, 1.0)):
    low, high = levels
    mean = low + (high - low) * np.asarray(mean, dtype=float)
    ends = np.full(len(mean), low), np.full(len(mean), high)
    return Points(mean, np.full(len(mean), 0.01), np.full(len(mean), float(shots)), *ends)


def signs(given, fitted):
    """Signs of a cut-off in the points of one target."""
    return clipping(given.of(np.newaxis), fitted[np.newaxis])[0]


FALL = np.linspace(0.9, 0.1, 17)


@pytest.mark.parametrize("levels", [(0.0, 1.0), (-1.0, 1.0)])
@pytest.mark.parametrize(("side", "mean"), [("largest", np.minimum(FALL, 0.8)), ("smallest", np.maximum(FALL, 0.2))])
def test_values_that_repeat_at_one_end_are_cut_off_there(side, mean, levels):
    low, high = levels
    (reason,) = signs(points(mean, levels=levels), low + (high - low) * FALL)
    assert (reason.code, reason.level) == ("clipped", "suspect")
    assert f"3 points share the {side} value" in reason.message


def test_a_plateau_within_shot_noise_is_cut_off_where_the_model_moves():
    noise = 0.004 * np.array([1, -1, 0.5, -0.5, 1.5] + [0] * 12)
    (reason,) = signs(points(np.minimum(FALL, 0.7) + noise, shots=4000), FALL)
    assert "5 largest points are equal to shot noise" in reason.message


@pytest.mark.parametrize(
    ("mean", "fitted"),
    [
        (FALL, FALL),
        (np.ones(17), FALL),
        (np.concatenate([np.zeros(5), FALL]), np.concatenate([np.zeros(5), FALL])),
    ],
    ids=["a fall", "ones", "zeros"],
)
def test_what_repeats_as_the_model_does_or_at_the_end_of_the_range_is_not_tied(mean, fitted):
    assert not [reason for reason in signs(points(mean), fitted) if "share" in reason.message]


def test_signals_of_many_values_are_not_searched():
    assert not signs(
        evolve(points(np.minimum(FALL, 0.5)), low=np.full(len(FALL), np.nan), high=np.full(len(FALL), np.nan)), FALL
    )
