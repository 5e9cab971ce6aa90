"""What is printed, drawn and reported is what was measured: the right number, unit, place and order."""

from __future__ import annotations

import csv
import html
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Axis,
    Counts,
    ExperimentResult,
    Quantity,
    Reason,
    Verdict,
)
from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.reporting._history import Measurement, Series
from oqtopus_experiments.reporting.report._page import page
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest

GOOD = Verdict([Reason("fits", "as the model says", "good")])
BAD = Verdict([Reason("no_signal", "no <b>signal</b> & none", "bad")])
SUSPECT = Verdict([Reason("short", "a short window", "suspect")])


@pytest.fixture
def steps(experiment_over, measured):
    """Return a function that makes an experiment and its points: target t reads 1 more often than those before it."""

    def make(targets=1, *, missing=(), shots=400):
        experiment = experiment_over(Axis("delay", np.linspace(0, 50_000, 4), unit="ns"), targets=targets, name="steps")
        height = np.arange(1, targets + 1)[:, None] / targets
        return experiment, measured(experiment, height * [0.9, 0.8, 0.7, 0.6], missing=missing, shots=shots)

    return make


def analysis(target, value=24_900.0, error=400.0, verdict=GOOD):
    return Analysis((target,), [Quantity("t1_time", value, error, "ns")], verdict)


def bars(panel):
    """Return the lengths of the error bars of a panel, upper end minus point."""
    (container,) = panel.containers
    points, _, (lines,) = container.lines
    return [segment[1][1] - y for segment, y in zip(lines.get_segments(), points.get_ydata(), strict=True)]


def test_the_error_bars_of_a_history_are_in_the_unit_of_its_axis():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._timeline import timeline

    entries = [
        Measurement(
            Path("r"), f"2026-11-{day:02}T00:00:00+00:00", "t1", Quantity("t1_time", 24_000.0, 400.0, "ns"), "good"
        )
        for day in (1, 2)
    ]

    (panel,) = timeline([Series("", tuple(entries))], (0,)).axes

    assert panel.get_ylabel() == "t1_time (µs)"
    assert bars(panel) == pytest.approx([0.4, 0.4])
    assert panel.containers[0].lines[0].get_ydata() == pytest.approx([24.0, 24.0])


def test_the_levels_of_a_history_are_in_the_unit_of_its_axis():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._timeline import timeline

    entries = [
        Measurement(Path("r"), "", "t1", Quantity("t1_time", value, 400.0, "ns"), "good", step, value)
        for value, step in ((24_000.0, float("nan")), (30_000.0, 9.0))
    ]

    (panel,) = timeline([Series("", tuple(entries))], (0,)).axes

    levels = [
        line.get_ydata()[0] for line in panel.lines if len(set(line.get_ydata())) == 1 and line.get_linewidth() == 1.4
    ]
    assert levels == pytest.approx([24.0, 30.0])


def test_the_error_bars_of_an_overview_are_in_the_unit_of_its_axis():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._overview import overview, overview_panel

    panel, _ = overview("t1", overview_panel([analysis(qubit) for qubit in range(8)])).axes

    assert panel.get_ylabel() == "t1_time (µs)"
    assert bars(panel) == pytest.approx([0.4] * 8)


def test_the_error_bars_of_a_panel_are_one_standard_error(steps):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    _, data = steps()

    panel = figure("steps", data, ()).axes[0]

    assert bars(panel) == pytest.approx(data.stderr[0].tolist())


def test_every_panel_has_the_points_of_its_own_target(steps):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    _, data = steps(3)

    panels = [axes for axes in figure("steps", data, ()).axes if axes.containers]

    assert len(panels) == 3
    for index, panel in enumerate(panels):
        assert panel.containers[0].lines[0].get_ydata() == pytest.approx(data.mean[index])
        assert panel.get_title(loc="left") == f"qubit {index}"


def test_a_small_panel_has_its_highest_point_on_top_and_its_own_points(steps):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure

    _, data = steps(8)

    (canvas,) = figure("steps", data, ()).axes

    low, high = sorted(canvas.get_ylim())
    (points,) = [line for line in canvas.lines if line.get_marker() == "o"]
    places = np.asarray(points.get_ydata()).reshape(8, 4)
    assert canvas.get_ylim() == (high, low)  # downwards
    assert (np.diff(places, axis=1) > 0).all()  # the signal falls, so its place goes down
    within = places - np.floor(places[:, :1])
    assert (np.diff(within[:, 0]) < 0).all()  # of each further target the first point is higher


def page_of(experiments, manifest=RunManifest("n", {"use": "toy"})):  # noqa: B008  # a frozen value
    return page(manifest, experiments, {})


def test_every_row_of_the_report_is_of_its_own_qubit():
    measured = tuple(analysis(qubit, value=1000.0 * (qubit + 1), error=10.0) for qubit in (0, 3, 5))

    rows = page_of([AnalyzedExperiment("t1", measured)]).split("<tbody>")[1].split("</tbody>")[0].strip().splitlines()

    for row, qubit, value in zip(rows, (0, 3, 5), ("1.000", "4.000", "6.000"), strict=True):
        assert f'<th scope="row">{qubit}</th><td>{value}' in row


def test_the_worst_verdicts_of_a_report_come_first():
    experiment = AnalyzedExperiment("t1", (analysis(0), analysis(1, verdict=SUSPECT), analysis(2, verdict=BAD)))

    items = [line.split('"')[1] for line in page_of([experiment]).splitlines() if line.startswith("<li class=")]

    assert items == ["bad", "suspect", "good"]


def test_names_values_and_reasons_are_text_in_the_report_and_never_markup():
    evil = "<b onclick=x>&amp;"
    verdict = Verdict([Reason("c", evil, "bad")])
    experiment = AnalyzedExperiment(evil, (Analysis((0,), [Quantity(evil, 1.0, 0.1, evil)], verdict),))
    broken = AnalyzedExperiment(evil, problem=evil)
    entry = RecordedExperiment(evil, evil, 1, {evil: evil, "table": {evil: 1}}, {"use": evil})
    origin = {"created": evil, evil: evil}
    manifest = RunManifest(evil, {"use": evil, "options": {evil: evil}}, (entry,), origin)

    text = page_of([experiment, broken], manifest)

    assert "<b onclick" not in text
    assert text.count(html.escape(evil)) >= 16


def test_missing_points_do_not_count_in_the_table(steps):
    from oqtopus_experiments.reporting._table import to_frame

    _, data = steps(2, missing=(1, 3), shots=100)

    frame = to_frame(data, [analysis(0), analysis(1)])

    assert frame.points.tolist() == [2, 2]
    assert frame.shots.tolist() == [200, 200]
    assert frame.qubits.tolist() == [0, 1]
    assert frame.t1_time_stderr.tolist() == [400.0, 400.0]


def test_a_table_row_names_every_reason_and_its_own_qubits():
    from oqtopus_experiments.reporting._table import to_rows

    nan = pytest.approx(float("nan"), nan_ok=True)
    pair = Analysis((2, 3), [Quantity("x", 1.0, 0.5, "ns")], BAD)

    bare = dict.fromkeys(["systematic", "at_least", "at_most"], nan)

    assert to_rows("label", [analysis(4), pair]) == [
        {"experiment": "label", "qubits": "4", "quantity": "t1_time", "value": 24_900.0, "stderr": 400.0,
         **bare, "unit": "ns",
         "verdict": "good", "reasons": "fits", "why": "as the model says"},
        {"experiment": "label", "qubits": "2-3", "quantity": "x", "value": 1.0, "stderr": 0.5, **bare, "unit": "ns",
         "verdict": "bad", "reasons": "no_signal", "why": "no <b>signal</b> & none"},
    ]  # fmt: skip


def test_a_plan_counts_reference_circuits_and_their_shots(experiment_over):
    from oqtopus_experiments.execution._plan import plan
    from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig

    @frozen(kw_only=True)
    class Calibrated(type(experiment_over(Axis("delay", [0, 1, 2, 3])))):
        def references(self):
            return {"0": None, "1": None, "again 0": None}

    class Queue:
        def jobs_for(self, circuits):
            return circuits

    entry = ConfiguredExperiment("steps", Calibrated(physical_qubits=[4, 2]), 100, None)

    (row,) = plan(RunConfig("x", Path("runs"), None, Queue(), (entry,)))

    assert row["circuits"] == row["jobs"] == 7
    assert row["shots"] == 700
    assert row["qubits"] == [2, 4]


def test_the_bar_moves_with_every_outcome(monkeypatch):
    import rich.progress

    from oqtopus_experiments import Outcome
    from oqtopus_experiments.cli._watching import TerminalObserver

    bars = []
    start = rich.progress.Progress.start

    def noting(bar):
        bars.append(bar)
        start(bar)

    monkeypatch.setattr(rich.progress.Progress, "start", noting)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    observer, seen = TerminalObserver(), []

    observer.waiting("x", 3)
    for index in range(3):
        observer.outcome("x", Outcome(index, Counts.from_dict({"1": 10}, 1)))
        seen.append(bars[0].tasks[0].completed)
    total = bars[0].tasks[0].total
    observer.close()

    assert seen == [1, 2, 3]
    assert total == 3


def test_only_what_differs_is_shown_when_asked(write_analyzed, decay, oqx):
    folders = [write_analyzed({"decay": decay(physical_qubits=[0, 1])}, seed=seed).path for seed in (1, 2)]
    file = folders[1] / "decay" / "analysis.json"
    content = json.loads(file.read_text())
    content["analyses"][1]["quantities"][0]["value"] += 1.0
    file.write_text(json.dumps(content))

    _, every, _ = oqx("compare", *folders)
    _, flagged, _ = oqx("compare", *folders, "--flagged")

    assert [line.split()[0] for line in every.splitlines() if " σ" in line] == ["0", "1"]
    assert [line.split()[0] for line in flagged.splitlines() if " σ" in line] == ["1"]
    assert "differs" in flagged
    assert "1 of 2 quantities differ" in flagged


def test_values_with_a_bad_verdict_are_marked_and_not_compared(write_analyzed, decay, oqx):
    folders = [write_analyzed({"decay": decay()}, seed=seed).path for seed in (1, 2)]
    file = folders[1] / "decay" / "analysis.json"
    content = json.loads(file.read_text())
    content["analyses"][0]["quantities"][0]["value"] += 1.0
    content["analyses"][0]["verdict"]["reasons"] = [{"code": "no", "message": "none", "level": "bad"}]
    file.write_text(json.dumps(content))

    _, out, _ = oqx("compare", *folders)

    assert "B bad" in out
    assert "0 of 1 quantities differ" in out


def test_an_export_has_a_row_for_every_point_or_every_quantity(write_analyzed, decay, oqx, tmp_path):
    folder = write_analyzed({"decay": decay(points=4, physical_qubits=[0, 3])}, missing=(1,)).path

    for what, count in (("points", 8), ("quantities", 2)):
        file = tmp_path / f"{what}.csv"
        code, out, _ = oqx("export", folder, "--what", what, "-o", file)
        assert code == 0
        assert f"{count} rows" in out
        assert len(list(csv.DictReader(file.read_text().splitlines()))) == count


def test_a_notebook_escapes_names_and_reasons_and_does_without_figures(steps, monkeypatch):
    from oqtopus_experiments.reporting.figures import _possible as possible

    experiment, data = steps()
    monkeypatch.setattr(possible, "why_not", lambda: "no <i>luck</i>")
    monkeypatch.setattr(type(experiment), "name", "<b>steps</b>")
    monkeypatch.setattr(type(experiment), "analyzer", "<script>")

    shown = ExperimentResult(experiment, data, {}, {})._repr_html_()

    assert "<b>steps" not in shown.replace("<b>&lt;", "")
    assert "<i>" not in shown
    assert "<script>" not in shown
    assert "&lt;i&gt;luck" in shown


def test_no_figure_of_an_earlier_analysis_stays_where_none_can_be_drawn(write_analyzed, decay, monkeypatch):
    from oqtopus_experiments.execution._reanalysis import reanalyze
    from oqtopus_experiments.reporting.figures import _possible as possible

    monkeypatch.setattr(possible, "why_not", lambda: "nothing can draw here")
    folder = write_analyzed({"decay": decay()}, figures=True)
    (folder.path / "decay" / "figure.svg").write_text("<svg>of other numbers</svg>")

    reanalyze(folder.path)

    assert [file.name for file in folder.path.glob("*/figure*")] == ["figure.json"]


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [("5 kHz", "Hz", 5e3), ("5 MHz", "Hz", 5e6), ("5 GHz", "MHz", 5e3), ("180 deg", "rad", np.pi),
     ("2 mrad", "rad", 2e-3),
     ("1 ps", "ns", 1e-3), ("2 ms", "ns", 2e6), ("3 s", "ns", 3e9)],
)  # fmt: skip
def test_every_unit_is_as_large_as_it_is(text, unit, value):
    from oqtopus_experiments.contracts import units

    assert units.parse(text, unit) == pytest.approx(value, rel=1e-11)
