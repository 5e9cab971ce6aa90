"""Promises of the report: everything is on it, in order, escaped, and it needs nothing else."""

import re
from html.parser import HTMLParser

import pytest

SCRIPT = "<script>alert('x')</script>"


class Page(HTMLParser):
    """What a browser would see: tags with attributes, and the text."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def page(write_analyzed, decay):
    experiments = {SCRIPT: decay(physical_qubits=[0, 1, 2, 7]), "<img src=x onerror=alert(1)>": decay()}
    folder = write_analyzed(experiments, name=f'"{SCRIPT}&amp;', missing=(1,))
    return (folder.path / "report.html").read_text(encoding="utf-8")


def test_text_of_a_user_is_never_markup(page):
    tags = [tag for tag, _ in Page(page).tags]

    assert "script" not in tags
    assert "img" not in tags  # no figures were drawn here
    assert not any(name.startswith("on") for _, attributes in Page(page).tags for name in attributes)
    assert SCRIPT in "".join(Page(page).words)


def test_verdicts_come_first_then_quantities_figures_settings_provenance(page):
    sections = [attributes["id"] for tag, attributes in Page(page).tags if tag == "section"]

    assert sections == ["verdicts", "quantities", "figures", "settings", "provenance"]


def test_nothing_is_fetched_from_anywhere(page):
    for _, attributes in Page(page).tags:
        for name in ("src", "href", "srcset", "data", "action"):
            assert attributes.get(name, "data:").startswith("data:")
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_numbers_verdicts_settings_and_versions_are_there(page):
    text = " ".join(" ".join(Page(page).words).split())

    assert "good qubits 0 to 2, 7 averaged the mean over the sweep" in re.sub(r"[^\w ,]", "", text).replace("  ", " ")
    assert "±" in text
    assert "window 1000.0" in text
    assert "oqtopus-experiments-gone 0.1" in text
    assert "seed 1" in text


def test_a_chapter_without_a_result_says_why(write_run, decay):
    from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
    from oqtopus_experiments.execution._outputs import finish_run

    folder = write_run({"decay": decay()})
    finish_run(folder, [AnalyzedExperiment("decay", problem="the device <is> off")], complete=True)

    assert "the device &lt;is&gt; off" in (folder.path / "report.html").read_text()


def test_figures_are_inside_the_page(write_analyzed, decay):
    pytest.importorskip("matplotlib")
    folder = write_analyzed({"decay": decay()}, figures=True)

    images = [a["src"] for tag, a in Page((folder.path / "report.html").read_text()).tags if tag == "img"]

    assert len(images) == 1
    assert images[0].startswith("data:image/svg+xml;base64,")
