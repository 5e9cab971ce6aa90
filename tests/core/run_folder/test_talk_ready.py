"""Promises of a figure that is shown to others: what was found, how sure, where and when; the same range for all."""

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Analysis, Axis, Curve, Line, Panel, PointSeries, Quantity, Reason, Verdict, sweep_panels
from oqtopus_experiments.reporting.figures._about import About
from oqtopus_experiments.reporting.figures._scaling import readable
from oqtopus_experiments.reporting.figures._sheets import sheets

DELAYS = Axis("delay", np.linspace(0, 50_000, 12), unit="ns")
MADE = About("aspen (oqtopus)", "2026-11-22T08:05:11+00:00")


def verdict(level="good"):
    return Verdict([Reason("seen", "somebody looked", level)])


def words(drawn):
    """Return every text of a figure."""
    from matplotlib.text import Text

    return {text.get_text().strip() for text in drawn.findobj(Text)} - {""}


@pytest.fixture
def measure(experiment_over, measured):
    """Return the points of some targets and their analyses, with a curve that is known to 2 %."""

    def make(targets=1, value=25_000.0, level="good"):
        dataset = measured(experiment_over(DELAYS, targets=targets), shots=1000)
        curve = Curve(DELAYS.values, np.full(12, 0.5), "delay", stderr=np.full(12, 0.02))
        analyses = [
            Analysis(
                target, [Quantity("t1_time", value, 400.0, "ns", symbol="T₁")], verdict(level),
                fitted=np.full(12, 0.5), curves=[curve], deviance=12.34, degrees_of_freedom=11,
            )
            for target in dataset.targets
        ]  # fmt: skip
        return dataset, analyses

    return make


def test_a_figure_says_what_was_found_how_well_it_fits_where_when_and_with_how_many_shots(measure):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    said = words(figure("lifetime", *measure(), MADE))

    assert {"lifetime", "qubit 0 · T₁ = 25.0(4) µs", "✔ good", "χ² / dof = 12.3 / 11"} <= said
    small_print = "aspen (oqtopus) · 2026-11-22 08:05 UTC · 1,000 shots per circuit · band: ±1 σ of the fit"
    assert small_print in said


def test_a_figure_of_many_says_so_too(measure):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._shown import Shown

    dataset, analyses = measure(8)
    drawn = Shown("lifetime", dataset, analyses, MADE).drawn()

    for made in drawn.values():
        assert any("aspen (oqtopus) · 2026-11-22 08:05 UTC" in text for text in words(made))
    assert any("T₁" in text for text in words(drawn["figure"]))


def test_the_band_of_a_curve_is_its_standard_error_in_the_units_shown(measure):
    (sheet,) = sheets(*measure())

    (line,) = sheet.panels[0].lines
    assert line.x.max() == pytest.approx(50)
    np.testing.assert_allclose(line.stderr, 0.02)


def test_a_band_is_drawn_where_the_curve_is(measure):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    axes = figure("lifetime", *measure()).axes[0]

    from matplotlib.collections import PolyCollection

    (band,) = axes.findobj(PolyCollection)
    low, high = band.get_paths()[0].get_extents().get_points()[:, 1]
    assert (low, high) == pytest.approx((0.48, 0.52))


def test_a_band_in_another_unit_grows_with_its_curve():
    line = Line([0.0, 50_000.0], [30_000.0, 40_000.0], stderr=[1000.0, 2000.0])
    panel = Panel(y=attrs.evolve(Panel().y, label="time", unit="ns"), lines=[line])

    (shown,) = readable([panel])

    np.testing.assert_allclose(shown.lines[0].stderr, [1.0, 2.0])


def test_a_curve_whose_error_has_another_length_is_refused():
    with pytest.raises(ValueError, match="as long"):
        Line([0.0, 1.0], [0.0, 1.0], stderr=[0.1])


def limits(panels):
    return {panel.y.limits for panel in panels}


def panel_of(values):
    return Panel(points=[PointSeries(np.arange(len(values)), values, np.full(len(values), 0.01))])


def test_targets_share_the_range_of_their_axis_and_all_their_points_are_inside():
    from oqtopus_experiments.reporting.figures._shared_limits import shared

    panels = shared([panel_of([0.0, 0.4]), panel_of([0.3, 0.9]), panel_of([0.5, 0.6])])

    ((low, high),) = limits(panels)
    assert low < 0.0 - 0.01
    assert high > 0.9 + 0.01


def test_one_target_that_is_wild_does_not_flatten_the_others():
    from oqtopus_experiments.reporting.figures._shared_limits import shared

    *tame, wild = shared([panel_of([0.0, 1.0]), panel_of([0.1, 0.9]), panel_of([0.0, 300.0])])

    ((_, high),) = limits(tame)
    assert high < 1.5
    assert wild.y.limits is None


def test_residuals_share_their_range_too(measure):
    dataset, analyses = measure(3)

    prepared = sheets(dataset, analyses)

    assert len({sheet.panels[0].y.limits for sheet in prepared}) == 1
    assert len({sheet.panels[0].below.y.limits for sheet in prepared}) == 1


def test_some_of_the_targets_can_be_drawn_alone(measure):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    drawn = words(figure("lifetime", *measure(9), qubits=[2, 7]))

    assert {text.partition(" ·")[0] for text in drawn if text.startswith("qubit")} == {"qubit 2", "qubit 7"}


def test_a_target_that_is_not_there_is_named_with_those_that_are(measure):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    with pytest.raises(ValueError, match="no target 5; there are 0, 1"):
        figure("lifetime", *measure(2), qubits=[5])


@pytest.mark.parametrize("targets", [1, 8])
def test_a_figure_has_the_size_that_was_asked_for(measure, targets):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure, render

    drawn = figure("lifetime", *measure(targets), size=(3.4, 2.6))

    assert tuple(drawn.get_size_inches()) == (3.4, 2.6)
    assert render(drawn, "png")


def test_letters_are_larger_for_a_talk_and_smaller_on_paper(measure):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    sizes = [
        figure("lifetime", *measure(), style=style).axes[0].yaxis.label.get_size()
        for style in ("paper", "screen", {"font.size": 11.0, "axes.labelsize": 12.0}, "talk")
    ]

    assert sizes == sorted(set(sizes))


@pytest.mark.parametrize("style", ["tlak", {"no.such.setting": 1}])
def test_a_style_that_is_none_is_refused(measure, style):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    with pytest.raises(ValueError, match="style"):
        figure("lifetime", *measure(), style=style)


def headline(qubit, value, level):
    return Analysis((qubit,), [Quantity("t1_time", value, 400.0, "ns", symbol="T₁")], verdict(level))


def test_the_median_of_an_overview_is_that_of_the_good_ones_and_says_so():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._overview import overview, overview_panel

    found = [headline(q, 40e3 + q, "good") for q in range(5)] + [headline(q, 90e3, "suspect") for q in range(5, 12)]

    assert "t1 · 12 targets · median of 5 good: T₁ = 40 µs" in words(overview("t1", overview_panel(found)))


def test_without_good_ones_the_median_says_whose_it_is():
    from oqtopus_experiments.reporting.figures._overview import overview_panel

    (level,) = overview_panel([headline(q, 40e3, "suspect") for q in range(3)] + [headline(3, 90e3, "bad")]).levels

    assert level.name == "median of 3 suspect: T₁ = 40 µs"


def test_the_distribution_has_every_value_at_its_rank_with_its_verdict():
    from oqtopus_experiments.reporting.figures._overview import distribution_panel, overview_panel

    values = [42e3, 40e3, 44e3, 41e3]
    levels = ["good", "suspect", "good", "good"]
    found = [headline(q, value, level) for q, (value, level) in enumerate(zip(values, levels, strict=True))]

    panel = distribution_panel(overview_panel(found))

    drawn = {
        series.look: {(x, y) for x, y in zip(series.x.tolist(), series.y.tolist(), strict=True) if np.isfinite(y)}
        for series in panel.points
    }
    assert drawn == {"good": {(50.0, 41.0), (75.0, 42.0), (100.0, 44.0)}, "suspect": {(25.0, 40.0)}}


def test_an_arrow_of_a_bound_beyond_the_axis_never_says_more_than_is_known():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._overview import overview, overview_panel

    nan = float("nan")
    bounded = Analysis((8,), [Quantity("t1_time", nan, nan, "ns", at_most=900_000.0)], verdict("bad"))
    headlines = [*(headline(q, 40e3 + 100 * q, "good") for q in range(8)), bounded]
    drawn = overview("t1", overview_panel(headlines))

    assert not any("less than this" in text for text in words(drawn))


def test_what_has_no_fit_says_so_in_letters_that_can_be_read(measure):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    dataset, (one, other) = measure(2)
    nothing = attrs.evolve(other, quantities=[Quantity("t1_time", np.nan, np.nan, "ns")], fitted=None, curves=())
    drawn = figure("lifetime", dataset, [one, nothing])

    (said,) = [text for axes in drawn.axes for text in axes.texts if text.get_text() == "no fit"]
    assert said.get_size() >= 12
    assert not said.axes.get_yticks().size


def test_panels_of_a_sweep_hold_no_words_about_the_result(measure):
    dataset, (analysis,) = measure()

    (panel,) = sweep_panels(dataset, 0, analysis)

    assert [line.name for line in panel.lines] == [""]
    assert panel.note == ""


@pytest.mark.parametrize("exact", [False, True])
def test_beside_a_measurement_stand_the_points_of_its_twin_or_its_exact_curve_alone(measure, exact):
    from oqtopus_experiments.reporting.figures._sheets import base_sheets
    from oqtopus_experiments.reporting.figures._twin_sheets import together

    found = base_sheets(*measure())

    (sheet,) = together(found, found, "aspen", exact=exact)

    (panel,) = sheet.panels
    assert [series.name for series in panel.points] == ["measured", *([] if exact else ["twin of aspen"])]
    assert [line.name for line in panel.lines] == ["measured", "twin of aspen"]
    assert panel.below is not None
    assert sheet.headline == "T₁ = 25.0(4) µs"
