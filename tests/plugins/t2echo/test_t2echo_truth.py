"""T2 by echoes: what is set is found, what pulses cost is no decay, and what is no decay is not good."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import Ramsey, T2Echo
from oqtopus_experiments.testing import coverage, drawn
from oqtopus_experiments_curvefit import CurveFit

RUNS = 20


def measured(shots=20_000, device=None, **parameters):
    backend = LocalBackend(device="noisy", t1=25_000, t2=20_000, seed=3, **(device or {}))
    (analysis,) = T2Echo(delay_points=10, **parameters).run(backend, shots=shots).analyses()
    return analysis


def pull(analysis, truth=20_000.0):
    return (analysis["t2_time"].value - truth) / analysis["t2_time"].stderr


@pytest.mark.parametrize(
    "parameters", [{}, {"sequence": "cpmg", "num_echoes": 7}, {"sequence": "xy4", "num_echoes": 8}], ids=str
)
def test_t1_25_us_and_t2_20_us_set_20_us_are_found(parameters):
    found = measured(**parameters)
    assert found.verdict.level == "good"
    assert abs(pull(found)) < 4
    assert found["t2_time"].stderr < 200


def test_what_is_lost_during_long_pulses_is_not_taken_for_free_evolution():
    slow = measured(sequence="cpmg", num_echoes=8, device={"single_qubit_gate_time": 500.0})
    quick = measured(sequence="cpmg", num_echoes=8, device={"single_qubit_gate_time": 0.0})
    assert abs(pull(slow)) < 4
    # Four microseconds of pulses and that of the first half pi dephase; during the last the populations relax.
    lost = np.log(quick["amplitude"].value / slow["amplitude"].value)
    error = np.hypot(*(one["amplitude"].stderr / one["amplitude"].value for one in (slow, quick)))
    assert abs(lost - (4.5 / 20 + 0.5 / 25)) < 4 * error
    assert error < 0.02


def test_eight_pulses_five_percent_too_strong_do_not_shift_it():
    found = measured(sequence="cpmg", num_echoes=8, device={"drive_scale": 1.05})
    assert abs(found["t2_time"].value - 20_000) < 600


def test_error_bars_hold_the_truth_as_often_as_they_say():
    """200 data sets: bounds of 3 standard errors of a binomial, and of the mean pull."""
    truth = {"t2_time": 20_000.0, "amplitude": 0.47, "offset": 0.49}
    found = coverage(T2Echo(), truth, 1000, runs=200, seed=2)["t2_time"]
    assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert abs(found.mean_pull) < 3 / np.sqrt(200)
    assert found.good >= 0.95


def analyzed(left, shots=1000, window=60_000.0):
    """Analyze 20 data sets in which this is left of the coherence at delay / 20 us."""
    experiment = T2Echo(physical_qubits=range(RUNS), max_delay=window)
    points = experiment.sweep().grid()
    kept = left(points["delay"] / 20_000.0)
    signal = 0.49 + 0.47 * np.where(points["ending"] == "excited", 1, -1) * kept
    return CurveFit().analyze(experiment, drawn(experiment, signal, shots, np.random.default_rng(7)))


def test_a_qubit_that_keeps_its_phase_gives_a_bound_and_no_number():
    analyses = analyzed(lambda x: 1 + 0 * x)
    assert {found.verdict.level for found in analyses} == {"bad"}
    unknown = [found["t2_time"] for found in analyses if not found["t2_time"].is_known]
    # Chance shows one in twenty a decay of a hundredth of the window, which is bad too.
    assert len(unknown) >= 0.8 * RUNS
    assert min(found.at_least for found in unknown) > 400_000


POOR = {
    "no phase left": (lambda x: 0 * x, "no_signal"),
    "phases turned round": (lambda x: -np.exp(-x), "inverted"),
    "a Gaussian decay": (lambda x: np.exp(-(x**2)), "poor_fit"),
    "a beating": (lambda x: np.exp(-x) * np.cos(4 * x), "poor_fit"),
    "two constants": (lambda x: (np.exp(-x / 2) + np.exp(-5 * x)) / 2, "poor_fit"),
    "a decay that is over at once": (lambda x: np.exp(-40 * x), "window_too_long"),
    "a beginning": (lambda x: np.exp(-x / 40), "window_too_short"),
}


@pytest.mark.parametrize("case", POOR)
def test_it_is_never_good(case):
    left, code = POOR[case]
    analyses = analyzed(left)
    assert {analysis.verdict.level for analysis in analyses} <= {"suspect", "bad"}
    assert np.mean([code in analysis.verdict.codes for analysis in analyses]) > 0.9


@pytest.mark.parametrize("parameters", [{}, {"sequence": "xy4", "num_echoes": 4}], ids=str)
def test_an_echo_undoes_a_frequency_that_is_off_and_another_in_every_shot(parameters):
    """30 kHz off and 40 kHz of spread: without a pulse the phase is gone after 5 us."""
    device = {"detuning": 30_000.0, "detuning_spread": 40_000.0}
    found = measured(device=device, **parameters)
    assert found.verdict.level == "good"
    assert abs(pull(found)) < 4

    backend = LocalBackend(device="noisy", t1=25_000, t2=20_000, seed=3, **device)
    (without,) = Ramsey(max_delay=10_000.0).run(backend, shots=2000).analyses()
    assert without["t2_star_time"].value < 8_000
