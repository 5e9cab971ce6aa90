from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Axis, Sweep


def test_points_run_over_every_combination_with_the_last_axis_fastest():
    sweep = Sweep(Axis("length", [1, 10]), Axis("seed", [0, 1, 2]))

    points = sweep.points()

    assert sweep.shape == (2, 3)
    assert points[0] == {"length": 1, "seed": 0}
    assert points[4] == {"length": 10, "seed": 1}
    assert len(points) == sweep.size == 6


def test_an_axis_may_hold_labels():
    sweep = Sweep(Axis("setting", ["zz", "xx"]))

    assert sweep.points() == [{"setting": "zz"}, {"setting": "xx"}]
    assert not sweep.axes[0].is_numeric


@pytest.mark.parametrize("values", [[], [[1, 2], [3, 4]], [1.0, float("nan")]])
def test_an_axis_must_be_a_list_of_finite_values(values):
    with pytest.raises(ValueError, match="axis 'x'"):
        Axis("x", values)


def test_two_axes_of_one_name_are_refused():
    with pytest.raises(ValueError, match="each with a name of its own"):
        Sweep(Axis("x", [1]), Axis("x", [2]))


def test_the_values_of_an_axis_cannot_be_changed():
    axis = Axis("x", [1.0, 2.0])

    with pytest.raises(ValueError, match="read-only"):
        axis.values[0] = 5.0


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), complex(0, float("nan"))])
def test_infinity_is_no_place_to_measure_at(value):
    with pytest.raises(ValueError, match="not finite"):
        Axis("x", [1.0, value])


def test_a_sweep_owns_its_values():
    values = np.array([1.0, 2.0])
    axis = Axis("x", values)

    values[0] = 5.0

    assert axis.values.tolist() == [1.0, 2.0]


def test_axes_are_equal_when_all_their_values_are():
    assert Axis("x", [1.0, 2.0], "ns") == Axis("x", [1.0, 2.0], "ns")
    assert Axis("x", [1.0, 2.0]) != Axis("x", [1.0, 3.0])
    assert Axis("x", [1.0, 2.0], "ns") != Axis("x", [1.0, 2.0], "us")


def test_whole_numbers_are_numbers_and_reach_a_circuit_as_those_of_python():
    axis = Axis("length", [1, 10])

    assert axis.is_numeric
    assert [type(point["length"]) for point in Sweep(axis).points()] == [int, int]


def test_a_sweep_has_an_axis():
    with pytest.raises(ValueError, match="at least one axis"):
        Sweep()
