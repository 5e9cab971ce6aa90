"""T1: which delays, how they are asked for, and how near to the best that can be done."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import ConfigError, ParameterError, construct
from oqtopus_experiments.testing import coverage
from oqtopus_experiments_t1 import T1, relaxation

GUESS = 30_000.0
READOUTS = {"usual": (0.95, 0.02), "perfect": (1.0, 0.0), "poor": (0.7, 0.15)}


def delays(**parameters):
    return T1(**parameters).sweep().grid()["delay"]


def relative_error(positions, amplitude, offset, t1_time=1.0, share=None):
    """Standard error of ln T1 of one shot in all, by the information matrix."""
    share = np.full(len(positions), 1 / len(positions)) if share is None else share
    decayed = np.exp(-positions / t1_time)
    with np.errstate(invalid="ignore"):
        slopes = np.stack(
            [np.nan_to_num(amplitude * decayed * positions / t1_time), decayed, np.ones(len(positions))], axis=1
        )
    signal = relaxation(positions, t1_time, amplitude, offset)
    variance = np.maximum(signal * (1 - signal), 1e-4)
    return float(np.sqrt(np.linalg.inv((slopes.T * (share / variance)) @ slopes)[0, 0]))


def best_error(amplitude, offset):
    """The least there is: one delay and both ends, by search over where and how many shots at each."""
    return min(
        relative_error(np.array([at, 0.0, np.inf]), amplitude, offset, share=np.array([1 - begin - end, begin, end]))
        for at in np.linspace(0.8, 1.8, 21)
        for begin in np.geomspace(0.003, 0.3, 15)
        for end in np.geomspace(0.01, 0.4, 15)
    )


def error_of(experiment, t1_time, amplitude, offset):
    """Standard error of ln T1 for an experiment, of one shot in all of its circuits."""
    ends = [0.0 if "excited" in name else np.inf for name in experiment.references()]
    return relative_error(np.append(experiment.sweep().grid()["delay"], ends), amplitude, offset, t1_time)


@pytest.mark.parametrize("readout", READOUTS)
@pytest.mark.parametrize("points", [15, 30, 100])
def test_auto_is_within_a_factor_of_1_6_of_the_best_standard_error_for_a_guess_off_by_three_either_way(points, readout):
    experiment = T1(spacing="auto", max_delay=3 * GUESS, delay_points=points)
    best = best_error(*READOUTS[readout])
    errors = [error_of(experiment, GUESS * off, *READOUTS[readout]) / best for off in np.geomspace(1 / 3, 3, 9)]
    assert max(errors) < 1.6
    assert errors[4] < 1.4
    if readout == "usual":
        assert max(errors) < 1.5


def test_equal_steps_are_not():
    """What auto is for: equal steps and no references need 4.9 times the shots at the guess, 86 at three times it."""
    plain, best = T1(max_delay=3 * GUESS, calibrate_readout=False), best_error(0.95, 0.02)
    shots = [(error_of(plain, GUESS * off, 0.95, 0.02) / best) ** 2 for off in (1, 3)]
    assert shots == pytest.approx([4.9, 86], rel=0.03)


@pytest.mark.parametrize("off", [1 / 3, 1, 3])
def test_auto_gives_numbers_to_believe_wherever_the_truth_lies(off):
    """200 data sets: bounds of 3 standard errors of a binomial, and of the mean pull."""
    truth = {"t1_time": off * GUESS, "amplitude": 0.95, "offset": 0.02}
    found = coverage(T1(spacing="auto", max_delay=3 * GUESS), truth, 1000, runs=200, seed=2)["t1_time"]
    assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert abs(found.mean_pull) < 3 / np.sqrt(200)
    assert found.good >= 0.95


def test_log_is_within_a_factor_of_1_6_over_a_decade_and_more():
    experiment, best = T1(spacing="log", max_delay=100_000.0), best_error(0.95, 0.02)
    errors = [error_of(experiment, t1_time, 0.95, 0.02) / best for t1_time in np.geomspace(3_000, 50_000, 9)]
    assert max(errors) < 1.6


def test_auto_spreads_by_equal_factors_from_four_tenths_of_the_guess_to_three_times_it():
    found = delays(spacing="auto", max_delay=3 * GUESS, delay_step=0)
    assert (found[0], found[-1]) == pytest.approx((0.4 * GUESS, 3 * GUESS))
    assert found[1:] / found[:-1] == pytest.approx(7.5 ** (1 / 29))
    near = (found > 1.3 * GUESS / 2) & (found < 1.3 * GUESS * 2)
    assert near.mean() >= 0.5


def test_log_begins_at_zero_and_a_hundredth():
    found = delays(spacing="log", max_delay=100_000.0, delay_step=0)
    assert found[:2] == pytest.approx([0, 1000])
    assert found[2:] / found[1:-1] == pytest.approx(100 ** (1 / 28))


@pytest.mark.parametrize("spacing", ["linear", "log", "auto"])
@pytest.mark.parametrize("longest", [500.0, 1_000.0, 50_000.0])
@pytest.mark.parametrize("step", [2.0, 16.0, 33.3])
def test_delays_are_different_multiples_of_the_clock_no_longer_than_asked_for(spacing, longest, step):
    points = min(30, int(longest / step))
    found = delays(spacing=spacing, max_delay=longest, delay_step=step, delay_points=points)
    assert len(found) == points
    assert found / step == pytest.approx(np.round(found / step))
    assert (np.diff(found) > step / 2).all()
    assert found[0] >= 0
    assert found[-1] <= longest + step / 2


def test_a_list_of_delays_is_swept_as_it_stands_in_ascending_order():
    assert delays(delays=[3000, 0, 1000.0, np.float64(500)]).tolist() == [0, 500, 1000, 3000]
    assert len(T1(delays=range(1, 42)).references()) == 8


def test_a_device_with_a_coarse_clock_gets_the_nearest_delays_that_it_can_keep():
    assert T1(delays=[0, 33, 34, 90, 500]).on_clock(16).sweep().grid()["delay"].tolist() == [0, 32, 48, 96, 496]


def test_a_run_file_lists_durations():
    experiment = construct(T1, {"delays": ["0 us", "1.5 us", 2000, "30 us"]})
    assert experiment.delays == (0, 1500, 2000, 30_000)
    assert construct(T1, experiment.parameters()) == experiment


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"delays": [0, 1000, 1000, 2000]}, "holds 1000 ns twice"),
        ({"delays": [0, 1000, 2000]}, "4 or more different delays"),
        ({"delays": [-2, 0, 1000, 2000]}, "none below 0"),
        ({"delays": [0, 1000, 2000, None]}, "a list, of which each is a finite number, not None"),
        ({"delays": [0, 1000, 2000, float("inf")]}, "a list, of which each is a finite number, not inf"),
        ({"delays": [0, 1000, 2000, 1e16]}, "at most 1e[+]15 ns"),
        ({"delays": "50 us"}, "a list, of which each is a finite number, not 50000.0"),
        ({"delays": 50.0}, "a list, of which each is a finite number, not 50.0"),
        ({"delays": [0, 1, 2, 3], "max_delay": 3.0}, "give 'delays' or 'max_delay', not both"),
        ({"delays": [0, 1, 2, 3], "spacing": "log"}, "give 'delays' or 'spacing', not both"),
        ({"spacing": "auto", "calibrate_readout": False}, "leave calibrate_readout on"),
        ({"spacing": "even"}, "'spacing' must be in"),
    ],
)
def test_delays_that_make_no_sense_are_refused_where_they_are_said(wrong, message):
    with pytest.raises(ParameterError, match=message):
        T1(**wrong)


def test_a_duration_in_a_list_that_is_none_is_refused_by_its_path():
    with pytest.raises(ConfigError, match="delays: '1 uss'"):
        construct(T1, {"delays": ["0 us", "1 uss", 2000, "30 us"]})
