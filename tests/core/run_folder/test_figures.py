"""Promises of the figures: what is measured is drawn, in units a person reads, with the verdict; whatever the data."""

import math

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Axis,
    Counts,
    Curve,
    Dataset,
    Experiment,
    ExperimentResult,
    Failure,
    Quantity,
    Reason,
    Sweep,
    Verdict,
)
from oqtopus_experiments.reporting.figures.trace import traces

GOOD = Verdict([Reason("fits", "the model describes the points", "good")])
BAD = Verdict([Reason("no_signal", "no decay within the <window> $x$", "bad")])


def experiment_over(*axes, targets=1):
    @frozen(kw_only=True)
    class Swept(Experiment):
        name = "swept $<b>"

        def sweep(self):
            return Sweep(*axes)

        def circuit(self, **point):
            raise NotImplementedError

    return Swept(physical_qubits=range(targets))


def measured(experiment, *, missing=(), seed=1):
    rng = np.random.default_rng(seed)
    size, targets = experiment.sweep().size, len(experiment.targets)
    probability = np.linspace(0.9, 0.2, size)
    results = {
        i: Failure("busy") if i in missing else Counts.from_shots(rng.random((300, targets)) < probability[i])
        for i in range(size)
    }
    return Dataset.from_counts(experiment, results)


def fit(dataset, index=0, verdict=GOOD):
    axis = dataset.sweep.axes[0].values.astype(float)
    dense = np.linspace(axis.min(), axis.max(), 100)
    line = np.interp(dense, axis, np.linspace(0.9, 0.2, len(axis)))
    return Analysis(
        dataset.targets[index],
        [Quantity("t1_time", 24_900.0, 400.0, "ns")],
        verdict,
        fitted=np.linspace(0.9, 0.2, len(axis)),
        curves=[Curve(dense, line)],
    )


DELAYS = Axis("delay", np.linspace(0, 50_000, 12), unit="ns")


def test_times_are_drawn_in_microseconds():
    dataset = measured(experiment_over(DELAYS))

    trace = traces(dataset, [fit(dataset)])[0]

    assert trace.axis_label == "delay (µs)"
    assert trace.x[-1] == pytest.approx(50)
    assert trace.curve.x.max() == pytest.approx(50)


def test_residuals_are_in_units_of_the_standard_error():
    dataset = measured(experiment_over(DELAYS))
    analysis = fit(dataset)

    residual = traces(dataset, [analysis])[0].series[0].residual

    np.testing.assert_allclose(residual, (dataset.mean[0] - analysis.fitted) / dataset.stderr[0])


def test_missing_points_are_marked_and_not_drawn():
    dataset = measured(experiment_over(DELAYS), missing=(3, 4))

    trace = traces(dataset, [fit(dataset)])[0]

    np.testing.assert_allclose(trace.missing, DELAYS.values[[3, 4]] / 1000)
    assert np.isnan(trace.series[0].y[[3, 4]]).all()


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
def test_an_axis_is_logarithmic_when_its_values_are_spaced_so(values, scale):
    assert traces(measured(experiment_over(Axis("x", values))), ())[0].scale == scale


def test_a_second_axis_gets_a_line_for_each_of_its_values():
    trace = traces(measured(experiment_over(DELAYS, Axis("basis", ["X", "Y", "Z"]))), ())[0]

    assert [series.name for series in trace.series] == ["basis = X", "basis = Y", "basis = Z"]
    assert all(series.y.shape == (12,) for series in trace.series)


def test_points_are_averaged_over_the_axes_the_curve_does_not_have():
    dataset = measured(experiment_over(Axis("length", [1, 2, 4, 8, 16]), Axis("seed", range(10))), missing=(0, 7))
    analysis = fit(dataset)

    trace = traces(dataset, [analysis])[0]

    expected = np.nanmean(dataset.mean[0].reshape(5, 10), axis=1)
    np.testing.assert_allclose(trace.series[0].y, expected)
    assert trace.scatter[0].size == 50
    assert trace.missing.tolist() == [1, 1]
    assert np.isfinite(trace.series[0].residual).all()


def test_labels_are_drawn_at_their_own_places():
    trace = traces(measured(experiment_over(Axis("basis", ["X", "Y", "Z"]))), ())[0]

    assert (trace.x.tolist(), trace.ticks) == ([0, 1, 2], ("X", "Y", "Z"))


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
}


@pytest.mark.parametrize(
    ("shape", "missing"), [*((shape, "some") for shape in SHAPES), ("one", "all"), ("grid", "all"), ("two axes", "all")]
)
def test_every_shape_of_experiment_is_drawn_with_and_without_points(shape, missing):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figures, render

    axes, targets = SHAPES[shape]
    experiment = experiment_over(*axes, targets=targets)
    size = experiment.sweep().size
    dataset = measured(experiment, missing=(0,) if missing == "some" else range(size))

    for drawn in figures(experiment, dataset, ()).values():
        assert render(drawn, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize("targets", [1, 3, 12])
def test_good_and_bad_fits_and_unknown_values_are_drawn(targets):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figures, render

    experiment = experiment_over(DELAYS, targets=targets)
    dataset = measured(experiment, missing=(2,))
    analyses = [fit(dataset, i) for i in range(targets)]
    analyses[-1] = Analysis(dataset.targets[-1], [Quantity("t1_time", math.nan, math.nan, "ns")], BAD)

    drawn = figures(experiment, dataset, analyses)

    assert set(drawn) == ({"figure", "overview"} if targets > 6 else {"figure"})
    for name, again in figures(experiment, dataset, analyses).items():
        assert render(drawn[name], "svg") == render(again, "svg")


def test_the_panel_says_value_error_verdict_and_reason():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    experiment = experiment_over(DELAYS, targets=2)
    dataset = measured(experiment, missing=(5,))
    drawn = figure(experiment, dataset, [fit(dataset, 0), fit(dataset, 1, BAD)])

    words = {text.get_text().strip() for axes in drawn.axes for text in axes.texts}
    titles = {axes.get_title(loc=side).strip() for axes in drawn.axes for side in ("left", "right")}
    legend = {text.get_text() for text in drawn.axes[0].get_legend().get_texts()}
    assert "no decay within the <window> $x$" in words
    assert {"qubit 0", "qubit 1", "✔ good", "✕ bad"} <= titles
    assert legend == {"t1_time = 24.90 ± 0.40 µs", "1 point missing"}
    assert {axes.get_ylabel() for axes in drawn.axes} == {"P(1)", "residual (σ)"}


def test_the_users_own_matplotlib_settings_are_left_alone():
    pytest.importorskip("matplotlib")
    import matplotlib as mpl

    from oqtopus_experiments.reporting.figures import figure

    with mpl.rc_context({"font.size": 33.0}):
        figure(experiment_over(DELAYS), measured(experiment_over(DELAYS)), ())

        assert mpl.rcParams["font.size"] == 33.0


def test_a_notebook_shows_table_and_figure(decay, outcomes):
    pytest.importorskip("matplotlib")
    experiment = decay(physical_qubits=[0, 4])
    results = {o.index: o.result for o in outcomes(experiment)}
    result = ExperimentResult(experiment, Dataset.from_counts(experiment, results), results, {})

    html = result._repr_html_()

    assert "<table" in html
    assert "level_stderr" in html
    assert 'src="data:image/png;base64,' in html


def test_a_notebook_shows_the_points_when_there_is_no_analyzer():
    pytest.importorskip("matplotlib")
    experiment = experiment_over(DELAYS)
    result = ExperimentResult(experiment, measured(experiment), {}, {})

    html = result._repr_html_()

    assert "data:image/png" in html
