"""Promises of the picture of a history: what changed is seen, and no single run hides it."""

from pathlib import Path

import numpy as np
import pytest

from oqtopus_experiments import Quantity
from oqtopus_experiments.reporting._history import Measurement, series


def run(number, value, error=700.0, level="good"):
    created = f"2026-11-{1 + number // 2:02d}T{12 * (number % 2):02d}:00:00+00:00"
    return Measurement(
        Path(f"run-{number}"), created, "t1", Quantity("t1_time", value, error, "ns", symbol="T₁"), level
    )


def picture(runs):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._timeline import timeline

    drawn = timeline([series("t1 on here", runs)], (0,))
    render(drawn, "png")
    return drawn


def steady(count=20, level=40e3):
    rng = np.random.default_rng(1)
    return [run(i, level + 700 * rng.standard_normal()) for i in range(count)]


def shown(drawn):
    """Return the range of the vertical axis in which values are; the legend has room above it."""
    low, high = drawn.axes[0].get_ylim()
    return high - low


def test_one_run_that_measured_nearly_nothing_leaves_the_others_their_axis():
    odd = [*steady(), run(20, 41e3, 80e3, "suspect")]

    assert shown(picture(odd)) < 2 * shown(picture(steady(21)))


def test_a_bad_value_far_off_is_drawn_at_the_edge_with_its_number():
    drawn = picture([*steady(), run(20, 900e3, 700.0, "bad")])

    assert shown(drawn) < 1.5 * shown(picture(steady(21)))
    assert "900" in {text.get_text() for text in drawn.axes[0].texts}


def test_values_on_both_sides_of_a_step_are_on_the_axis():
    jumped = [*steady(16), *(run(16 + i, 80e3) for i in range(2))]

    low, high = picture(jumped).axes[0].get_ylim()

    assert low < 40
    assert high > 80


@pytest.mark.parametrize("at", [1, 2, 10, 18, 19])
def test_the_name_of_a_step_is_inside_the_axes_wherever_the_step_is(at):
    jumped = [run(i, 40e3 if i < at else 60e3) for i in range(20)]

    axes = picture(jumped).axes[0]

    inside = axes.get_window_extent()
    names = [text for text in axes.texts if text.get_text().startswith("step")]
    assert names
    for name in names:
        box = name.get_window_extent()
        assert inside.x0 <= box.x0
        assert box.x1 <= inside.x1
        assert inside.y0 <= box.y0
        assert box.y1 <= inside.y1


def test_names_of_steps_that_follow_each_other_do_not_overlap():
    levels = [40e3] * 6 + [50e3] * 3 + [60e3] * 6
    axes = picture([run(i, level) for i, level in enumerate(levels)]).axes[0]

    boxes = [text.get_window_extent() for text in axes.texts if text.get_text().startswith("step")]

    assert len(boxes) == 2
    assert not boxes[0].overlaps(boxes[1])


def test_a_drift_has_its_line_and_its_slope_in_words():
    drawn = picture([run(i, 40e3 - 500.0 * i) for i in range(16)])

    legend = {text.get_text() for text in drawn.axes[0].get_legend().get_texts()}
    assert any(text.startswith("drifts by") for text in legend)
    (line,) = [line for line in drawn.axes[0].lines if str(line.get_label()).startswith("drifts by")]
    assert line.get_ydata()[0] > line.get_ydata()[-1]


def test_one_run_stands_in_its_own_day():
    left, right = picture([run(5, 40e3)]).axes[0].get_xlim()

    assert right - left == pytest.approx(1.0)
    assert left < np.datetime64("2026-11-03T12:00").astype("datetime64[s]").astype(float) / 86400 < right


def test_runs_without_any_value_say_so_in_their_own_time():
    (axes,) = picture([run(n, np.nan, np.nan, "bad") for n in (4, 6)]).axes

    assert "no value in 2 runs" in [text.get_text() for text in axes.texts]
    assert axes.get_xlim()[0] > 20_000  # days since 1970
