"""Every limit of docs/statistics.md from both sides, with signals whose deviation from the model is known exactly."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from scipy.stats import chi2

from oqtopus_experiments import FitModel
from oqtopus_experiments.testing import drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_curvefit._clipped import clipping
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_rabi import Rabi

X = np.linspace(0, 1, 21)
LINE = 0.2 + 0.6 * X
ERROR = np.sqrt(LINE * (1 - LINE))
"""Of one shot."""


def line(x, slope, start):
    return start + slope * x


def guess(x, signal):
    return {"slope": float(np.ptp(signal)), "start": float(signal.min())}


def analyzed(experiment, signal, shots, counted=None):
    """Analyze a signal without shot noise; `counted` replaces the shots behind single points."""
    dataset = drawn(experiment, np.clip(signal, 0, 1), shots, np.random.default_rng(0))
    taken = dataset.points.shots if counted is None else np.asarray([counted])
    points = evolve(dataset.points, mean=np.broadcast_to(signal, dataset.mean.shape), shots=taken)
    return CurveFit().analyze(experiment, evolve(dataset, points=points))[0]


@pytest.fixture
def judged(toy):
    """Analyze a signal over 21 points with a line."""
    return lambda signal, shots, **options: analyzed(toy(model=FitModel(line, guess, **options)), signal, shots)


def comb(size):
    """Up and down from point to point: nothing a parameter, a bend or a limit would make."""
    return size * (-1.0) ** np.arange(21)


def told(analysis):
    return analysis.verdict.codes, analysis.verdict.level


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (0.012, (("systematic",), "good")),
        (0.018, (("poor_fit",), "bad")),
        (0.028, (("poor_fit",), "bad")),
    ],
)
def test_a_systematic_is_good_up_to_one_and_a_half_percent_of_the_contrast(judged, part, expected):
    codes, level = expected
    analysis = judged(LINE + comb(part * 0.6), 1_000_000)

    assert analysis.verdict.level == level
    assert codes[0] in analysis.verdict.codes


@pytest.mark.parametrize(("probability", "level"), [(1e-4, "bad"), (1e-5, "bad"), (1e-2, "good")])
def test_a_misfit_counts_from_a_probability_of_a_thousandth(judged, probability, level):
    """A comb whose chi-square has this probability by chance, and is far larger than a percent."""
    each = np.sqrt(chi2.isf(probability, 19) / 21)
    analysis = judged(LINE + comb(each) * ERROR / np.sqrt(400), 400)

    assert chi2.sf(analysis.deviance, 19) == pytest.approx(probability, rel=0.9)
    assert analysis.verdict.level == level


def test_the_size_of_a_misfit_is_what_the_shots_do_not_explain(judged):
    """At 6000 shots 1.6 standard errors a point are 1.7 % of the contrast, 1.3 % of them beyond shot noise."""
    analysis = judged(LINE + comb(1.6) * ERROR / np.sqrt(6000), 6000)

    assert chi2.sf(analysis.deviance, 19) < 1e-3
    assert told(analysis) == (("fits", "systematic"), "good")


def parabola(judged, deviance, shots):
    """A line with a bow that the fit misses by so much."""
    bow = X * (1 - X) - 1 / 6
    trial = judged(LINE + 0.05 * bow, shots).deviance
    return judged(LINE + 0.05 * np.sqrt(deviance / trial) * bow, shots)


@pytest.mark.parametrize(("deviance", "level"), [(6.6, "good"), (7.3, "good"), (10.0, "suspect"), (15.0, "suspect")])
def test_a_lean_is_doubted_from_two_percent_shared_among_four_kinds(judged, deviance, level):
    """A bow is one direction: 0.5 % of a chi-square of one degree of freedom is 7.9."""
    analysis = parabola(judged, deviance, 2000)

    assert analysis.deviance == pytest.approx(deviance, rel=0.02)
    assert analysis.verdict.level == level


def bowed(part):
    """A line with a bow of this root mean square part of its contrast."""
    bow = X * (1 - X) - (X * (1 - X)).mean()
    return LINE + part * 0.6 * bow / np.sqrt(np.mean(bow**2))


@pytest.mark.parametrize("part", [0.002, 0.006, 0.0125])
def test_a_lean_that_moves_the_headline_beyond_its_error_is_doubted_however_small(judged, part):
    """A misfit under a percent of the contrast is no measure: what it does to the number is."""
    analysis = judged(bowed(part), 1_000_000)

    assert told(analysis) == (("poor_fit",), "suspect")
    assert analysis["slope"].systematic > 5 * analysis["slope"].stderr


def test_a_lean_that_leaves_the_headline_where_it_is_is_told_and_good(toy):
    """A signal and its mean over the sweep: a slope that the model lacks moves no mean."""
    model = FitModel(lambda x, level: level + 0 * x, lambda *_: {"level": 0.5}, flat="")
    analysis = analyzed(toy(model=model), 0.5 + 0.004 * (X - 0.5) + comb(2e-4) * (1 + X), 1_000_000)

    assert told(analysis) == (("fits", "systematic"), "good")
    assert analysis["level"].systematic < 3 * analysis["level"].stderr


def test_of_two_things_to_say_about_one_misfit_the_worse_is_said(judged):
    bow = X * (1 - X) - (X * (1 - X)).mean()

    assert told(judged(LINE + 0.05 * 0.6 * bow / np.sqrt(np.mean(bow**2)), 100_000)) == (("poor_fit",), "bad")


@pytest.mark.parametrize(
    ("off", "shots", "found"),
    [(-0.12, 1000, True), (0.12, 1000, True), (-0.2, 50, False), (0.05, 30_000, True), (0.015, 30_000, False)],
)
def test_an_outlier_is_off_by_five_standard_errors_and_a_tenth_of_the_contrast(judged, off, shots, found):
    signal = LINE.copy()
    signal[10] += off

    assert ("outlier" in judged(signal, shots).verdict.codes) == found


def test_a_signal_that_need_not_move_is_measured_by_how_far_it_could(toy):
    """A ripple of one percent of nothing is one percent of all there is."""
    model = FitModel(lambda x, level: level + 0 * x, lambda *_: {"level": 0.4}, flat="")

    ripple = comb(0.01) * np.linspace(0.9, 1.1, 21)  # no two points alike: that would look like a limit
    assert told(analyzed(toy(model=model), 0.5 + ripple, 1_000_000)) == (("fits", "systematic"), "good")


@pytest.mark.parametrize("end", ["upper", "lower"])
def test_a_limit_at_either_end_is_named(end):
    x = np.linspace(0, 2, 30)
    signal = 0.5 - 0.47 * np.cos(np.pi * x)
    cut = np.minimum(signal, 0.93) if end == "upper" else np.maximum(signal, 0.07)

    assert "cut off near an end" in str(analyzed(Rabi(), cut, 1000).verdict)


@pytest.mark.parametrize(("gain", "known"), [(14.0, False), (26.0, True)])
def test_a_signal_is_one_when_a_constant_is_less_likely_by_a_chance_of_1e_4_shared_among_the_points(
    judged, gain, known
):
    """At 21 points and one more parameter that is a deviance of 20.9."""
    slope = np.sqrt(gain * 0.25 / 1000 / ((X - 0.5) ** 2).sum())
    analysis = judged(0.5 + slope * (X - 0.5), 1000)

    assert analysis["slope"].is_known == known
    assert ("no_signal" in analysis.verdict.codes) != known


def test_a_point_of_two_shots_makes_no_signal_of_a_constant(toy):
    signal, shots = np.full(21, 0.5), np.full(21, 1000)
    signal[20], shots[20] = 1.0, 2

    assert analyzed(toy(model=FitModel(line, guess)), signal, 1000, shots).verdict.codes == ("no_signal",)


@pytest.mark.parametrize(("shots", "few"), [(19, True), (20, False)])
def test_a_fit_is_tested_from_twenty_shots_on(toy, shots, few):
    dataset = synthetic(toy(model=FitModel(line, guess)), {"slope": 0.8, "start": 0.1}, shots, np.random.default_rng(1))
    (analysis,) = CurveFit().analyze(toy(model=FitModel(line, guess)), dataset)

    assert ("few_shots" in analysis.verdict.codes) == few


@pytest.mark.parametrize("bounds", [(0.65, 1.0), (0.0, 0.55)])
def test_either_limit_of_a_range_is_suspect(judged, bounds):
    assert "at_bound" in judged(LINE, 200, bounds={"slope": bounds}).verdict.codes


FALL = np.linspace(0.9, 0.1, 17)
NOISE = 0.004 * np.array([1, -1, 0.5, -0.5, 1.5])


def clipped(mean, fitted, shots=4000):
    mean = np.asarray(mean, dtype=float)
    size = len(mean)
    points = Points(mean, np.full(size, 0.01), np.full(size, float(shots)), np.zeros(size), np.ones(size))
    (found,) = clipping(points.of(np.newaxis), np.asarray(fitted, dtype=float)[np.newaxis])
    return [reason.message for reason in found]


def test_a_plateau_where_the_model_is_flat_too_is_none():
    tail = np.concatenate([FALL, 0.1 + NOISE])

    assert clipped(tail, np.concatenate([FALL, np.full(5, 0.1)])) == []


def test_points_that_follow_a_model_that_moves_are_no_plateau():
    assert clipped(FALL + np.resize(NOISE, 17), FALL) == []


def test_two_equal_extremes_of_which_one_should_be_far_higher_are_cut_off():
    mean, fitted = FALL.copy(), FALL.copy()
    mean[:3], fitted[:3] = [0.8, 0.79, 0.8], [0.95, 0.79, 0.8]

    assert clipped(mean, fitted, 1000) == ["2 points share the largest value: cut off at a limit?"]


def test_two_equal_extremes_that_the_model_expects_are_chance():
    mean, fitted = FALL.copy(), FALL.copy()
    mean[:2] = fitted[:2] = 0.85

    assert clipped(mean, fitted, 100) == []
