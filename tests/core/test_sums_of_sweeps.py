"""Sweeps add up where the points are not a full grid: populations beside a fringe, a reference beside a scan."""

from __future__ import annotations

import json

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Counts, Dataset, Experiment, Sweep
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal

PHASES = [0.0, 0.5, 1.0]


def fringe(phases=PHASES, unit="rad"):
    return Sweep(Axis("basis", ["xy"]), Axis("phase", phases, unit=unit))


def populations():
    return Sweep(Axis("basis", ["z"]))


@frozen(kw_only=True)
class Both(Experiment):
    name = "both"

    def sweep(self):
        return populations() + fringe()

    def circuit(self, basis, phase=0.0):
        raise NotImplementedError


def test_the_points_of_a_sum_are_those_of_the_first_and_then_those_of_the_second():
    sweep = populations() + fringe()

    assert sweep.size == 4
    assert not sweep.is_grid
    assert sweep.shape == (4,)
    assert sweep.points() == [{"basis": "z"}, *({"basis": "xy", "phase": phase} for phase in PHASES)]
    assert (fringe() + populations()).points()[-1] == {"basis": "z"}


def test_a_point_without_a_value_on_an_axis_has_nan_or_an_empty_label_there():
    numbers = Sweep(Axis("length", [1, 2]))

    grid = (populations() + fringe() + numbers).grid()

    np.testing.assert_array_equal(grid["phase"], [np.nan, *PHASES, np.nan, np.nan])
    np.testing.assert_array_equal(grid["length"], [np.nan] * 4 + [1, 2])
    assert grid["basis"].tolist() == ["z", "xy", "xy", "xy", "", ""]


def test_each_axis_of_a_sum_is_there_once_with_every_value_once_in_order_of_appearance():
    later = Sweep(Axis("basis", ["yx", "z"]), Axis("phase", [1.0, 0.0, 7.0], unit="rad"))

    basis, phase = (fringe() + later).axes

    assert basis.values.tolist() == ["xy", "yx", "z"]
    assert phase.values.tolist() == [0.0, 0.5, 1.0, 7.0]
    assert phase.unit == "rad"


def test_sums_of_sums_keep_every_grid_in_order():
    one, two, three = (Sweep(Axis("n", [number])) for number in (1, 2, 3))

    assert [point["n"] for point in ((one + two) + three).points()] == [1, 2, 3]
    assert ((one + two) + three).is_same(one + (two + three))


def test_a_whole_number_stays_one_beside_numbers_that_are_none():
    points = (Sweep(Axis("length", [1, 2])) + Sweep(Axis("length", [2.5]))).points()

    assert [type(point["length"]) for point in points] == [int, int, float]


@pytest.mark.parametrize("other", [fringe(unit="turn"), Sweep(Axis("phase", ["low"], unit="rad"))])
def test_grids_that_disagree_about_an_axis_do_not_add(other):
    with pytest.raises(ValueError, match="axis 'phase' must have one unit"):
        fringe() + other


def test_the_same_points_in_other_grids_or_another_order_are_another_sweep():
    whole = Sweep(Axis("basis", ["z", "xy"]))
    split = populations() + Sweep(Axis("basis", ["xy"]))

    assert split.is_same(populations() + Sweep(Axis("basis", ["xy"])))
    assert not split.is_same(whole)
    assert not split.is_same(Sweep(Axis("basis", ["xy"])) + populations())
    assert not (populations() + fringe()).is_same(populations() + fringe([0.0, 0.5, 1.1]))
    assert (populations() + fringe()).is_same(populations() + fringe([0.0, 0.5, 1.0 + 1e-12]))


def test_a_sum_comes_back_from_its_journal(tmp_path):
    sweep = populations() + fringe()
    journal = ExperimentJournal(tmp_path / "both")
    with journal.writing():
        journal.note_sweep(sweep, ["ground"])

    found, references = ExperimentJournal(tmp_path / "both").sweep

    assert found.is_same(sweep)
    assert found == sweep
    assert found.points() == sweep.points()
    assert references == 1
    json.dumps(found.points())


def test_the_table_of_a_sum_has_a_row_for_each_point_and_nothing_where_there_is_no_value():
    counts = {index: Counts.from_dict({"1": index + 1, "0": 9}, 1) for index in range(4)}

    frame = Dataset.from_counts(Both(), counts).to_frame()

    assert frame.basis.tolist() == ["z", "xy", "xy", "xy"]
    assert frame.phase.isna().tolist() == [True, False, False, False]
    assert frame.shots.tolist() == [10, 11, 12, 13]
    assert frame.attrs["units"] == {"phase": "rad"}
