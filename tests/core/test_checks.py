from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import AnalysisError, FitSummary, Quantity, checks


def summary(axis: np.ndarray, value: float, stderr: float = 0.01) -> FitSummary:
    """A fit that found `value` for its only parameter."""
    flat = np.zeros(len(axis))
    return FitSummary({"x": axis}, flat, flat, flat, {"a": Quantity("a", value, stderr)})


def found(check, *arguments, **options):
    return [(reason.code, reason.level) for reason in check(summary(*arguments, **options))]


@pytest.mark.parametrize(
    ("constant", "expected"),
    [
        (100.0, [("window_too_short", "bad")]),
        (25.0, [("window_too_short", "suspect")]),
        (10.0, []),
        (2.0, []),
        (1.0, []),
        (0.7, [("window_too_long", "suspect")]),
        (0.3, [("window_too_long", "bad")]),
        (-1.0, []),
        (np.nan, []),
    ],
)
def test_a_window_of_ten_with_a_point_at_each_integer_suits_decays_of_two_to_twenty(constant, expected):
    assert found(checks.decay_window("a", "x"), np.arange(11.0), constant) == expected


@pytest.mark.parametrize(
    ("half_period", "expected"),
    [
        (25.0, [("window_too_short", "bad")]),
        (12.0, [("window_too_short", "suspect")]),
        (10.0, []),
        (1.5, []),
        (1.2, [("undersampled", "suspect")]),
        (1.0, [("undersampled", "bad")]),
        (np.nan, []),
    ],
)
def test_a_window_of_ten_with_a_point_at_each_integer_suits_periods_of_three_to_twenty(half_period, expected):
    assert found(checks.oscillation_window("a", "x"), np.arange(11.0), half_period) == expected


def test_where_references_read_its_ends_a_decay_begins_at_zero_and_another_window_is_best():
    axis = np.arange(5.0, 16.0)
    free, referenced = (checks.decay_window("a", "x", referenced=read) for read in (False, True))
    assert found(free, axis, 2.0) == found(referenced, axis, 4.0) == []
    assert found(referenced, axis, 2.0) == [("window_too_long", "bad")]
    (told,) = referenced(summary(axis, 2.0))
    assert "narrow the window to 1 to 3 a" in told.message
    (told,) = free(summary(axis, 100.0))
    assert "5 to 8 a are best" in told.message


def other_half_period(axis: np.ndarray, half: float, shortest: float, error: float = 0.01) -> list[str]:
    """What is said of a cosine of this half period that was found as it is."""
    wave = 0.5 - 0.5 * np.cos(np.pi * axis / half)
    fit = FitSummary({"x": axis}, wave, np.full(len(axis), error), wave, {"a": Quantity("a", half, 0.01)})
    return [f"{reason.level}: {reason.message}" for reason in checks.told_apart("a", "x", shortest)(fit)]


def test_an_oscillation_that_another_explains_as_well_is_told_with_the_other():
    steps = np.arange(11.0)
    (told,) = other_half_period(steps, 1.6, 0.5)
    assert told.startswith("bad: a = 0.727 explains the points about as well")  # 1 / (2 - 1 / 1.6)
    assert other_half_period(steps, 1.6, 0.8) == []  # as short a one cannot be
    assert other_half_period(np.cumsum(np.arange(0.0, 2.2, 0.2)), 1.6, 0.5) == []
    assert other_half_period(np.arange(0.0, 11, 0.5), 1.6, 0.5) == []
    assert other_half_period(steps[:3], 1.6, 0.5) == other_half_period(steps, np.nan, 0.5) == []


def test_an_oscillation_below_the_noise_is_told_from_no_other():
    growing = np.cumsum(np.arange(0.0, 2.2, 0.2))
    assert other_half_period(growing, 1.6, 0.5, error=1.0) != []


def test_points_of_another_grid_are_in_no_window():
    """A sum of grids: some points have no value on the axis."""
    axis = np.append(np.arange(11.0), [np.nan, np.nan])
    assert found(checks.decay_window("a", "x"), axis, 10.0) == []
    assert found(checks.decay_window("a", "x"), axis, 100.0) == [("window_too_short", "bad")]
    assert found(checks.oscillation_window("a", "x"), axis, 1.2) == [("undersampled", "suspect")]
    assert found(checks.oscillation_window("a", "x"), axis, 25.0) == [("window_too_short", "bad")]
    assert found(checks.decay_window("a", "x"), np.full(3, np.nan), 10.0) == []


@pytest.mark.parametrize("check", [checks.decay_window, checks.oscillation_window])
@pytest.mark.parametrize("axis", ["kind", "time"])
def test_a_window_of_labels_or_of_no_axis_is_the_fault_of_who_asks(check, axis):
    labelled = summary(np.arange(3.0), 1.0)
    axes = {**labelled.axes, "kind": np.array(["a", "a", "b"])}
    with pytest.raises(AnalysisError, match=f"'{axis}'; the axes of numbers that the model uses are: x"):
        check("a", axis)(FitSummary(axes, labelled.mean, labelled.stderr, labelled.fitted, labelled.quantities))


@pytest.mark.parametrize(
    ("value", "stderr", "expected"),
    [
        (1.0, 0.19, []),
        (-1.0, 0.3, [("undetermined", "suspect")]),
        (1.0, 0.6, [("undetermined", "bad")]),
        (0.0, 0.1, [("undetermined", "bad")]),
        (1.0, np.nan, []),
    ],
)
def test_a_number_known_to_a_fifth_is_known(value, stderr, expected):
    assert found(checks.precise("a", 0.2), np.arange(3.0), value, stderr=stderr) == expected


def test_a_sign_can_be_asked_for():
    check = checks.positive("a", "inverted", "it rises")
    assert found(check, np.arange(3.0), -0.1) == [("inverted", "bad")]
    assert found(check, np.arange(3.0), 0.1) == []
    assert check(summary(np.arange(3.0), -0.1))[0].message == "it rises"


@pytest.mark.parametrize(
    ("value", "stderr", "expected"),
    [
        (0.05, 0.01, []),
        (0.13, 0.02, []),
        (0.13, 0.01, [("implausible", "suspect")]),
        (np.nan, np.nan, []),
        (0.5, np.nan, []),
    ],
)
def test_a_value_is_implausible_two_standard_errors_above_the_highest(value, stderr, expected):
    check = checks.plausible("a", 0.1, "why")
    assert found(check, np.arange(3.0), value, stderr) == expected


def test_an_uncertain_constant_needs_a_window_that_would_hold_its_upper_end():
    axis = np.arange(11.0)
    assert found(checks.decay_window("a", "x"), axis, 18.0, stderr=0.5) == []
    assert found(checks.decay_window("a", "x"), axis, 18.0, stderr=2.0) == [("window_too_short", "suspect")]
    assert found(checks.decay_window("a", "x"), axis, 18.0, stderr=np.nan) == []


@pytest.mark.parametrize("start", [-50.0, 0.0, 1000.0])
def test_a_window_is_judged_from_where_it_starts(start):
    assert found(checks.decay_window("a", "x"), start + np.arange(11.0), 2.0) == []
    assert found(checks.decay_window("a", "x"), start + np.arange(11.0), 0.7) == [("window_too_long", "suspect")]


def test_positions_measured_twice_make_no_finer_sweep():
    twice = np.repeat(np.arange(11.0), 2)
    assert found(checks.oscillation_window("a", "x"), twice, 1.2) == [("undersampled", "suspect")]
    assert found(checks.oscillation_window("a", "x"), twice, 5.0) == []


@pytest.mark.parametrize(
    ("value", "stderr", "expected"),
    [
        (0.5, 0.01, []),
        (0.051, 0.01, []),
        (0.049, 0.01, [("no_signal", "bad")]),
        (-0.5, 0.01, [("no_signal", "bad")]),
        (0.0, 0.0, [("no_signal", "bad")]),
        (np.nan, np.nan, []),  # told by the analyzer
        (0.5, np.nan, []),
    ],
)
def test_a_signal_is_there_when_its_size_is_not_zero_within_the_errors(value, stderr, expected):
    assert found(checks.present("a", "nothing comes back"), np.arange(3.0), value, stderr=stderr) == expected


def test_what_means_nothing_without_a_signal_is_undetermined_without_it():
    decays = checks.present("a", "nothing comes back", without="no gate has an error")

    assert found(decays, np.arange(3.0), 0.5, stderr=0.01) == []
    assert found(decays, np.arange(3.0), 0.01, stderr=0.01) == [("no_signal", "bad"), ("undetermined", "bad")]
