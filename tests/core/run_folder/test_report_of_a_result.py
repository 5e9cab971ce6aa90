"""A result in memory has the report that its run folder would have."""

from __future__ import annotations

import base64
import html
import inspect
import io
import json
import re
import zipfile

import pytest

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Analyzer,
    PluginError,
    Reason,
    StoreError,
    Verdict,
    load_run,
)

SAME = ("verdicts", "quantities", "figures")


def section(page, name):
    """One section of the page, without what names the experiment's place in a run."""
    return re.search(rf'<section id="{name}">.*?</section>', page, re.DOTALL)[0]


def charts(page):
    return json.loads(re.search(r'<script type="application/json" id="charts">(.*?)</script>', page, re.DOTALL)[1])


def archive(page):
    data = re.search(r"data:application/zip;base64,([^\"]+)", page)[1]
    return zipfile.ZipFile(io.BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize("figures", [False, True])
def test_the_report_of_a_result_says_what_that_of_its_folder_says(write_analyzed, decay, figures):
    if figures:
        pytest.importorskip("matplotlib")
    folder = write_analyzed({"decay": decay(physical_qubits=[0, 3])}, figures=figures, missing=(1,))
    kept = (folder.path / "report.html").read_text(encoding="utf-8")

    report = load_run(folder.path).results["decay"].report("test-mean")

    for name in SAME if figures else SAME[:2]:
        assert section(report.html, name) == section(kept, name)
    inside = archive(report.html)
    for name in ("points.csv", "table.csv"):
        assert inside.read(f"decay/{name}") == (folder.section_path("decay") / name).read_bytes()
    analyses = json.loads((folder.section_path("decay") / "analysis.json").read_text())["analyses"]
    assert json.loads(inside.read("decay/analysis.json"))["analyses"] == analyses
    assert "job-decay" in section(report.html, "provenance")
    assert "succeeded" in section(report.html, "provenance")
    if figures:
        assert charts(report.html) == charts(kept)


def test_it_is_written_where_one_says_and_nowhere_else(write_run, decay, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = write_run({"decay": decay()})
    before = sorted(path for path in tmp_path.rglob("*"))

    report = load_run(folder.path).results["decay"].report("test-mean")
    assert sorted(path for path in tmp_path.rglob("*")) == before

    file = report.save("decay.html")
    assert file.read_text(encoding="utf-8") == report.html
    with pytest.raises(StoreError, match="nowhere"):
        report.save(tmp_path / "nowhere" / "decay.html")


def test_a_notebook_shows_it_in_a_frame_that_keeps_its_scripts_apart(write_run, decay):
    report = load_run(write_run({"de<i>cay": decay()}).path).results["de<i>cay"].report("test-mean")

    shown = report._repr_html_()

    attributes = re.fullmatch(
        r'<iframe title="([^"]*)" sandbox="([^"]*)" style="[^"]*" srcdoc="([^"]*)"></iframe>', shown
    )
    assert html.unescape(attributes[1]) == "report of de<i>cay"
    assert "allow-same-origin" not in attributes[2]
    assert html.unescape(attributes[3]) == report.html
    assert re.fullmatch(r"<Report of 'de<i>cay': \d+ kB; \.save\(path\) writes it>", repr(report))


class NoFit(Analyzer):
    name = "no-fit"

    def analyze(self, experiment, dataset):
        message = "no model goes with this"
        raise AnalysisError(message)


class Level(Analyzer):
    name = "level"

    def analyze(self, experiment, dataset):
        return [Analysis(target, [], Verdict([Reason("level", "as it should", "good")])) for target in dataset.targets]


def test_an_analyzer_that_does_not_fit_leaves_the_points(write_run, decay):
    result = load_run(write_run({"decay": decay()}).path).results["decay"]

    report = result.report(NoFit())

    assert "no model goes with this" in report.html
    assert "decay/points.csv" in archive(report.html).namelist()
    assert "decay/table.csv" not in archive(report.html).namelist()
    with pytest.raises(PluginError, match="no analyzer 'tset-mean'"):
        result.report("tset-mean")


def test_a_figure_that_cannot_be_drawn_costs_the_figures_only(write_run, decay, monkeypatch, caplog):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._shown import Shown

    def fail(*_):
        message = "no such colour"
        raise ValueError(message)

    monkeypatch.setattr(Shown, "drawn", fail)
    report = load_run(write_run({"decay": decay()}).path).results["decay"].report(Level())

    assert "as it should" in report.html
    assert "of 'decay': its figure cannot be drawn: ValueError: no such colour" in caplog.text
    assert charts(report.html) == {}


def test_whatever_is_asked_of_a_result_it_is_analyzed_once(write_run, decay, monkeypatch):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.execution import _result

    result = load_run(write_run({"decay": decay()}).path).results["decay"]
    asked, analyses_of = [], _result.analyses_of
    monkeypatch.setattr(_result, "analyses_of", lambda *given: asked.append(1) or analyses_of(*given))

    result.analyze()
    result.arrays()
    result.figure()
    result.report()

    assert result.analyses() is result.analyses()
    assert asked == [1]
    result.analyze(analyzer=Level())
    assert asked == [1, 1]


@pytest.mark.parametrize("name", ["analyses", "analyze", "arrays", "to_xarray", "report", "figure"])
def test_whatever_is_analyzed_may_be_analyzed_otherwise_and_elsewhere(name):
    from oqtopus_experiments import ExperimentResult

    asked = inspect.signature(getattr(ExperimentResult, name)).parameters

    assert {"analyzer", "fit", "executor"} <= asked.keys()


def test_a_result_is_shown_from_the_analysis_it_has(write_run, decay, monkeypatch):
    """As its attributes are: showing it again does not analyze again."""
    from oqtopus_experiments.execution import _result

    result = load_run(write_run({"decay": decay()}).path).results["decay"]
    asked = []
    monkeypatch.setattr(_result, "chosen_analyzer", lambda *_: asked.append(1) or Level())
    for _ in range(2):
        result._repr_html_()
        assert result.verdict.level == "good"
    assert asked == [1]
