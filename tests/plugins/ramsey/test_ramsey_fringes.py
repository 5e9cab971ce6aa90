"""Ramsey: which delays, and which fringes are none."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_ramsey import Ramsey

QUBITS = 8


def levels(experiment, signal, shots=1000, seed=1):
    """Verdicts of data sets whose P(1) is this function of quadrature and delay."""
    grid = experiment.sweep().grid()
    dataset = drawn(experiment, signal(grid["quadrature"], grid["delay"]), shots, np.random.default_rng(seed))
    return [analysis.verdict for analysis in CurveFit().analyze(experiment, dataset)]


def fringe(quadrature, delay, turns_a_second, begins=0.0, time=20_000.0):
    angle = 2 * np.pi * turns_a_second * delay * 1e-9 + begins
    return 0.5 + 0.47 * np.exp(-delay / time) * np.where(quadrature == "x", np.cos(angle), np.sin(angle))


def good(verdicts):
    return np.mean([verdict.level == "good" for verdict in verdicts])


@pytest.mark.parametrize(
    "decay",
    [
        lambda _, delay: 0.05 + 0.9 * np.exp(-delay / 20_000),
        lambda _, delay: 0.95 - 0.9 * np.exp(-delay / 20_000),
        lambda quadrature, delay: 0.5 + np.where(quadrature == "x", 0.45, 0.0) * np.exp(-delay / 20_000),
        lambda quadrature, delay: 0.5 + np.where(quadrature == "x", 0.0, 0.45) * np.exp(-delay / 20_000),
        lambda quadrature, delay: 0.5 - np.where(quadrature == "x", 0.45, 0.0) * np.exp(-delay / 20_000),
    ],
    ids=["both fall", "both rise", "x falls", "y falls", "x rises"],
)
def test_a_decay_without_a_turn_is_no_fringe(decay):
    assert good(levels(Ramsey(physical_qubits=range(QUBITS)), decay)) == 0


def test_a_fringe_of_one_quadrature_alone_is_none():
    """The same cosine in both has no sign."""
    both = levels(Ramsey(physical_qubits=range(QUBITS)), lambda _, delay: fringe("x", delay, 80_000.0))
    assert good(both) == 0


def test_exchanged_outcomes_and_a_quarter_turn_too_many_are_seen_by_where_the_fringe_begins():
    experiment = Ramsey(physical_qubits=range(QUBITS))
    inverted = levels(experiment, lambda q, delay: fringe(q, delay, 80_000.0, np.pi))
    assert {"inverted" in verdict.codes and verdict.level for verdict in inverted} == {"bad"}
    quarter = levels(experiment, lambda q, delay: fringe(q, delay, 80_000.0, np.pi / 2))
    assert all("implausible" in verdict.codes for verdict in quarter)
    exchanged = levels(experiment, lambda q, delay: fringe(np.where(q == "x", "y", "x"), delay, 80_000.0))
    assert good(exchanged) == 0


@pytest.mark.parametrize("window", [5_000.0, 50_000.0])
@pytest.mark.parametrize("detuning", [-1e6, 123e3, 1e6])
def test_no_other_frequency_explains_delays_whose_gaps_grow(detuning, window):
    experiment = Ramsey(physical_qubits=range(QUBITS), delay_points=20, max_delay=window)
    seen = experiment.detuning_frequency - detuning
    grid = experiment.sweep().grid()
    dataset = drawn(
        experiment, fringe(grid["quadrature"], grid["delay"], seen, time=window / 2.5), 500, np.random.default_rng(2)
    )
    found = CurveFit().analyze(experiment, dataset)
    assert np.median([abs(one["frequency"].value - detuning) / one["frequency"].stderr for one in found]) < 1.5
    assert max(abs(one["frequency"].value - detuning) for one in found) < 0.1e9 / window
    assert good([one.verdict for one in found]) >= 0.85


def test_counts_on_equal_gaps_say_that_other_frequencies_explain_them():
    experiment = Ramsey(max_delay=50_000.0)
    delays = np.linspace(0, 50_000, 30)
    counts = {
        (q, float(delay)): {"1": round(1000 * p), "0": 1000 - round(1000 * p)}
        for q in "xy"
        for delay, p in zip(delays, fringe(np.full(30, q), delays, 80_000.0), strict=True)
    }
    (analysis,) = experiment.result_from(counts).analyses()
    assert "undersampled" in analysis.verdict.codes


def test_delays_are_multiples_of_the_clock_with_gaps_that_grow():
    for step in (1.0, 2.0, 16.0, 32.0):
        delays = Ramsey().on_clock(step).sweep().grid()["delay"]
        assert (delays % step == 0).all()
    gaps = np.diff(np.unique(Ramsey(delay_step=0).sweep().grid()["delay"]))
    assert (np.diff(gaps) > 0).all()
    assert gaps[0] == pytest.approx(0.4e9 / 1.08e6)
    few = np.unique(Ramsey(max_delay=1000.0, delay_step=500.0).sweep().grid()["delay"])
    assert few.tolist() == [0, 500, 1000]


def test_the_parameters_of_the_original_are_taken():
    experiment = Ramsey(physical_qubit=0, delay_points=20, max_delay=10_000.0, detuning_frequency=0.0)
    assert experiment.sweep().size == 40
    assert experiment.detuning_frequency == 0
    assert Ramsey(max_delay=10_000.0).detuning_frequency == pytest.approx(400e3)
