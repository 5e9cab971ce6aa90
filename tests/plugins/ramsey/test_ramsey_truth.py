"""Ramsey on devices whose detuning and dephasing are known."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve
from scipy.optimize import brentq

from oqtopus_experiments.testing import coverage, synthetic
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_ramsey import Ramsey

TRUTH = {"t2_star_time": 20_000.0, "frequency": -7_000.0, "contrast": 0.93, "offset": 0.5, "phase": 0.0}


def t2_star(t2, spread):
    """When exp(-t/T2 - (2 pi spread t)^2 / 2) has fallen to 1/e, ns."""
    return float(brentq(lambda t: t / t2 + (2 * np.pi * spread * t * 1e-9) ** 2 / 2 - 1, 1.0, t2 + 1))


def pull(quantity, truth):
    return abs(quantity.value - truth) / quantity.stderr


def test_the_frequency_is_found_with_its_sign_on_every_qubit_of_its_own():
    detunings = {0: -400_000.0, 1: -30_000.0, 2: 0.0, 3: 25_000.0, 4: 700_000.0}
    device = NoisyBackend(t2=20_000.0, qubits={q: {"detuning": d} for q, d in detunings.items()}, seed=3)
    for analysis, detuning in zip(
        Ramsey(physical_qubits=range(5)).run(device, shots=1000).analyses(), detunings.values(), strict=True
    ):
        assert pull(analysis["frequency"], detuning) < 4
        assert pull(analysis["t2_star_time"], 20_000.0) < 4
        assert analysis["frequency"].stderr < 400
        assert analysis.verdict.level == "good"


@pytest.mark.parametrize("spread", [4_000.0, 25_000.0])
def test_t2_star_is_shorter_than_t2_where_the_frequency_differs_from_shot_to_shot(spread):
    true = t2_star(30_000.0, spread)
    device = NoisyBackend(t1=40_000.0, t2=30_000.0, detuning=20_000.0, detuning_spread=spread, seed=4)
    (found,) = Ramsey(max_delay=2.5 * true).run(device, shots=4000).analyses()
    assert pull(found["t2_star_time"], true) < 4
    # In exp(-(1 - g) u - g u^2) the part that grows with the square.
    assert pull(found["gaussian_part"], (2 * np.pi * spread * true * 1e-9) ** 2 / 2) < 4
    assert found.verdict.level == "good"


@pytest.mark.parametrize("part", [0.0, 1.0])
def test_error_bars_hold_the_truth_at_both_ends_of_the_laws(part):
    """150 data sets: bounds of 3 standard errors of a binomial, and of the mean pull."""
    found = coverage(Ramsey(), {**TRUTH, "gaussian_part": part}, 500, runs=150, seed=5)
    for name in ("t2_star_time", "frequency"):
        assert abs(found[name].within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 150)
        assert abs(found[name].mean_pull) < 3 / np.sqrt(150)
    assert found["t2_star_time"].good >= 0.95


def test_an_envelope_that_is_not_that_of_the_points_is_doubted():
    """A Gaussian is no exponential, nor the other way; the mixture describes both."""
    for part, wrong in ((1.0, "exponential"), (0.0, "gaussian")):
        many = Ramsey(physical_qubits=range(10))
        dataset = synthetic(many, {**TRUTH, "gaussian_part": part}, 2000, np.random.default_rng(6))
        doubted = [a.verdict.level != "good" for a in CurveFit().analyze(evolve(many, envelope=wrong), dataset)]
        assert np.mean(doubted) >= 0.9
        right = [a.verdict.level == "good" for a in CurveFit().analyze(many, dataset)]
        assert np.mean(right) >= 0.9


def test_what_is_known_of_the_envelope_makes_t2_star_better_known_in_a_short_window():
    short = Ramsey(max_delay=20_000.0, envelope="exponential")
    known, unknown = (
        CurveFit().forecast(experiment, truth, 1000)["t2_star_time"].stderr
        for experiment, truth in ((short, TRUTH), (evolve(short, envelope="mixed"), {**TRUTH, "gaussian_part": 0.0}))
    )
    assert known < 0.75 * unknown
