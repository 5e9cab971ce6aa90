"""Damage in time and in place: a drift, a jump, a burst, a stale buffer, a wild point; and clean runs that are none."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from oqtopus_experiments.contracts.order import Execution, Order
from oqtopus_experiments.testing import drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1

DECAY = T1(max_delay=90_000.0, calibrate_readout=False)
TRUTH = {"t1_time": 30_000.0, "amplitude": 0.95, "offset": 0.02}
DELAY = DECAY.sweep().grid()["delay"]
CURVE = 0.95 * np.exp(-DELAY / 30_000) + 0.02
SHUFFLED = Order.drawn(DECAY.sweep(), 0, 7)
PLACE = np.array([SHUFFLED.position(circuit) for circuit in range(30)])
"""Of each point in the order of the run."""


def measured(signal, order=SHUFFLED, shots=2000, seed=1, experiment=DECAY):
    """A signal in a run of this order; None where nobody knows it."""
    dataset = drawn(experiment, np.clip(signal, 0, 1), shots, np.random.default_rng(seed))
    return attrs.evolve(dataset, execution=Execution.of(dataset.sweep.size, order))


def analyzed(dataset, experiment=DECAY):
    (analysis,) = CurveFit().analyze(experiment, dataset)
    return analysis


def test_a_readout_that_drifts_along_a_shuffled_run_is_named():
    analysis = analyzed(measured(CURVE - 0.08 * CURVE * PLACE / 29))

    assert "drifting" in analysis.verdict.codes or "as if a parameter changed along the run" in str(analysis.verdict)
    assert analysis.verdict.level != "good"


def test_a_drift_of_the_number_itself_is_told_by_how_far_its_ends_are_from_the_middle():
    """T1 falls from 32 to 28 us: the systematic holds both."""
    t1_time = 32_000 - 4_000 * PLACE / 29
    found = analyzed(measured(0.95 * np.exp(-DELAY / t1_time) + 0.02, shots=10_000))

    assert found.verdict.codes[-1] == "drifting"
    assert found["t1_time"].value == pytest.approx(30_000, rel=0.04)
    assert 1_500 < found["t1_time"].systematic < 3_500


def test_a_drift_in_the_order_of_the_sweep_is_not_told_from_another_law():
    signal = 0.95 * np.exp(-DELAY / np.linspace(36_000, 24_000, 30)) + 0.02
    analysis = analyzed(measured(signal, Order(), shots=20_000))

    assert "drifting" not in analysis.verdict.codes
    assert "or a drift (the run has the order of the sweep)" in str(analysis.verdict)


def test_without_an_order_there_is_no_drift_to_see():
    analysis = analyzed(measured(CURVE - 0.08 * CURVE * PLACE / 29, None))

    assert "drifting" not in analysis.verdict.codes
    assert "along the run" not in str(analysis.verdict)


def test_times_tell_a_drift_where_no_order_is_known():
    dataset = measured(CURVE - 0.08 * CURVE * PLACE / 29, None)
    times = attrs.evolve(dataset.execution, times=1.7e9 + 60.0 * PLACE)

    assert "along the run" in str(analyzed(attrs.evolve(dataset, execution=times)).verdict)


def test_a_stretch_of_the_run_with_another_readout_is_found_and_its_place_told():
    jumped = (PLACE >= 12) & (PLACE < 16)
    analysis = analyzed(measured(CURVE - 0.12 * CURVE * jumped))

    (told,) = [reason for reason in analysis.verdict.reasons if reason.code == "localized"]
    assert "circuits 13 to 16 of 30 in the order of the run" in told.message
    assert "standard errors" in told.message
    assert told.level == "suspect"


def test_a_stretch_of_the_sweep_is_found_where_a_defect_takes_the_excitation():
    analysis = analyzed(measured(CURVE * np.where((np.arange(30) >= 4) & (np.arange(30) < 6), 0.86, 1.0)))

    assert "points 5 to 6 of 30 in the order of the sweep" in str(analysis.verdict)


def test_a_burst_that_scatters_both_ways_is_found_by_its_scatter():
    sign = np.where(PLACE % 2 == 0, 1.0, -1.0)
    hot = (PLACE >= 8) & (PLACE < 16)
    analysis = analyzed(measured(CURVE + 0.1 * sign * hot * np.sqrt(CURVE * (1 - CURVE))))

    assert "scatter by more than their shots" in str(analysis.verdict)


def test_circuits_that_return_the_counts_of_the_one_before_are_found_by_that():
    """In the order of the sweep, where the signal moves little from one to the next and chi-square sees nothing."""
    dataset = measured(CURVE, Order(), shots=1000, seed=3)
    mean = dataset.mean.copy()
    mean[0, 9:13] = mean[0, 9]
    stale = attrs.evolve(dataset, points=attrs.evolve(dataset.points, mean=mean))

    assert "circuits 10 to 13 of 30 in the order of the run have exactly the same counts" in str(
        analyzed(stale).verdict
    )


@pytest.mark.parametrize(("off", "found"), [(0.045, True), (0.02, False)])
def test_a_single_point_far_beyond_its_error_is_an_outlier_whatever_its_size(off, found):
    """At 10000 shots, nine and four standard errors; less than a tenth of the contrast."""
    signal = CURVE.copy()
    signal[8] += off
    dataset = drawn(DECAY, signal, 10_000, np.random.default_rng(0))
    exact = attrs.evolve(dataset, points=attrs.evolve(dataset.points, mean=signal[None, :]))

    assert ("outlier" in analyzed(exact).verdict.codes) == found


def test_where_all_points_are_far_none_is_an_outlier_or_a_stretch():
    """Ten times fewer shots than are said: every point is three errors away."""
    dataset = drawn(DECAY, CURVE, 1000, np.random.default_rng(5))
    claimed = attrs.evolve(dataset, points=attrs.evolve(dataset.points, shots=dataset.points.shots * 20))
    codes = analyzed(attrs.evolve(claimed, execution=Execution.of(30, SHUFFLED))).verdict.codes

    assert "outlier" not in codes
    assert "localized" not in codes


@pytest.mark.parametrize(("points", "shots", "runs"), [(8, 100, 300), (30, 1000, 300), (1000, 100, 60)])
@pytest.mark.parametrize("law", ["t1", "rabi"])
def test_clean_runs_are_good(law, points, shots, runs):
    """98 % at least, less three standard errors of a binomial: all tests of damage together cry wolf no more often."""
    experiment = (
        T1(physical_qubits=range(runs), delay_points=points, max_delay=90_000.0, calibrate_readout=True)
        if law == "t1"
        else Rabi(physical_qubits=range(runs), amplitude_points=points)
    )
    truth = TRUTH if law == "t1" else {"pi_amplitude": 1.02, "contrast": 0.95, "offset": 0.495}
    dataset = synthetic(experiment, truth, shots, np.random.default_rng(11))
    circuits = dataset.sweep.size + len(dataset.reference_names)
    order = Order.drawn(dataset.sweep, len(dataset.reference_names), 3)
    analyses = CurveFit().analyze(experiment, attrs.evolve(dataset, execution=Execution.of(circuits, order)))

    assert np.mean([a.verdict.level == "good" for a in analyses]) >= 0.98 - 3 * np.sqrt(0.02 * 0.98 / runs)
