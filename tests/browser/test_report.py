"""The report in a real browser, from a file, without network: readable on a desk and on a phone, and inert."""

import json
import re
import shutil
import subprocess
from html import escape, unescape

import numpy as np
import pytest

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

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-extensions --host-resolver-rules=MAP\u00a0*\u00a0~NOTFOUND --hide-scrollbars"
)
HOSTILE = "<script>parent.hacked = 1</script><img src=x onerror='parent.hacked = 1'>"
DESK, PHONE, SMALL_PHONE = 1200, 390, 320

# The page itself may run no script, so a page around it looks at it.
HARNESS = """<!DOCTYPE html><title>waiting</title><script>hacked = 0</script>
<iframe id="page" width="{width}" height="800" style="border: 0" srcdoc="{page}"></iframe>
<script>
addEventListener("load", () => {{
  const inner = document.getElementById("page").contentWindow, root = inner.document.documentElement;
  const tops = [...inner.document.querySelectorAll("section")].map(s => s.getBoundingClientRect().top);
  const sizes = [...inner.document.querySelectorAll("p, li, td, th, dt, dd, summary")].filter(e => e.offsetParent)
    .map(e => parseFloat(inner.getComputedStyle(e).fontSize));
  document.title = JSON.stringify({{
    hacked, tops, width: root.clientWidth, scroll: root.scrollWidth, smallest: Math.min(...sizes),
    ids: [...inner.document.querySelectorAll("section")].map(s => s.id),
    images: [...inner.document.images].map(i => [i.complete && i.naturalWidth > 0, i.getBoundingClientRect().width]),
    fetched: inner.performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith("data:")),
    text: inner.document.body.innerText,
  }});
}});
</script>"""


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


def chromium(tmp_path, *arguments):
    flags = [flag.replace("\u00a0", " ") for flag in FLAGS.split(" ")]
    command = [CHROMIUM, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=10000", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def seen(report, tmp_path, width):
    """Return what the page around it sees of the report in a window of this width."""
    harness = tmp_path / "harness.html"
    page = escape(report.read_text(encoding="utf-8"), quote=True)
    harness.write_text(HARNESS.format(width=width, page=page), encoding="utf-8")
    document = chromium(tmp_path, "--allow-file-access-from-files", "--dump-dom", harness.as_uri())
    title = re.search(r"<title>(.*?)</title>", document, re.DOTALL).group(1)
    return json.loads(unescape(title))


@pytest.mark.parametrize("width", [DESK, PHONE, SMALL_PHONE])
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
    assert all(loaded for loaded, _ in page["images"])
    assert HOSTILE in page["text"].replace("\n", " ")


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_the_report_opens_from_its_file(report, tmp_path, width):
    picture = tmp_path / "page.png"

    chromium(tmp_path, f"--window-size={width},2000", f"--screenshot={picture}", report.as_uri())

    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 30_000  # an empty page is far smaller
