"""A T1 that should not be acted on is never called good; whether it is bad or suspect, the reason is named."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_t1 import T1

T = 30_000.0
RUNS = 40
SHOTS = 1000


def analyzed(window, signal, change=None, shots=SHOTS, read=None, runs=RUNS):
    """
    Analyze 40 data sets with this signal of delay / T over a window in T.

    `change` alters the measured points; with `read`, P(1) of the prepared |0> and |1>, the readout is calibrated.
    """
    experiment = T1(physical_qubits=range(runs), max_delay=window * T, calibrate_readout=read is not None)
    x = experiment.sweep().grid()["delay"] / T
    known = [read[name.startswith("excited")] for name in experiment.references()]
    signal = np.broadcast_to(signal(x), x.shape)
    dataset = drawn(experiment, signal, shots, np.random.default_rng(7), references=known)
    return CurveFit().analyze(experiment, altered(dataset, change) if change else dataset)


def altered(dataset: Dataset, change) -> Dataset:
    return evolve(dataset, points=evolve(dataset.points, mean=change(dataset.mean)))


def decay(x):
    return 0.95 * np.exp(-x) + 0.02


def lifetimes(x, ratio):
    """Two lifetimes of this ratio, equal parts."""
    return 0.475 * (np.exp(-x) + np.exp(-ratio * x)) + 0.02


def halves_swapped(mean):
    return np.roll(mean, mean.shape[1] // 2, axis=1)


POOR = {
    "the qubit never leaves the ground state": (3, lambda x: 0.02 + 0 * x, None, "no_signal"),
    "coin flips": (3, lambda x: 0.5 + 0 * x, None, "no_signal"),
    "exactly half and half": (3, lambda x: 0.5 + 0 * x, lambda mean: 0 * mean + 0.5, "no_signal"),
    "clipped above": (3, decay, lambda mean: np.minimum(mean, 0.7), "clipped"),
    "clipped below": (3, decay, lambda mean: np.maximum(mean, 0.2), "clipped"),
    "a readout that saturates": (3, lambda x: np.clip(decay(x), 0.2, 0.8), None, "poor_fit"),
    "a readout that saturates late": (3, lambda x: np.clip(decay(x), 0.1, 0.9), None, "poor_fit"),
    "a readout that saturates late, long": (5, lambda x: np.clip(decay(x), 0.1, 0.9), None, "poor_fit"),
    "a readout that bends": (3, lambda x: 0.5 + 0.4 * np.tanh((decay(x) - 0.5) / 0.4), None, "poor_fit"),
    "a window of 0.1 T1": (0.1, decay, None, "undetermined"),
    "a window of 0.3 T1": (0.3, decay, None, "undetermined"),
    "a window of 40 T1": (40, decay, None, "window_too_long"),
    "halves swapped": (3, decay, halves_swapped, "poor_fit"),
    "a Gaussian decay": (3, lambda x: 0.95 * np.exp(-(x**2)) + 0.02, None, "poor_fit"),
    "a short Gaussian decay": (2, lambda x: 0.95 * np.exp(-(x**2)) + 0.02, None, "poor_fit"),
    "a damped oscillation": (3, lambda x: 0.475 * np.exp(-x) * (1 + np.cos(7 * x)) + 0.02, None, "poor_fit"),
    "a stretched decay": (3, lambda x: 0.95 * np.exp(-np.sqrt(x)) + 0.02, None, "poor_fit"),
    "two lifetimes": (5, lambda x: 0.475 * (np.exp(-x) + np.exp(-6 * x)) + 0.02, None, "poor_fit"),
    "two lifetimes of ratio 4": (2, lambda x: lifetimes(x, 4), None, "poor_fit"),
    "two lifetimes of ratio 4, long": (5, lambda x: lifetimes(x, 4), None, "poor_fit"),
    "a power law over one T1": (1, lambda x: 0.95 / (1 + x) + 0.02, None, "implausible"),
    "a power law over two T1": (2, lambda x: 0.95 / (1 + x) + 0.02, None, "implausible"),
    "a power law over three T1": (3, lambda x: 0.95 / (1 + x) + 0.02, None, "implausible"),
    "a square power law": (3, lambda x: 0.95 / (1 + x) ** 2 + 0.02, None, "poor_fit"),
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


@pytest.mark.parametrize("window", [0.1, 0.3, 0.4])
@pytest.mark.parametrize("shots", [100, 10_000, 1_000_000])
def test_a_window_of_less_than_half_a_t1_is_not_good_at_any_number_of_shots(window, shots):
    assert good(analyzed(window, decay, shots=shots)) == 0


def test_one_wild_point_is_an_outlier():
    def wild(mean):
        changed = mean.copy()
        changed[:, 12] = 0.9
        return changed

    assert all("outlier" in analysis.verdict.codes for analysis in analyzed(3, decay, wild))


def good(analyses):
    return np.mean([analysis.verdict.level == "good" for analysis in analyses])


@pytest.mark.parametrize(
    "change", [lambda mean: np.minimum(mean, 0.7), lambda mean: np.maximum(mean, 0.2)], ids=["above", "below"]
)
def test_values_cut_off_at_a_limit_give_themselves_away_at_a_hundred_shots(change):
    """Equal values do what so few shots leave undecided: one of 40 may pass."""
    assert good(analyzed(3, decay, change, shots=100)) <= 1 / 40


@pytest.mark.parametrize("shots", [10_000, 1_000_000])
@pytest.mark.parametrize("case", ["a readout that saturates late", "two lifetimes of ratio 4", "a square power law"])
def test_more_shots_do_not_make_a_wrong_model_good(case, shots):
    window, signal, _, _ = POOR[case]
    assert good(analyzed(window, signal, shots=shots)) == 0


WRONG = {
    "power law": (lambda x: 0.95 / (1 + x) + 0.02, (0.02, 0.97)),
    "square power law": (lambda x: 0.95 / (1 + x) ** 2 + 0.02, (0.02, 0.97)),
    "two lifetimes": (lambda x: lifetimes(x, 4), (0.02, 0.97)),
    "a readout that saturates": (lambda x: np.clip(decay(x), 0.1, 0.9), (0.1, 0.9)),
}


@pytest.mark.parametrize("law", WRONG)
@pytest.mark.parametrize("window", [1, 2])
def test_with_a_calibrated_readout_a_short_window_is_enough_to_tell_a_wrong_model(law, window):
    signal, read = WRONG[law]
    assert good(analyzed(window, signal, read=read)) == 0


def test_a_poor_readout_is_doubted_until_it_is_calibrated():
    def poor(x):
        return 0.7 * np.exp(-x) + 0.2

    plain = analyzed(3, poor)
    assert good(plain) == 0
    assert all("implausible" in analysis.verdict.codes for analysis in plain)
    assert "calibrate_readout" in str(plain[0].verdict)
    assert good(analyzed(3, poor, read=(0.2, 0.9))) >= 0.95


def ripple(frequency, phase):
    """A systematic of one percent; frequency in half periods per window of three T1."""
    return lambda x: decay(x) + 0.01 * np.sin(np.pi * frequency * x / 3 + phase)


SYSTEMATIC = {
    "comb": lambda x: decay(x) + 0.01 * (-1.0) ** np.arange(len(x)),
    "scatter": lambda x: decay(x) + 0.01 * np.random.default_rng(4).choice([-1, 1], len(x)),
    "loss of contrast": lambda x: decay(x) * (1 - 0.01 * x / 3),
    **{f"ripple {f}, {p}": ripple(f, p) for f in (0.5, 1, 2, 3, 4, 7, 15) for p in (0, 1, 2)},
}


@pytest.mark.parametrize("kind", SYSTEMATIC)
def test_a_deviation_of_one_percent_is_told_by_what_it_does_to_the_number_at_a_million_shots(kind):
    """
    Never bad; good where it moves T1 by less than the shots let it. Slow ripples move it by up to 7 %, at an error of
    0.07 %: value and systematic hold the truth wherever the points show it.
    """
    for analysis in analyzed(3, SYSTEMATIC[kind], shots=1_000_000, runs=10):
        found = analysis["t1_time"]
        assert analysis.verdict.level != "bad"
        if analysis.deviance > 100:
            assert abs(found.value - 30_000) < 2 * np.hypot(found.stderr, found.systematic) + 3 * found.stderr
            assert {"systematic", "poor_fit", "localized"} & set(analysis.verdict.codes)


def test_few_shots_are_not_enough_to_judge_a_fit():
    assert all("few_shots" in a.verdict.codes or a.verdict.level == "bad" for a in analyzed(3, decay, shots=10))
