from __future__ import annotations

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
