"""A number that the data do not determine is not given; a bound is, where they have one."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments import FitModel, checks
from oqtopus_experiments.testing import drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_t1 import T1

TRUTH = {"t1_time": 30_000.0, "amplitude": 0.95, "offset": 0.02}


def analyzed(window, runs, shots=1000, references=False, seed=1):
    experiment = T1(physical_qubits=range(runs), max_delay=window * TRUTH["t1_time"], calibrate_readout=references)
    return CurveFit().analyze(experiment, synthetic(experiment, TRUTH, shots, np.random.default_rng(seed)))


def test_an_undetermined_headline_has_no_number_and_its_bound_holds_the_truth():
    """Over a tenth of T1. 95 % of the bounds hold; of 40, all but five at least."""
    found = [a for a in analyzed(0.1, 40, shots=3000) if not a["t1_time"].is_known]
    numbers = [a["t1_time"] for a in found]

    assert len(found) >= 30
    assert all(a.verdict.level == "bad" for a in found)
    assert not any(q.is_known or np.isfinite(q.stderr) or np.isfinite(q.systematic) for q in numbers)
    assert sum(q.at_least > 30_000 for q in numbers) + sum(q.at_most < 30_000 for q in numbers) <= 5
    assert np.isfinite([q.at_least for q in numbers]).mean() > 0.9


def test_what_is_only_known_with_the_headline_has_no_number_either():
    """The amplitude of a slope is any number; where it starts is known, but is not a quantity."""
    for analysis in analyzed(0.1, 10, shots=3000):
        if not analysis["t1_time"].is_known:
            assert not analysis["amplitude"].is_known
            assert np.isnan(analysis.covariance).all()


def test_no_quantity_has_a_value_without_a_finite_error():
    for window in (0.05, 0.1, 0.3, 3.0, 40.0):
        for analysis in analyzed(window, 8, shots=200):
            assert all(np.isfinite(q.stderr) == q.is_known for q in analysis.quantities)


def test_a_number_that_is_determined_has_no_bound():
    (analysis,) = analyzed(3, 1)

    assert analysis["t1_time"].is_known
    assert np.isnan([analysis["t1_time"].at_least, analysis["t1_time"].at_most]).all()


def test_a_signal_that_stays_at_the_excited_reference_bounds_the_decay_from_below():
    """No decay within a thousandth of T1; without references nobody knows where the excited qubit is."""
    calibrated, alone = (analyzed(0.001, 20, references=references) for references in (True, False))

    silent = [a for a in calibrated if a.verdict.codes == ("no_signal",)]
    assert len(silent) >= 15
    assert np.mean([a["t1_time"].at_least > 300 for a in silent]) > 0.8
    assert np.mean([a["t1_time"].at_least < 30_000 for a in silent]) > 0.8
    assert all(np.isnan(a["t1_time"].at_least) for a in alone)


@pytest.mark.parametrize("shots", [200, 5000])
def test_a_bound_of_what_was_never_seen_claims_no_more_than_that_it_was_not(shots):
    """A perfect qubit that never decays: were its T1 the bound, that would have a chance of 5 % at most."""
    experiment = T1(physical_qubit=0, max_delay=100_000.0)
    truth = {"t1_time": 1e15, "amplitude": 1.0, "offset": 0.0}
    (analysis,) = CurveFit().analyze(experiment, synthetic(experiment, truth, shots, np.random.default_rng(1)))
    bound = analysis["t1_time"].at_least

    delays = np.asarray(experiment.sweep().axes[0].values, dtype=float)
    expected_decays = shots * (1 - np.exp(-delays / bound)).sum()
    assert np.exp(-expected_decays) <= 0.05


def test_the_bound_of_a_line_is_where_a_one_sided_test_at_95_percent_puts_it(toy):
    """A slope of 0.002 with an error of 0.0116: bounds at 1.645 errors."""
    model = FitModel(
        lambda x, slope, start: start + slope * x,
        lambda *_: {"slope": 0.01, "start": 0.5},
        flat="",
        checks=(checks.precise("slope"),),
    )
    experiment = toy(model=model)
    dataset = drawn(experiment, np.full(21, 0.5), 1000, np.random.default_rng(1))
    exact = evolve(dataset, points=evolve(dataset.points, mean=(0.5 + 0.002 * (experiment.axis - 0.5))[None, :]))
    (analysis,) = CurveFit().analyze(experiment, exact)
    error = np.sqrt(0.25 / 1000 / ((experiment.axis - 0.5) ** 2).sum())

    assert analysis["slope"].at_least == pytest.approx(0.002 - 1.645 * error, rel=0.03)
    assert analysis["slope"].at_most == pytest.approx(0.002 + 1.645 * error, rel=0.03)
    assert analysis["start"].is_known
