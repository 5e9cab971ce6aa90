"""T1: numbers to believe, and what readout calibration buys."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.testing import coverage, drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_t1 import T1, ground, guess, relaxation

TRUTH = {"t1_time": 30_000.0, "amplitude": 0.95, "offset": 0.02}
PERFECT = {"t1_time": 30_000.0, "amplitude": 1.0, "offset": 0.0}


@pytest.mark.parametrize("shots", [100, 1000, 10_000])
@pytest.mark.parametrize("truth", [TRUTH, PERFECT], ids=["imperfect", "perfect"])
def test_error_bars_hold_the_truth_as_often_as_they_say(truth, shots):
    """200 data sets: bounds of 3 standard errors of a binomial (0.099 and 0.044), and of the mean pull (0.21)."""
    found = coverage(T1(max_delay=90_000.0), truth, shots, runs=200, seed=1)["t1_time"]
    assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert abs(found.within(2) - 0.954) < 3 * np.sqrt(0.954 * 0.046 / 200)
    # At 100 shots the estimate is skewed by a twentieth of a standard error more.
    assert abs(found.mean_pull) < 3 / np.sqrt(200) + (0.1 if shots == 100 else 0)
    assert found.largest_pull < 6
    assert found.good >= 0.97


def test_readout_calibration_makes_a_window_of_one_t1_enough():
    """At equal total shots the standard error of t1_time falls by more than five times (Fisher information: 7.1)."""
    plain = T1(max_delay=30_000.0, delay_points=30, calibrate_readout=False)
    calibrated = T1(max_delay=30_000.0, delay_points=26)
    assert calibrated.sweep().size + len(calibrated.references()) == plain.sweep().size
    errors = {}
    for experiment in (plain, calibrated):
        found = coverage(experiment, TRUTH, 1000, runs=100, seed=2)["t1_time"]
        errors[experiment.calibrate_readout] = spread(experiment)
        assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 100)
    assert errors[True] < errors[False] / 5
    assert errors[True] < 0.02 * TRUTH["t1_time"]


def test_a_window_of_three_t1_takes_a_third_of_the_shots_that_it_takes_without_references():
    """Fisher information: 3.1 times fewer, all circuits counted; the bound is that of a median of 40."""
    plain, calibrated = T1(max_delay=90_000.0, calibrate_readout=False), T1(max_delay=90_000.0)
    circuits = [one.sweep().size + len(one.references()) for one in (plain, calibrated)]
    shots = (spread(plain) / spread(calibrated)) ** 2 * circuits[0] / circuits[1]
    assert shots == pytest.approx(3.1, rel=0.1)


def spread(experiment: T1) -> float:
    """Median standard error of t1_time over 40 data sets."""
    many = evolve(experiment, targets=[(qubit,) for qubit in range(40)])
    analyses = CurveFit().analyze(many, synthetic(many, TRUTH, 1000, np.random.default_rng(3)))
    return float(np.median([analysis["t1_time"].stderr for analysis in analyses]))


def test_references_are_named_and_modelled_one_for_one():
    experiment = T1(delay_points=40)
    circuits, models = experiment.references(), experiment.fit_model().references
    assert list(circuits) == list(models) == [f"{state} {i}" for state in ("ground", "excited") for i in range(1, 5)]
    assert [gate.operation.name for gate in circuits["ground 1"]] == ["delay", "measure"]
    assert [gate.operation.name for gate in circuits["excited 4"]] == ["x", "measure"]
    assert not T1(calibrate_readout=False).references()


@pytest.mark.parametrize("step", [2.0, 7.0])
def test_the_ground_state_is_left_alone_until_the_decay_is_over_by_a_delay_that_the_clock_keeps(step):
    experiment = T1(max_delay=50_000.0, delay_step=step)
    (waited, _) = experiment.references()["ground 2"]
    longest = experiment.sweep().axes[0].values[-1]
    assert waited.operation.duration == 3 * longest
    assert waited.operation.duration % step == 0


@pytest.mark.parametrize("window", [1, 2, 3, 5])
@pytest.mark.parametrize("shots", [1000, 10_000])
def test_a_reset_qubit_that_warms_up_again_biases_nothing(window, shots):
    """
    Reset to |0>, settling at 3 % in |1>: read at once, |0> would make T1 5 to 9 % too long, and none of it would show.

    Median pull of 60 data sets; its standard error is 0.16.
    """
    experiment = T1(physical_qubits=range(60), max_delay=window * 30_000.0)
    settled, t1_time = 0.03, TRUTH["t1_time"]

    def read(time, begin):
        """P(1), read with errors of 0.02 and 0.03, so long after the population of |1> was this."""
        return 0.02 + 0.95 * (settled + (begin - settled) * np.exp(-time / t1_time))

    delays = experiment.sweep().grid()["delay"]
    known = [
        read(sum(gate.operation.duration for gate in circuit if gate.operation.name == "delay"), "excited" in name)
        for name, circuit in experiment.references().items()
    ]
    dataset = drawn(experiment, read(delays, 1), shots, np.random.default_rng(6), references=known)
    analyses = CurveFit().analyze(experiment, dataset)

    pulls = [(one["t1_time"].value - t1_time) / one["t1_time"].stderr for one in analyses]
    assert abs(np.median(pulls)) < 1
    assert np.mean([one.verdict.level == "good" for one in analyses]) > 0.9


@pytest.mark.parametrize(
    ("warm", "misread"), [(0.15, (0.02, 0.03)), (0.2, (0.02, 0.03)), (0.0, (0.15, 0.05)), (0.2, (0.15, 0.2))]
)
def test_a_warm_qubit_or_a_poor_readout_is_no_reason_to_doubt_a_right_number(warm, misread):
    """A thermal population, prepared and settled at alike; implausible in most data sets without references."""
    low, high = (misread[0] + (1 - sum(misread)) * population for population in (warm, 1 - warm))
    for experiment, right in (
        (T1(physical_qubits=range(100), max_delay=90_000.0), True),
        (T1(physical_qubits=range(100), max_delay=90_000.0, calibrate_readout=False), False),
    ):
        signal = relaxation(experiment.sweep().grid()["delay"], TRUTH["t1_time"], high - low, low)
        known = [high if "excited" in name else low for name in experiment.references()]
        dataset = drawn(experiment, signal, 1000, np.random.default_rng(7), references=known)
        analyses = CurveFit().analyze(experiment, dataset)
        doubted = np.mean(["implausible" in one.verdict.codes for one in analyses])
        assert doubted == 0 if right else doubted > 0.5
        if right:
            # 98 % are good; three standard errors of 100 below.
            assert np.mean([one.verdict.level == "good" for one in analyses]) >= 0.93
            found = np.array([(one["t1_time"].value, one["t1_time"].stderr) for one in analyses])
            assert abs(np.mean(np.abs(found[:, 0] - TRUTH["t1_time"]) < found[:, 1]) - 0.683) < 3 * 0.0465


def test_the_ground_state_reads_what_the_decay_ends_at():
    assert relaxation(np.array([1e9]), **TRUTH)[0] == pytest.approx(ground(TRUTH["offset"]))


@pytest.mark.parametrize("t1_time", [3_000.0, 30_000.0, 300_000.0])
def test_one_of_the_guesses_is_within_a_factor_of_two(t1_time):
    delays = np.linspace(0, 90_000, 30)
    signal = relaxation(delays, t1_time, 0.95, 0.02) + np.random.default_rng(4).normal(0, 0.01, 30)
    ratios = [start["t1_time"] / t1_time for start in guess(delays, signal)]
    assert any(0.5 < ratio < 2 for ratio in ratios)


@pytest.mark.parametrize(("referenced", "best"), [(True, "1 to 3 t1_time"), (False, "5 to 8 t1_time")])
def test_too_short_a_window_is_told_with_the_best_one(referenced, best):
    experiment = T1(max_delay=6_000.0, calibrate_readout=referenced)
    (analysis,) = CurveFit().analyze(experiment, synthetic(experiment, TRUTH, 10_000, np.random.default_rng(8)))
    assert "window_too_short" in analysis.verdict.codes
    assert f"{best} are best" in str(analysis.verdict)


@pytest.mark.parametrize("seed", range(10))
def test_a_readout_that_drifts_by_a_tenth_over_the_run_is_seen(seed):
    """Delays and references in the order in which a device runs them, both readout errors growing by 0.1."""
    experiment = T1(max_delay=90_000.0)
    names = list(experiment.references())
    order = Order.drawn(experiment.sweep(), len(names), seed)
    size = experiment.sweep().size + len(names)
    grown = 0.1 * np.array([order.position(circuit) for circuit in range(size)]) / (size - 1)
    excited = np.append(np.exp(-experiment.sweep().grid()["delay"] / 30_000), ["excited" in name for name in names])
    signal = 0.02 + grown + (0.95 - 2 * grown) * excited
    delays, known = np.split(signal, [experiment.sweep().size])
    dataset = drawn(experiment, delays, 1000, np.random.default_rng(seed), references=known)
    (analysis,) = CurveFit().analyze(experiment, dataset)
    assert analysis.verdict.level != "good"
