"""The report in a real browser, from a file, without network: readable on a desk and on a phone, and inert."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from tests.browser.looking import AXE, CHROMIUM, USE, chromium, seen

from oqtopus_experiments import (
    Analysis,
    AnalyzedExperiment,
    Axis,
    Curve,
    Dimension,
    ExperimentResult,
    Quantity,
    QuantityArray,
    Reason,
    Verdict,
)
from oqtopus_experiments.execution._outputs import finish_run, write_figures
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
HOSTILE = "<script>parent.hacked = 1</script><img src=x onerror='parent.hacked = 1'>"
WIDE_DESK, DESK, PHONE, SMALL_PHONE = 1400, 1200, 390, 320

DELAYS = Axis("delay", np.linspace(0, 50_000, 15), unit="ns")
MODEL = np.exp(-DELAYS.values / 20_000)
MATRIX = QuantityArray(
    f"density_matrix {HOSTILE}",
    [[0.5, 0.4 + 0.1j], [0.4 - 0.1j, 0.5]],
    np.full((2, 2), 0.01 + 0.01j),
    [Dimension(f"row {HOSTILE}", [HOSTILE, "1"]), Dimension("column", ["0", "1"])],
)
LARGE = QuantityArray("map", np.ones((9, 9)), np.ones((9, 9)), [Dimension("a", range(9)), Dimension("b", range(9))])


def chapter(folder, label, experiment, dataset):
    bad = Verdict([Reason("poor_fit", f"the model misses the points {HOSTILE}", "bad")])
    good = Verdict([Reason("fits", "the model describes the points", "good")])
    names = ("t1_time", "amplitude", "offset", "a_quantity_with_a_long_name", HOSTILE)
    analyses = tuple(
        Analysis(t, [Quantity(n, 20_123.4, 312.1, "ns") for n in names], bad if i == 1 else good, MODEL,
                 [Curve(DELAYS.values, MODEL, "delay")], arrays=[MATRIX, LARGE] if len(dataset.targets) < 3 else ())
        for i, t in enumerate(dataset.targets)
    )  # fmt: skip
    result = ExperimentResult(experiment, dataset, {}, {"job_id": "7"}, label=label)
    folder.directory(label).make()
    write_figures(folder.directory(label), result, analyses)
    return AnalyzedExperiment(label, analyses)


@pytest.fixture(scope="module")
def report(tmp_path_factory, experiment_over, measured):
    pytest.importorskip("matplotlib")
    labels = {"two": 2, "forty": 40, HOSTILE: 1}
    entries = tuple(
        RecordedExperiment(label, "decay", 300, {"note": HOSTILE, "targets": list(range(n))})
        for label, n in labels.items()
    )
    backend = {"use": "noisy", "options": {"t1": 25_000.0, "a_long_option_" * 6: "x" * 200}}
    origin = {"created": "2026-11-20T10:00:00+00:00", "plugins": {"oqtopus-experiments-aer": "0.1"}}
    manifest = RunManifest(f"report {HOSTILE}", backend, entries, origin)
    folder = RunFolder.create(tmp_path_factory.mktemp("runs"), manifest)
    chapters = []
    for label, targets in labels.items():
        experiment = experiment_over(DELAYS, targets=targets, name="decay")
        chapters.append(chapter(folder, label, experiment, measured(experiment, MODEL, missing=(3,))))
    finish_run(folder, chapters, complete=True)
    return folder.path / "report.html"


@pytest.mark.parametrize("width", [WIDE_DESK, DESK, PHONE, SMALL_PHONE])
def test_the_report_is_readable_complete_and_inert(report, tmp_path, width):
    page = seen(report, tmp_path, width)

    assert page["hacked"] == 0
    assert page["fetched"] == []
    assert page["width"] == width
    assert page["scroll"] <= width  # no scrolling sideways
    assert page["smallest"] >= 14
    assert page["ids"] == ["verdicts", "quantities", "figures", "settings", "provenance"]
    assert page["tops"] == sorted(page["tops"])
    assert page["tops"][0] < 400  # the verdicts are on the first screen
    assert len(page["images"]) == 4  # two, forty with its overview, and the hostile one
    assert all(loaded for loaded, _, _ in page["images"])
    assert not any(shown for _, shown, _ in page["images"])  # what answers the pointer stands in their place
    assert HOSTILE in page["text"].replace("\n", " ")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_figures_answer_the_pointer_and_can_be_looked_into(report, tmp_path, width):
    page = seen(report, tmp_path, width, USE)

    assert page["hacked"] == 0
    assert page["fetched"] == []
    assert page["figures"] > 0
    (tip,) = page["tips"]
    assert "delay 7.143 µs" in tip
    assert re.search(r"P\(1\) = 0\.\d+ ± 0\.0\d+", tip)
    assert re.search(r"\d+ of 300 shots read 1", tip)
    assert page["pressed"] == "false"
    assert page["without"] < page["before"] == page["again"] == page["whole"] != page["closer"]
    assert page["rows"] == [43, 3, 0]  # of qubits 3, 4 and 17: three of the forty, none of two, none of one
    assert page["told"] == "0 of 40 targets shown"


def test_without_scripts_the_pictures_are_there(report, tmp_path):
    page = seen(report, tmp_path, DESK, changed=lambda text: re.sub(r"script-src [^;]*", "script-src 'none'", text))

    assert all(loaded and shown for loaded, shown, _ in page["images"])
    assert "Point at a figure" not in page["text"]
    assert "T1" in page["images"][0][2] or "qubit 0: t1_time = 20.12(31) µs, good" in page["images"][0][2]


def test_by_night_the_page_is_dark(report, tmp_path):
    by_day = seen(report, tmp_path, PHONE)
    by_night = seen(report, tmp_path, PHONE, USE, flags=["--blink-settings=preferredColorScheme=0"])

    assert sum(rgb(by_day["background"])) > 700
    assert sum(rgb(by_night["background"])) < 150
    assert by_night["figures"] > 0


def rgb(color):
    return [int(part) for part in re.findall(r"\d+", color)[:3]]


def test_in_print_nothing_scrolls_and_no_column_is_lost(report, tmp_path):
    # A sheet of A4 is 186 mm wide between its margins: 703 pixels.
    page = seen(report, tmp_path, 703, changed=lambda text: text.replace("@media print", "@media screen"))

    assert page["cut"] == 0
    assert page["scroll"] <= 703
    assert all(loaded and shown for loaded, shown, _ in page["images"])


def test_printing_needs_no_hand(report, tmp_path):
    printed = tmp_path / "report.pdf"

    chromium(tmp_path, "--no-pdf-header-footer", f"--print-to-pdf={printed}", report.as_uri())

    assert printed.read_bytes().startswith(b"%PDF")
    assert printed.stat().st_size > 50_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE_DESK, PHONE])
def test_a_checker_of_accessibility_has_nothing_to_say(report, tmp_path, width, scheme):
    source = Path(os.environ.get("AXE", ""))
    if not source.is_file():
        pytest.skip("needs axe-core: AXE=.../axe.min.js; the browser session of nox fetches it with npm")
    checker = f"<script>{source.read_text(encoding='utf-8')}</script></head>"

    def with_checker(text):
        # The page forbids foreign scripts, and this is one.
        return re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text).replace("</head>", checker, 1)

    flags = ["--blink-settings=preferredColorScheme=0"] if scheme == "dark" else []
    page = seen(report, tmp_path, width, USE.split("page.figures", maxsplit=1)[0] + AXE, with_checker, flags)

    assert page["violations"] == []
    assert page["passed"] > 15


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_report_opens_from_its_file(report, tmp_path, width):
    assert report.stat().st_size < 1_500_000  # forty-three targets: it can be sent

    picture = tmp_path / "page.png"

    chromium(tmp_path, f"--window-size={width},2000", f"--screenshot={picture}", report.as_uri())

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 30_000  # an empty page is far smaller
