"""Promises of the history: a step is found where it is, and seldom where there is none."""

import math
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Quantity, Reason, StoreError, Verdict
from oqtopus_experiments.reporting._history import (
    Measurement,
    _entries as entries_of,
    history,
    steps,
    threshold,
    with_steps,
)
from oqtopus_experiments.storage._summary import Summary


def series(rng, length, step_at=None, size=4.0):
    errors = rng.uniform(0.5, 2.0, length)
    values = rng.standard_normal(length) * errors
    if step_at is not None:
        values[step_at:] += size * errors.mean()
    return values, errors


@pytest.mark.parametrize("length", [2, 5, 20, 100])
def test_a_constant_quantity_shows_a_step_in_at_most_one_history_of_a_hundred(length):
    """2000 seeded histories; at most 20 are expected, and more than 36 have a probability of 1e-3."""
    rng = np.random.default_rng(length)

    assert sum(bool(steps(*series(rng, length))) for _ in range(2000)) <= 36


def test_a_step_of_four_sigma_between_ten_and_ten_runs_is_found_at_its_place():
    """300 seeded histories: all have their step marked, within one run of where it is in 97 %."""
    rng = np.random.default_rng(7)
    found = [steps(*series(rng, 20, step_at=10)) for _ in range(300)]

    assert all(found)
    assert sum(any(abs(cut - 10) <= 1 for cut, _ in marks) for marks in found) >= 0.97 * 300


def test_a_step_of_four_sigma_is_found_already_in_the_second_run_after_it():
    """300 seeded histories: two of 20 runs 4 sigma up stand 5.4 sigma out, 3.5 are needed, so some 97 % are marked."""
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(300):
        values = rng.standard_normal(20)
        values[18:] += 4
        found += any(cut >= 16 for cut, _ in steps(values, np.ones(20)))

    assert found >= 0.93 * 300


def test_two_steps_are_both_found():
    values = np.concatenate([np.zeros(8), np.full(8, 6.0), np.full(8, -1.0)])

    assert [cut for cut, _ in steps(values, np.ones(24))] == [8, 16]


def test_the_significance_is_the_difference_of_the_weighted_means_over_its_error():
    values, errors = np.array([0.0, 0.0, 5.0, 5.0]), np.array([1.0, 1.0, 0.5, 0.5])

    assert steps(values, errors) == [(2, pytest.approx(5 / math.sqrt(1 / 2 + 0.25 / 2)))]


@pytest.mark.parametrize("length", [0, 1])
def test_one_run_has_no_step(length):
    assert steps(np.zeros(length), np.ones(length)) == []


def test_the_threshold_is_as_documented():
    assert threshold(19) == pytest.approx(3.5, abs=0.05)


@pytest.fixture
def many_runs(write_analyzed, decay, tmp_path):
    """Six runs of a level near 0.69 and six of the mean of the first two points only, near 0.85."""
    for day in range(12):
        points = 5 if day < 6 else 2
        experiment = decay(points=points, physical_qubits=[3])
        write_analyzed({"decay": experiment}, seed=day, created=f"2026-11-{day + 1:02}T10:00:00+00:00")
    return tmp_path / "runs"


def test_entries_come_in_order_of_time_with_their_runs(many_runs):
    entries = history(many_runs, "level", (3,))

    assert [entry.created[8:10] for entry in entries] == [f"{day:02}" for day in range(1, 13)]
    assert all(entry.experiment == "decay" for entry in entries)


def test_what_no_run_has_is_an_error_that_lists_what_there_is(many_runs):
    with pytest.raises(StoreError, match=r"did you mean 'level'.*qubits: 3"):
        history(many_runs, "levl", (3,))
    with pytest.raises(StoreError, match=r"of qubit 4; qubits: 3"):
        history(many_runs, "level", (4,))
    with pytest.raises(StoreError, match="no run"):
        history(many_runs, "level", (3,), experiment="other")


def test_the_command_line_prints_a_table_and_draws_a_plot(many_runs, oqx, tmp_path):
    pytest.importorskip("matplotlib")

    code, output, _ = oqx("history", "level", "--qubit", "3", "--runs", many_runs, "--plot", tmp_path / "level.svg")

    assert code == 0
    assert output.count("test-decay") + output.count("decay") >= 12
    assert (tmp_path / "level.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.parametrize("qubit", ["three", "-1", "1-", "1--2", "\u0663", "9" * 12])
def test_a_qubit_that_is_none_is_bad_input(many_runs, oqx, qubit):
    assert oqx("history", "level", f"--qubit={qubit}", "--runs", many_runs)[0] == 2


def measured(*values, stderr=1.0, level="good"):
    return [Measurement(Path("run"), "", "t1", Quantity("t1_time", value, stderr), level) for value in values]


def marked(entries):
    return {i: entry.step for i, entry in enumerate(with_steps(entries)) if not math.isnan(entry.step)}


def test_a_second_step_is_marked_at_its_own_run_before_and_after_a_larger_one():
    values = np.repeat([0.0, 10.0, 14.0, 30.0], 8)

    assert [cut for cut, _ in steps(values, np.ones(32))] == [8, 16, 24]


def test_bad_values_are_shown_and_make_no_step():
    entries = measured(0, 0, 0) + measured(90, 90, 90, level="bad") + measured(0, 0, 0)

    assert marked(entries) == {}
    assert [entry.quantity.value for entry in with_steps(entries)] == [0, 0, 0, 90, 90, 90, 0, 0, 0]


def test_a_step_is_marked_at_the_first_usable_run_after_it():
    entries = (
        measured(0, 0) + measured(50, level="bad") + measured(0, 0) + measured(7, level="bad") + measured(10, 10, 10)
    )

    assert marked(entries) == {6: pytest.approx(10 / math.sqrt(1 / 4 + 1 / 3))}


@pytest.mark.parametrize("stderr", [math.nan, 0.0, math.inf, -1.0])
def test_a_value_whose_error_is_not_known_makes_no_step(stderr):
    assert marked(measured(0, 0, 0) + measured(100, stderr=stderr) + measured(0, 0, 0)) == {}


@pytest.mark.parametrize("ends", [(0.0, 5.0), (5.0, 0.0)])
def test_a_value_of_small_error_makes_a_step_where_the_same_one_of_large_error_does_not(ends):
    low, high = ends
    entries = measured(low, low, low, low)

    assert marked(entries + measured(high, stderr=0.1))
    assert not marked(entries + measured(high, stderr=5.0))


def test_of_one_experiment_entries_are_found_by_label_and_by_name(write_analyzed, decay, tmp_path):
    write_analyzed({"morning": decay(physical_qubits=[3])}, seed=1)

    for wanted in (None, "morning", decay().name):
        assert len(history(tmp_path / "runs", "level", (3,), experiment=wanted)) == 1


def test_the_history_of_a_pair_is_not_that_of_the_pair_turned_round():
    quantities = [Quantity("t1_time", 7.0, 1.0), Quantity("offset", 0.5, 0.1)]
    entry = Summary(
        Path("run"), "run", "", "noisy", (SimpleNamespace(label="t1", use="t1"),),
        {"t1": (Analysis((1, 0), quantities, Verdict([Reason("fits", "it does", "good")])),)},
    )  # fmt: skip

    assert len(entries_of(entry, "t1_time", (1, 0), None)) == 1
    assert entries_of(entry, "t1_time", (0, 1), None) == []
    assert entries_of(entry, "offset", (1, 0), None)[0].quantity.value == 0.5
