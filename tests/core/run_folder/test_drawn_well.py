"""Promises of a figure that one only sees by looking at it: nothing twice, nothing cut, nothing squeezed or lost."""

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Axis, HeatMap, Level, Panel, PanelAxis, PointSeries, Reason, Sweep, Verdict
from oqtopus_experiments.contracts.signals import Parity, Probability
from oqtopus_experiments.reporting.figures._grid import _columns
from oqtopus_experiments.reporting.figures._room import least_span
from oqtopus_experiments.reporting.figures._sheets import Sheet
from oqtopus_experiments.reporting.figures._sweep_panels import sweep_panels

pytest.importorskip("matplotlib")
GOOD = Verdict([Reason("seen", "somebody looked", "good")])
NINE = [f"kind {number}" for number in range(9)]


def points(names, error=0.01, x=(1.0, 2.0)):
    return [PointSeries(x, [0.5] * len(x), [error] * len(x), name) for name in names]


def figure_of(*panels_of_targets):
    from matplotlib.figure import Figure

    from oqtopus_experiments.reporting.figures import drawn

    prepared = [Sheet((n,), Analysis((n,), [], GOOD), tuple(p)) for n, p in enumerate(panels_of_targets)]
    made = drawn(Figure, "a label", prepared)
    made.draw_without_rendering()
    return made


def test_names_beyond_the_eight_colours_have_another_shape_however_many_faint_points_lie_behind():
    from oqtopus_experiments.reporting.figures._drawing import shapes_of

    faint = [PointSeries([1.0], [0.5], [np.nan], look="faint")] * 9

    shapes = shapes_of(Panel(points=[*faint, *points(NINE)]))

    assert [shapes[name] for name in NINE] == ["o"] * 8 + ["s"]


def test_an_axis_shows_a_tenth_of_a_loss_where_the_errors_are_small_and_shot_noise_as_flat_where_they_are_not():
    possible = (0.0, 1.0)

    assert least_span([Panel(points=points(["fine"], error=0.002))], possible) == pytest.approx(0.032)
    assert least_span([Panel(points=points(["coarse"], error=0.05))], possible) == pytest.approx(0.3)
    assert least_span([Panel()], possible) == pytest.approx(0.3)


def test_whole_numbers_have_no_halves_between_them():
    (axes,) = figure_of([Panel(x=PanelAxis("circuits"), points=points(["a"], x=(1.0, 2.0, 3.0, 4.0)))]).axes

    assert [tick for tick in axes.get_xticks() if tick != round(tick)] == []


def test_a_long_legend_that_all_targets_share_is_drawn_once():
    made = figure_of(*[[Panel(points=points(NINE[:6]))]] * 4)

    assert [axes.get_legend() for axes in made.axes] == [None] * 4
    (legend,) = made.legends
    assert [text.get_text() for text in legend.get_texts()] == NINE[:6]
    edge = max(axes.get_tightbbox().x1 for axes in made.axes)
    assert legend.get_window_extent().x0 > edge


def test_legends_that_differ_stand_beside_their_own_panel():
    made = figure_of([Panel(points=points(NINE[:6]))], [Panel(points=points(NINE[:7]))])

    assert not made.legends
    assert [len(axes.get_legend().get_texts()) for axes in made.axes] == [6, 7]


@pytest.mark.parametrize("shape", [(4, 2), (2, 2), (4, 4)])
def test_the_colours_of_a_map_are_explained_beside_it_and_not_named_twice(shape):
    rows, columns = shape
    shown = HeatMap(np.arange(columns), np.arange(rows), np.ones(shape), "errors", stderr=np.ones(shape))
    axis = [PanelAxis("row", ticks=list(map(str, range(rows)))), PanelAxis("col", ticks=list(map(str, range(columns))))]
    beside = Panel(points=points(NINE[:6]))  # its legend makes the column wide

    made = figure_of([beside, Panel("errors, real part", x=axis[1], y=axis[0], maps=[shown])])

    (bar,) = made.axes[1].child_axes
    field, colours = made.axes[1].get_window_extent(), bar.get_window_extent()
    assert 0 < colours.x0 - field.x1 < 0.1 * field.width
    assert bar.get_ylabel() == ""


def test_each_part_of_a_sweep_is_named_by_what_is_read_there_and_bounded_by_what_that_can_be(experiment_over, measured):
    sweep = Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["xy"]), Axis("phase", [0.0, 1.0, 2.0]))
    experiment = experiment_over(sweep, signal=lambda _, basis: Probability("0") if basis == "z" else Parity())

    fields, fringe = sweep_panels(measured(experiment), 0)

    assert (fields.y.label, fields.y.possible) == ("P(0)", (0.0, 1.0))
    assert (fringe.y.label, fringe.y.possible) == ("parity", (-1.0, 1.0))


def test_the_only_label_of_small_panels_is_written_once_in_the_middle():
    from matplotlib.text import Text

    own = Panel(x=PanelAxis(ticks=["S"]), points=points([""], x=(0.0,)), levels=[Level(2.0)])

    made = figure_of(*[[own]] * 8)

    assert len([text for text in made.findobj(Text) if text.get_text() == "S"]) == _columns(8)


@pytest.mark.parametrize(("targets", "columns"), [(8, 4), (10, 5), (20, 5), (50, 10), (100, 10)])
def test_no_target_stands_alone_in_its_row(targets, columns):
    assert _columns(targets) == columns


def test_a_number_at_the_edge_is_written_without_a_power_of_ten():
    own = Panel(y=PanelAxis(limits=(0, 60)), points=[PointSeries([0, 1], [50.0, 4137.0], [1.0, np.nan])])

    (axes,) = figure_of([own]).axes

    assert [text.get_text() for text in axes.texts] == ["4140"]
