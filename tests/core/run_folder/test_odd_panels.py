"""Panels that no one expects are drawn all the same; and a figure that cannot be drawn costs no number."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Axis, Level, Line, Panel, PanelAxis, PointSeries, Reason, Verdict

GOOD = Verdict([Reason("read", "as it was read", "good")])
LONG = "a long name " * 20
HUGE = [0.0, 1e99, -1e6]
ODD = {
    "nothing": Panel(),
    "a long note alone": Panel(note=LONG),
    "no numbers": Panel(points=[PointSeries([np.nan] * 2, [np.nan] * 2, [np.nan] * 2)], levels=[Level(np.nan)]),
    "infinite": Panel(points=[PointSeries([0, 1], [np.inf, 1], [1, np.inf])], lines=[Line([0, np.inf], [1, 1])]),
    "beyond all dates": Panel(x=PanelAxis("t", scale="date"), points=[PointSeries(HUGE, [0, 1, 2], [1, 1, 1])]),
    "beyond all decades": Panel(x=PanelAxis(scale="symlog"), points=[PointSeries([5e-324, 0, 1e99], [0] * 3, [1] * 3)]),
    "negative on a log axis": Panel(x=PanelAxis(scale="log"), points=[PointSeries([-1, 1, 10], [0, 1, 2], [1, 1, 1])]),
    "long names": Panel(LONG, PanelAxis(LONG, ticks=[LONG] * 3), points=[PointSeries([0], [0], [0], LONG + str(i))
                                                                        for i in range(6)]),
    "names that are mathematics": Panel("$x_{", PanelAxis("$\\frac{"), points=[PointSeries([0], [0], [0], "$^")]),
}  # fmt: skip


@pytest.mark.parametrize("targets", [1, 7])
@pytest.mark.parametrize("odd", ODD)
def test_an_odd_panel_is_drawn(odd, targets, experiment_over, measured):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure, render

    dataset = measured(experiment_over(Axis("delay", [0, 1, 2]), targets=targets), shots=10)
    analyses = [Analysis(target, [], GOOD, panels=[ODD[odd]]) for target in dataset.targets]

    assert render(figure("any", dataset, analyses), "png").startswith(b"\x89PNG")


def test_a_figure_that_cannot_be_drawn_costs_no_number_and_names_who_made_its_panels(
    write_analyzed, decay, monkeypatch, caplog
):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._shown import Shown

    def fail(*_):
        message = "no such colour"
        raise ValueError(message)

    monkeypatch.setattr(Shown, "drawn", fail)
    folder = write_analyzed({"decay": decay()}, figures=True)

    assert (folder.path / "decay" / "analysis.json").exists()
    assert "Mean.analyze failed of 'decay': its figure cannot be drawn: ValueError: no such colour" in caplog.text
