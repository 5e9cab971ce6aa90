"""Promises of the report: everything is on it, in order, escaped, and it needs nothing else."""

import base64
import hashlib
import io
import json
import re
import zipfile
from html import escape
from html.parser import HTMLParser
from importlib.resources import files
from urllib.parse import unquote_to_bytes

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Quantity, Reason, Verdict, load_run
from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.execution._outputs import finish_run
from oqtopus_experiments.reporting.report import _assets
from oqtopus_experiments.reporting.report._kept import Jobs, Kept
from oqtopus_experiments.reporting.report._page import page as page_of
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest

SCRIPT = "<script>alert('x')</script>"


class Page(HTMLParser):
    """What a browser would see: tags with attributes, the text, and apart from it the scripts."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words, self.scripts = [], [], []
        self.inside = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.inside = tag == "script"
        if self.inside:
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag):
        self.inside = False

    def handle_data(self, data):
        if self.inside:
            attributes, before = self.scripts.pop()
            self.scripts.append((attributes, before + data))
        else:
            self.words.append(data)


@pytest.fixture
def page(write_analyzed, decay):
    experiments = {SCRIPT: decay(physical_qubits=[0, 1, 2, 7]), "<img src=x onerror=alert(1)>": decay()}
    folder = write_analyzed(experiments, name=f'"{SCRIPT}&amp;', missing=(1,))
    return (folder.path / "report.html").read_text(encoding="utf-8")


def test_text_of_a_user_is_never_markup(page):
    tags = [tag for tag, _ in Page(page).tags]

    assert tags.count("script") == 3  # the data of the figures, the library, ours
    assert "img" not in tags  # no figures were drawn here
    assert not any(name.startswith("on") for _, attributes in Page(page).tags for name in attributes)
    assert SCRIPT in "".join(Page(page).words)


def test_verdicts_come_first_then_quantities_figures_settings_provenance(page):
    sections = [attributes["id"] for tag, attributes in Page(page).tags if tag == "section"]

    assert sections == ["verdicts", "quantities", "figures", "settings", "provenance"]


def test_nothing_is_fetched_from_anywhere(page):
    for _, attributes in Page(page).tags:
        for name in ("src", "href", "srcset", "data", "action"):
            assert attributes.get(name, "data:").startswith(("data:", "#"))
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_numbers_verdicts_settings_and_versions_are_there(page):
    text = " ".join(" ".join(Page(page).words).split())

    assert "good qubits 0 to 2, 7 averaged the mean over the sweep" in re.sub(r"[^\w ,]", "", text).replace("  ", " ")
    assert re.search(r"0\.\d+\(\d+\) ns", text)
    assert "window 1000.0" in text
    assert "oqtopus-experiments-gone 0.1" in text
    assert "seed 1" in text


def test_a_chapter_without_a_result_says_why(write_run, decay):
    folder = write_run({"decay": decay()})
    finish_run(folder, [AnalyzedExperiment("decay", problem="the device <is> off")], complete=True)

    assert "the device &lt;is&gt; off" in (folder.path / "report.html").read_text()


def test_figures_are_inside_the_page(write_analyzed, decay):
    pytest.importorskip("matplotlib")
    folder = write_analyzed({"decay": decay()}, figures=True)

    images = [a["src"] for tag, a in Page((folder.path / "report.html").read_text()).tags if tag == "img"]

    assert len(images) == 1
    assert images[0].startswith("data:image/svg+xml;base64,")
    assert re.fullmatch(r"decay: qubit 0: level = [0-9.]+\(\d+\) ns, good", alts(folder)[0])


def alts(folder):
    return [a["alt"] for tag, a in Page((folder.path / "report.html").read_text()).tags if tag == "img"]


def test_only_the_scripts_of_the_page_run_and_each_is_named_by_its_content(page):
    scripts = Page(page).scripts
    code = [text for attributes, text in scripts if attributes.get("type") != "application/json"]
    policy = next(a["content"] for tag, a in Page(page).tags if tag == "meta" and "http-equiv" in a)

    allowed = re.search(r"script-src ([^;]*);", policy)[1].split()
    assert allowed == [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in code]
    assert code == [_assets.library(), _assets.script()]
    assert "unsafe" not in policy.replace("style-src 'unsafe-inline'", "")


def test_the_library_inside_is_the_version_that_is_named_and_has_its_licence():
    inside = files("oqtopus_experiments.reporting.report") / "assets"

    assert (
        (inside / "uPlot.iife.min.js")
        .read_text()
        .startswith(f"/*! https://github.com/leeoniya/uPlot (v{_assets.UPLOT}) */")
    )
    assert _assets.library().startswith(f"/* uPlot {_assets.UPLOT}\nThe MIT License (MIT)")


def test_our_scripts_put_texts_into_the_page_as_texts():
    for dangerous in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "document.write",
        "eval(",
        "Function(",
        "fetch(",
        "http",
    ):
        assert dangerous not in _assets.script()


def test_the_contents_lead_to_every_section(page):
    tags = Page(page).tags

    links = [a["href"] for tag, a in tags if tag == "a" and a["href"].startswith("#")]
    assert links == [*(f"#{a['id']}" for tag, a in tags if tag == "section"), "#data"]
    assert "data" in [a.get("id") for _, a in tags]


def test_the_data_inside_are_the_files_of_the_run(write_analyzed, decay):
    folder = write_analyzed({"decay": decay(physical_qubits=[0, 1]), "T 1": decay()})

    links = {
        a["download"]: unquote_to_bytes(a["href"].partition(",")[2])
        for tag, a in Page((folder.path / "report.html").read_text()).tags
        if tag == "a" and "download" in a
    }
    assert len(links) == 2
    table, whole = (next(data for name, data in links.items() if name.endswith(kind)) for kind in (".csv", ".zip"))
    assert table == (folder.path / "table.csv").read_bytes()
    archive = zipfile.ZipFile(io.BytesIO(base64.b64decode(whole)))
    for label in ("decay", "T 1"):
        where = folder.section_path(label)
        for name in ("points.csv", "table.csv", "analysis.json"):
            assert archive.read(f"{where.name}/{name}") == (where / name).read_bytes()
    assert json.loads(archive.read("run.json")) == json.loads((folder.path / "run.json").read_text())


def test_a_picture_says_its_result_to_who_does_not_see_it():
    doubted = Verdict([Reason("poor_fit", 'the "model" misses', "suspect")])
    good = Verdict([Reason("fits", "as the model says", "good")])
    quantity = Quantity("t1_time", 39_300.0, 900.0, "ns", symbol="T₁")
    few = AnalyzedExperiment('t1 "x"', (Analysis((0,), [quantity], good), Analysis((3,), [quantity], doubted)))
    many = AnalyzedExperiment("many", tuple(Analysis((i,), [quantity], doubted if i == 7 else good) for i in range(9)))
    pictures = Kept(pictures={"figure": "data:image/png;base64,", "overview": "data:image/png;base64,"})

    text = page_of(RunManifest("n"), [few, many], {one.label: pictures for one in (few, many)})

    said = [a["alt"] for tag, a in Page(text).tags if tag == "img"]
    assert said[0] == 't1 "x": qubit 0: T₁ = 39.3(9) µs, good; qubit 3: T₁ = 39.3(9) µs, suspect'
    assert "9 targets, 8 good, 1 suspect, 0 bad" in said[2]
    assert "worst: qubit 7: T₁ = 39.3(9) µs, suspect" in said[2]


def test_the_data_of_the_figures_are_the_points_with_their_counts(write_analyzed, decay):
    folder = write_analyzed({"decay": decay(physical_qubits=[4, 2])}, figures=True, missing=(1,))
    dataset = load_run(folder.path).results["decay"].dataset

    (text,) = (words for a, words in Page((folder.path / "report.html").read_text()).scripts if a.get("id") == "charts")
    told = json.loads(text)["decay"]

    assert [sheet["qubits"] for sheet in told["sheets"]] == ["4", "2"]
    for target, sheet in enumerate(told["sheets"]):
        (points,) = sheet["panels"][0]["points"]
        assert told["across"][points["x"]] == [0, 0.25, 0.5, 0.75, 1]
        assert sheet["panels"][0]["x"]["unit"] == "µs"
        assert points["y"][1] is None
        assert points["ones"] == np.nan_to_num(dataset.mean[target] * 200).round().astype(int).tolist()
        assert points["shots"] == [200, 0, 200, 200, 200]
        np.testing.assert_allclose(
            [y for y in points["y"] if y is not None], dataset.mean[target][[0, 2, 3, 4]], rtol=1e-4
        )
        assert sheet["panels"][0]["missing_words"] == "1 point missing"
    assert [level for _, level in told["said"]] == ["good", "good"]


DAMAGED = [
    b"{",
    b"[]",
    b'{"sheets": [NaN]}',
    b'{"sheets": [1e999]}',
    b"[" * 100_000,
    b'{"sheets": {}}',
    b"\xff\xfe",
]


@pytest.mark.parametrize("content", DAMAGED)
def test_damaged_data_of_figures_are_left_out(write_analyzed, decay, content):
    folder = write_analyzed({"decay": decay()})
    (folder.path / "decay" / "figure.json").write_bytes(content)

    finish_run(folder, [AnalyzedExperiment("decay")], complete=False)

    assert '<script type="application/json" id="charts">{}</script>' in (folder.path / "report.html").read_text()


def test_data_of_figures_end_no_script(write_analyzed, decay):
    folder = write_analyzed({"decay": decay()})
    end = {"format": 1, "sheets": [{"qubits": "</script><script>alert(1)</script><!--", "panels": []}]}
    (folder.path / "decay" / "figure.json").write_text(json.dumps(end))

    finish_run(folder, [AnalyzedExperiment("decay")], complete=False)

    found = Page((folder.path / "report.html").read_text())
    assert len(found.scripts) == 3
    assert json.loads(found.scripts[0][1])["decay"]["sheets"] == end["sheets"]
    assert "<" not in found.scripts[0][1]  # a browser ends a script at "</script " too


def test_jobs_are_there_with_their_ids_and_times(write_analyzed, decay):
    folder = write_analyzed({"decay": decay()})
    written = (folder.path / "report.html").read_text()

    assert "job-decay" in written
    assert re.search(r"<td>20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC</td>", written)


def test_what_a_service_calls_its_jobs_is_text():
    told = Jobs((SCRIPT,), SCRIPT, 1e300, -1e300, float("inf"))

    text = page_of(RunManifest("n"), [AnalyzedExperiment("t1")], {"t1": Kept(jobs=told)})

    assert SCRIPT not in text
    assert text.count(escape(SCRIPT)) == 2


def test_targets_are_told_in_spans_and_units_of_a_stranger_are_text():
    entry = RecordedExperiment("t1", "t1", 100, {"wait": 5.0, "targets": [[0], [1], [2], [7]]})
    pairs = RecordedExperiment("cz", "cz", 100, {"targets": [[0, 1], [2, 3]]})
    odd = RecordedExperiment("odd", "odd", 100, {"wait": 5.0, "targets": [["x"], 3]})
    written = {"experiments": {"t1": {"wait": SCRIPT}, "odd": {"wait": [1]}}, "backend": "none"}

    text = page_of(RunManifest("n", {"use": "b"}, (entry, pairs, odd), {"written": written}), [], {})

    assert "<dt>targets</dt><dd>0 to 2, 7</dd>" in text
    assert "<dt>targets</dt><dd>0-1, 2-3</dd>" in text
    assert f"<dt>wait</dt><dd>{escape(SCRIPT)}</dd>" in text
    assert "<dt>wait</dt><dd>5.0</dd>" in text
