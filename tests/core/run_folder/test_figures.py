"""Promises of the figures: what is measured is drawn, in units a person reads, with the verdict; whatever the data."""

import math

import attrs
import numpy as np
import pytest

from oqtopus_experiments import (
    Analysis,
    Axis,
    Band,
    Curve,
    Dataset,
    Dimension,
    ExperimentResult,
    HeatMap,
    Level,
    Line,
    Panel,
    PanelAxis,
    Parity,
    PointSeries,
    Quantity,
    QuantityArray,
    Reason,
    Sweep,
    Verdict,
    sweep_panels,
)
from oqtopus_experiments.reporting.figures._array_panels import array_panels
from oqtopus_experiments.reporting.figures._scaling import readable
from oqtopus_experiments.reporting.figures._sheets import sheets

VERDICT = Verdict([Reason("fits", "the model describes the points", "good")])
DELAYS = Axis("delay", np.linspace(0, 50_000, 12), unit="ns")


KINDS = Axis("kind", ["reference", "interleaved"])
LENGTHS = Axis("length", [1, 2, 4, 8, 16])


def shown(dataset, analysis=None):
    """Return the panels of the first target in the units shown."""
    return sheets(dataset, [analysis] if analysis else ())[0].panels


def test_times_are_drawn_in_microseconds(experiment_over, measured, fit):
    dataset = measured(experiment_over(DELAYS))

    (panel,) = shown(dataset, fit(dataset))

    assert panel.x.label == "delay (µs)"
    assert panel.points[0].x[-1] == pytest.approx(50)
    assert panel.lines[0].x.max() == pytest.approx(50)
    assert panel.below.points[0].x[-1] == pytest.approx(50)


def test_panels_are_made_in_the_units_of_the_sweep(experiment_over, measured, fit):
    dataset = measured(experiment_over(DELAYS))

    (panel,) = sweep_panels(dataset, 0, fit(dataset))

    assert (panel.x.label, panel.x.unit) == ("delay", "ns")
    np.testing.assert_array_equal(panel.points[0].x, DELAYS.values)
    np.testing.assert_array_equal(panel.points[0].y, dataset.mean[0])
    np.testing.assert_array_equal(panel.points[0].stderr, dataset.stderr[0])


def test_residuals_are_in_units_of_the_standard_error(experiment_over, measured, fit):
    dataset = measured(experiment_over(DELAYS))
    analysis = fit(dataset)

    residual = shown(dataset, analysis)[0].below.points[0].y

    np.testing.assert_allclose(residual, (dataset.mean[0] - analysis.fitted) / dataset.stderr[0])


def test_missing_points_are_marked_and_not_drawn(experiment_over, measured, fit):
    dataset = measured(experiment_over(DELAYS), missing=(3, 4))

    (panel,) = shown(dataset, fit(dataset))

    np.testing.assert_allclose(panel.missing, DELAYS.values[[3, 4]] / 1000)
    assert np.isnan(panel.points[0].y[[3, 4]]).all()


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        (np.linspace(0, 100, 11), "linear"),
        (np.linspace(1, 100, 11), "linear"),
        (np.geomspace(1, 1000, 11), "log"),
        ([1, 2, 4, 8, 16, 32, 64], "log"),
        (np.unique(np.geomspace(1, 300, 12).astype(int)), "log"),
        (np.append(0, np.geomspace(1, 1000, 11)), "symlog"),
        (np.geomspace(1, 5, 11), "linear"),
        (-np.geomspace(1, 1000, 11), "linear"),
        ([1, 100], "linear"),
        ([5, 5, 5, 5], "linear"),
    ],
)
def test_an_axis_is_logarithmic_when_its_values_are_spaced_so(values, scale, experiment_over, measured):
    assert shown(measured(experiment_over(Axis("x", values))))[0].x.scale == scale


def test_a_second_axis_gets_a_line_for_each_of_its_values(experiment_over, measured):
    (panel,) = shown(measured(experiment_over(DELAYS, Axis("basis", ["X", "Y", "Z"]))))

    assert [series.name for series in panel.points] == ["basis = X", "basis = Y", "basis = Z"]
    assert all(series.y.shape == (12,) for series in panel.points)


def test_a_short_axis_of_numbers_is_a_series_too_with_its_unit(experiment_over, measured):
    (panel,) = shown(measured(experiment_over(DELAYS, Axis("wait", [0.0, 2000.0], unit="ns"))))

    assert [series.name for series in panel.points] == ["wait = 0 ns", "wait = 2 µs"]


def test_points_are_averaged_over_the_axes_the_curve_does_not_have(experiment_over, measured, fit):
    dataset = measured(experiment_over(LENGTHS, Axis("seed", range(10))), missing=(0, 7))

    (panel,) = shown(dataset, fit(dataset))

    faint, points = panel.points
    expected = np.nanmean(dataset.mean[0].reshape(5, 10), axis=1)
    np.testing.assert_allclose(points.y, expected)
    assert faint.y.size == 50
    assert panel.missing.tolist() == [1, 1]
    assert np.isfinite(panel.below.points[0].y).all()


def test_every_label_has_its_own_points_curve_and_residuals_and_nothing_is_averaged_over_labels(
    experiment_over, measured
):
    model = np.array([[0.9, 0.8, 0.7, 0.6, 0.55], [0.8, 0.7, 0.6, 0.55, 0.5]])
    truth = np.repeat(model.T.ravel(), 4) + np.tile([-0.02, 0.02, -0.02, 0.02], 10)
    dataset = measured(experiment_over(LENGTHS, KINDS, Axis("seed", range(4))), truth, shots=1000)
    curves = [Curve(LENGTHS.values, y, "length", {"kind": kind}) for y, kind in zip(model, KINDS.values, strict=True)]
    analysis = Analysis((0,), [], VERDICT, fitted=model.T.ravel(), curves=curves)

    (panel,) = shown(dataset, analysis)

    points = [series for series in panel.points if series.look != "faint"]
    assert [series.name for series in points] == ["kind = reference", "kind = interleaved"]
    assert [line.name for line in panel.lines] == [series.name for series in points]
    for series, line, y in zip(points, panel.lines, model, strict=True):
        np.testing.assert_allclose(series.y, y)
        np.testing.assert_allclose(line.y, y)
    assert max(float(np.abs(series.y).max()) for series in panel.below.points) < 1e-6


def test_an_axis_that_the_analysis_names_is_never_averaged_over_even_without_a_fit(experiment_over, measured):
    dataset = measured(experiment_over(LENGTHS, KINDS, Axis("seed", range(4))))
    failed = Analysis((0,), [], VERDICT, axes=("length", "kind"))

    (panel,) = shown(dataset, failed)

    by_kind = dataset.mean[0].reshape(5, 2, 4).mean(axis=2)
    points = [series for series in panel.points if series.look != "faint"]
    np.testing.assert_allclose([series.y for series in points], by_kind.T)


def test_labels_are_drawn_at_their_own_places(experiment_over, measured):
    (panel,) = shown(measured(experiment_over(Axis("basis", ["X", "Y", "Z"]))))

    assert (panel.points[0].x.tolist(), panel.x.ticks) == ([0, 1, 2], ("X", "Y", "Z"))


def test_labels_of_a_second_axis_stand_side_by_side(experiment_over, measured):
    dataset = measured(experiment_over(Axis("a", ["Z", "X"]), Axis("b", ["W", "V"])))

    (panel,) = shown(dataset)

    first, second = panel.points
    assert (first.name, second.name) == ("b = W", "b = V")
    assert (first.x < second.x).all()
    np.testing.assert_array_equal(np.rint(first.x), [0, 1])
    np.testing.assert_array_equal([first.y, second.y], dataset.mean[0].reshape(2, 2).T)


def test_two_axes_of_numbers_are_a_heat_map_with_every_point_at_its_place(experiment_over, measured):
    dataset = measured(experiment_over(Axis("x", [3.0, 1.0, 2.0, 4.0]), Axis("y", [0, 10, 20, 30, 40])), missing=(7,))

    (panel,) = shown(dataset)

    (heat,) = panel.maps
    assert (heat.x.tolist(), heat.y.tolist()) == ([1, 2, 3, 4], [0, 10, 20, 30, 40])
    expected = dataset.mean[0].reshape(4, 5)[[1, 2, 0, 3]].T
    np.testing.assert_array_equal(heat.values, expected)
    assert np.isnan(heat.values).sum() == 1
    assert panel.note == "1 point missing"


def test_a_fit_over_two_axes_has_a_map_of_its_residuals(experiment_over, measured):
    dataset = measured(experiment_over(Axis("x", [1, 2, 3, 4]), Axis("y", [0, 10, 20, 30])))
    fitted = np.full(16, 0.5)

    signal, residuals = shown(dataset, Analysis((0,), [], VERDICT, fitted=fitted))

    assert signal.maps[0].label == "P(1)"
    expected = ((dataset.mean[0] - 0.5) / dataset.stderr[0]).reshape(4, 4).T
    np.testing.assert_allclose(residuals.maps[0].values, expected)
    assert residuals.maps[0].limits[0] == -residuals.maps[0].limits[1]


def test_each_part_of_a_sum_of_sweeps_has_a_panel_with_its_own_points_and_curve(experiment_over, measured):
    phases = np.linspace(0, np.pi, 5)
    sweep = Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["x"]), Axis("phase", phases, unit="rad"))
    dataset = measured(experiment_over(sweep, qubits=2, signal=Parity()), [0.9, 0.1, 0.2, 0.3, 0.4, 0.5])
    fringe = Curve(phases, np.cos(phases), "phase", {"basis": "x"})

    populations, parity = shown(dataset, Analysis((0, 1), [], VERDICT, fitted=dataset.mean[0], curves=[fringe]))

    assert populations.x.ticks == ("z",)
    np.testing.assert_array_equal(populations.points[0].y, dataset.mean[0, :1])
    assert parity.title == "basis = x"
    np.testing.assert_array_equal(parity.points[0].y, dataset.mean[0, 1:])
    np.testing.assert_allclose(parity.lines[0].x.max(), np.pi)


def test_sums_over_the_same_axes_share_a_panel(experiment_over, measured):
    sweep = Sweep(LENGTHS, Axis("kind", ["reference"])) + Sweep(Axis("length", [1, 3]), Axis("kind", ["interleaved"]))

    (panel,) = shown(measured(experiment_over(sweep)))

    assert [series.x.tolist() for series in panel.points] == [[1, 2, 4, 8, 16], [1, 3]]


def test_an_analyzers_own_panels_are_drawn_in_place_of_those_of_the_sweep(experiment_over, measured):
    own = Panel("S", y=PanelAxis("|S|"), points=[PointSeries([0], [2.7], [0.1])], levels=[Level(2), Level(2 * 2**0.5)])
    array = QuantityArray("correlators", [[0.7, 0.7], [0.7, -0.7]], np.full((2, 2), 0.02),
                          [Dimension("a", ["Z", "X"]), Dimension("b", ["W", "V"])])  # fmt: skip
    analysis = Analysis((0,), [], VERDICT, panels=[own], arrays=[array])

    panels = shown(measured(experiment_over(DELAYS)), analysis)

    assert [panel.title for panel in panels] == ["S", "correlators"]
    assert [level.at for level in panels[0].levels] == [2, 2 * 2**0.5]


def test_a_matrix_is_drawn_as_it_is_written_with_its_errors():
    matrix = QuantityArray("assignment", [[0.98, 0.05], [0.02, 0.95]], [[0.1, 0.2], [0.3, 0.4]],
                           [Dimension("read", [0, 1]), Dimension("prepared", ["0", "1"])])  # fmt: skip

    (panel,) = array_panels(matrix)

    assert (panel.y.label, panel.y.ticks) == ("read", ("0", "1"))
    assert (panel.x.label, panel.x.ticks) == ("prepared", ("0", "1"))
    np.testing.assert_array_equal(panel.maps[0].values, matrix.values)
    np.testing.assert_array_equal(panel.maps[0].stderr, matrix.stderr)


def test_a_complex_matrix_is_drawn_as_real_and_imaginary_part_in_the_same_colours():
    basis = ["0", "1"]
    matrix = QuantityArray("density_matrix", [[0.6, 0.3 - 0.4j], [0.3 + 0.4j, 0.4]], np.full((2, 2), 0.01 + 0.02j),
                           [Dimension("row", basis), Dimension("column", basis)])  # fmt: skip

    real, imaginary = array_panels(matrix)

    assert (real.title, imaginary.title) == ("density_matrix, real part", "density_matrix, imaginary part")
    np.testing.assert_array_equal(real.maps[0].values, matrix.values.real)
    np.testing.assert_array_equal(imaginary.maps[0].values, matrix.values.imag)
    np.testing.assert_array_equal(imaginary.maps[0].stderr, np.full((2, 2), 0.02))
    assert real.maps[0].limits == imaginary.maps[0].limits == (-0.6, 0.6)


def test_a_list_is_drawn_as_points_with_error_bars_at_its_positions():
    values = QuantityArray("t1", [25_000.0, 24_000.0], [500.0, 400.0], [Dimension("flux", [-0.5, 0.5], "V")], "ns")

    (panel,) = readable(array_panels(values))

    assert (panel.x.label, panel.y.label) == ("flux (V)", "t1 (µs)")
    np.testing.assert_allclose(panel.points[0].stderr, [0.5, 0.4])
    np.testing.assert_allclose(panel.points[0].x, [-0.5, 0.5])


def test_an_array_of_three_dimensions_has_a_panel_per_slice_and_says_how_many_are_left_out():
    values = np.arange(11 * 4, dtype=float).reshape(11, 2, 2)
    bits = ["0", "1"]
    dimensions = [Dimension("pair", range(11)), Dimension("read", bits), Dimension("prepared", bits)]
    array = QuantityArray("m", values, np.ones_like(values), dimensions)

    panels = array_panels(array)

    assert len(panels) == 9
    assert panels[0].title == "m, pair = 0"
    assert "2 more" in panels[-1].title
    np.testing.assert_array_equal(panels[3].maps[0].values, values[3])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: PointSeries([0, 1], [1], [1]),
        lambda: Line([0, 1], [1]),
        lambda: Band([0], [1], [1, 2]),
        lambda: HeatMap([0, 1], [0], [[1]]),
        lambda: HeatMap([0], [0], [[1]], stderr=np.ones((2, 1))),
        lambda: Panel(maps=[HeatMap([0], [0], [[1]])] * 2),
    ],
)
def test_a_panel_whose_parts_do_not_go_together_is_refused(wrong):
    with pytest.raises(ValueError, match=r"shape|as long|panel of its own"):
        wrong()


SHAPES = {
    "one": ((DELAYS,), 1),
    "six": ((DELAYS,), 6),
    "grid": ((DELAYS,), 16),
    "more than are drawn": ((DELAYS,), 130),
    "logarithmic": ((Axis("delay", np.geomspace(10, 1e6, 9), unit="ns"),), 2),
    "logarithmic grid with zero": ((Axis("delay", np.append(0, np.geomspace(10, 1e6, 9)), unit="ns"),), 9),
    "labels": ((Axis("basis <b>$", ["one $", "two & three", "<four>"]),), 2),
    "grid of labels": ((Axis("basis", ["X", "Y"]),), 8),
    "two axes": ((DELAYS, Axis("seed", range(20))), 2),
    "lines": ((DELAYS, Axis("basis", ["X", "Y", "Z"])), 1),
    "three axes": ((DELAYS, Axis("basis", ["X", "Y"]), Axis("k", [1, 2])), 1),
    "one point": ((Axis("x", [3.0]),), 1),
    "map": ((DELAYS, Axis("power", np.linspace(0, 1, 7))), 1),
    "logarithmic map": ((DELAYS, Axis("power", np.geomspace(0.1, 1000, 7))), 2),
    "grid of maps": ((DELAYS, Axis("power", np.linspace(0, 1, 7))), 9),
    "grid of series": ((DELAYS, Axis("basis", ["X", "Y", "Z"])), 7),
    "many labels": ((Axis("circuit", [f"circuit {i}" for i in range(60)]),), 1),
    "four axes": ((DELAYS, Axis("k", range(5)), Axis("l", range(4)), Axis("basis", ["X", "Y"])), 1),
    "sum": ((Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["x"]), DELAYS),), 2),
    "grid of sums": ((Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["x"]), DELAYS),), 8),
}


@pytest.mark.parametrize(
    ("shape", "missing"), [*((shape, "some") for shape in SHAPES), ("one", "all"), ("grid", "all"), ("two axes", "all")]
)
def test_every_shape_of_experiment_is_drawn_with_and_without_points(shape, missing, experiment_over, measured):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._shown import Shown

    axes, targets = SHAPES[shape]
    experiment = experiment_over(*axes, targets=targets)
    size = experiment.sweep().size
    dataset = measured(experiment, missing=(0,) if missing == "some" else range(size))

    for drawn in Shown("a label", dataset, ()).drawn().values():
        assert render(drawn, "png").startswith(b"\x89PNG")


def test_what_is_drawn_is_prepared_once_for_the_pictures_and_the_report(experiment_over, measured, fit, monkeypatch):
    from oqtopus_experiments.reporting.figures import _files, _shown
    from oqtopus_experiments.reporting.figures._about import NOTHING

    asked = []
    for name in ("sheets", "overview_panel"):
        made = getattr(_shown, name)
        monkeypatch.setattr(_shown, name, lambda *a, name=name, made=made: asked.append(name) or made(*a))
    dataset = measured(experiment_over(DELAYS, targets=12))

    _files.figure_files(_shown.Shown("a label", dataset, [fit(dataset, number) for number in range(12)], NOTHING))

    assert sorted(asked) == ["overview_panel", "sheets"]


@pytest.mark.parametrize("targets", [1, 3, 12])
def test_good_and_bad_fits_and_unknown_values_are_drawn(targets, experiment_over, measured, fit):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._shown import Shown

    experiment = experiment_over(DELAYS, targets=targets)
    dataset = measured(experiment, missing=(2,))
    analyses = [fit(dataset, i) for i in range(targets)]
    analyses[-1] = attrs.evolve(
        fit(dataset, targets - 1, "bad"),
        quantities=[Quantity("t1_time", math.nan, math.nan, "ns")],
        fitted=None,
        curves=(),
    )

    drawn = Shown("a label", dataset, analyses).drawn()

    assert set(drawn) == ({"figure", "overview"} if targets > 6 else {"figure"})
    for name, again in Shown("a label", dataset, analyses).drawn().items():
        assert render(drawn[name], "svg") == render(again, "svg")


def test_the_panel_says_value_error_verdict_and_reason(experiment_over, measured, fit):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    experiment = experiment_over(DELAYS, targets=2)
    dataset = measured(experiment, missing=(5,))
    drawn = figure("a label", dataset, [fit(dataset, 0), fit(dataset, 1, "bad")])

    words = {text.get_text().strip() for axes in drawn.axes for text in axes.texts}
    titles = {axes.get_title(loc=side).strip() for axes in drawn.axes for side in ("left", "right")}
    legend = {text.get_text() for text in drawn.axes[0].get_legend().get_texts()}
    assert "no decay within the <window> $x$" in words
    assert {"qubit 0 · t1_time = 24.9(4) µs", "qubit 1 · t1_time = 24.9(4) µs", "✔ good", "✕ bad"} <= titles
    assert legend == {"1 point missing"}
    assert {axes.get_ylabel() for axes in drawn.axes} == {"P(1)", "residual (σ)"}


def test_the_users_own_matplotlib_settings_are_left_alone(experiment_over, measured):
    pytest.importorskip("matplotlib")
    import matplotlib as mpl

    from oqtopus_experiments.reporting.figures import figure

    with mpl.rc_context({"font.size": 33.0}):
        figure("a label", measured(experiment_over(DELAYS)), ())

        assert mpl.rcParams["font.size"] == 33.0


def test_a_notebook_shows_table_and_figure(decay, outcomes):
    pytest.importorskip("matplotlib")
    experiment = decay(physical_qubits=[0, 4])
    results = {o.index: o.result for o in outcomes(experiment)}
    result = ExperimentResult(experiment, Dataset.from_counts(experiment, results), results, {})

    html = result._repr_html_()

    assert "<table" in html
    assert html.count("<tr>") == 3
    assert "(" in html.partition("<tbody>")[2]  # the error, in parentheses
    assert 'src="data:image/png;base64,' in html


def test_a_notebook_shows_the_points_when_there_is_no_analyzer(experiment_over, measured):
    pytest.importorskip("matplotlib")
    experiment = experiment_over(DELAYS)
    result = ExperimentResult(experiment, measured(experiment), {}, {})

    html = result._repr_html_()

    assert "data:image/png" in html


def test_figure_and_notebook_bear_the_label_of_the_run_file(experiment_over, measured):
    pytest.importorskip("matplotlib")
    experiment = experiment_over(DELAYS, name="a class")
    result = ExperimentResult(experiment, measured(experiment), {}, {}, label="morning <run>")
    from oqtopus_experiments.reporting.figures import figure

    assert figure(result.label, result.dataset, ()).get_suptitle() == "morning <run>"
    assert "<b>morning &lt;run&gt;</b>" in result._repr_html_()


def test_curves_and_points_of_one_label_have_one_colour_and_those_of_two_have_two(experiment_over, measured):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    dataset = measured(experiment_over(LENGTHS, KINDS))
    curves = [Curve([1, 16], [0.9, 0.5], "length", {"kind": kind}) for kind in KINDS.values]
    drawn = figure("a label", dataset, [Analysis((0,), [], VERDICT, curves=curves)])

    (axes,) = drawn.axes
    points = [container.lines[0].get_color() for container in axes.containers]
    fitted = [line.get_color() for line in axes.lines if line.get_linestyle() == "-" and len(line.get_xdata()) == 2]
    assert points == fitted
    assert len(set(points)) == 2


def test_a_level_is_inside_the_panel_and_bears_its_name(experiment_over, measured):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    own = Panel(y=PanelAxis("|S|"), points=[PointSeries([0], [1.0], [0.1])], levels=[Level(2.5, "quantum")])
    drawn = figure("a label", measured(experiment_over(DELAYS)), [Analysis((0,), [], VERDICT, panels=[own])])

    (axes,) = drawn.axes
    low, high = axes.get_ylim()
    assert low < 1
    assert high > 2.5
    assert "quantum" in [text.get_text() for text in axes.texts]


def test_a_point_beyond_the_limits_of_its_axis_stands_at_the_edge_with_its_number(experiment_over, measured):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    own = Panel(y=PanelAxis("y", limits=(0, 1)), points=[PointSeries([0, 1], [0.5, 700.0], [0.1, 0.1])])
    drawn = figure("a label", measured(experiment_over(DELAYS)), [Analysis((0,), [], VERDICT, panels=[own])])

    (axes,) = drawn.axes
    assert axes.containers[0].lines[0].get_ydata().max() < 1
    assert [text.get_text() for text in axes.texts] == ["700"]
