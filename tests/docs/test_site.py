"""The site leaves nothing out: what is made from the code is all of the code, and a link leads somewhere."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from site_pages import api, generated, links, wings
from site_pages.import_graph import WINGS
from site_pages.markdown import code, table, with_titles

ROOT = Path(__file__).resolve().parents[2]


def test_every_public_name_is_on_a_page_of_the_reference():
    pages = [text for path, text in generated.contents().items() if path.startswith("reference/api/")]
    packages = (api.PACKAGE, *(f"{api.PACKAGE}.{name}" for name in ("testing", "simulation", "transpilation")))

    for package in packages:
        for one in api.public_names(package):
            written = f"::: {one.path}\n" if api.is_ours(one) else f"{{ #{one.path} }}\n"
            assert sum(written in text for text in pages) == 1, one


def test_a_link_between_files_becomes_a_link_between_pages():
    text = "[one](docs/tutorial.md#ship-it), [two](plugins/t1/README.md), [far](https://example.org)"

    assert links.on_site(text, "index.md") == (
        "[one](tutorial.md#ship-it), [two](distributions/t1.md), [far](https://example.org)"
    )
    assert links.on_site("[core](../../core)", "distributions/oqtopus.md") == "[core](core.md)"


@pytest.mark.parametrize("target", ["docs/nowhere.md", "noxfile.py", "docs/../../outside.md"])
def test_a_link_to_what_the_site_does_not_show_is_an_error(target):
    with pytest.raises(links.NowhereError, match=r"README\.md: the link to .* leads to nothing"):
        links.on_site(f"[lost]({target})", "index.md")


def test_a_link_within_a_block_of_code_is_left_as_it_is():
    text = "```text\n[lost](nowhere.md)\n```\n"

    assert links.on_site(text, "index.md") == text


def test_a_block_with_a_file_name_shows_it_as_its_title():
    assert with_titles("```toml run.toml\nshots = 1\n```\n") == '```toml title="run.toml"\nshots = 1\n```\n'
    assert with_titles("```python\n1\n```\n") == "```python\n1\n```\n"


def test_a_bar_within_code_does_not_end_the_cell_of_a_table():
    assert table(["type"], [[code("int | None")]]).endswith("| <code>int &#124; None</code> |\n")


def test_the_picture_of_the_wings_has_a_row_for_each_and_an_arc_for_every_import():
    said = {"ground": "What all need", "roof": "What <people> see"}

    drawn = ET.fromstring(wings.drawn({("roof", "ground"): 3}, {"ground": 4, "roof": 2}, said))  # noqa: S314  # our own
    texts = ["".join(one.itertext()) for one in drawn.iter("{http://www.w3.org/2000/svg}text")]
    (arc,) = drawn.iter("{http://www.w3.org/2000/svg}path")

    assert texts == ["roof (2)", "What <people> see", "ground (4)", "What all need"]
    assert "".join(arc.itertext()) == "roof imports ground: 3"


def test_the_picture_of_the_wings_shows_what_is_imported_today():
    picture = wings.picture()

    assert "cli imports execution: " in picture
    assert "contracts imports " not in picture.replace("contracts imports support", "")
    assert all(f">{wing} (" in picture for wing in WINGS)


def test_the_page_of_the_design_has_a_place_for_the_picture():
    text = (ROOT / "docs/design.md").read_text("utf-8")

    assert wings.PICTURE in generated.with_additions("design.md", text)
    with pytest.raises(ValueError, match="no heading"):
        generated.with_additions("design.md", text.replace("## The wings of core", "## Wings"))


@pytest.mark.parametrize(
    ("page", "complaint"),
    [
        ("[away](nowhere.md)", "nowhere.md"),
        ("[here](#no-such-heading)", "no-such-heading"),
        ("![seen](nothing.png)", "nothing.png"),
        ("[away](/index.html)", "/index.html"),
        ("fine", "forgotten.md"),
    ],
)
def test_what_leads_nowhere_fails_the_build(tmp_path, page, complaint):
    """With our settings, on one page: strictness, and what is looked at."""
    pytest.importorskip("mkdocs", reason="needs the dependency group docs: uv sync --all-groups")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text(f"# One\n\n{page}\n")
    if page == "fine":
        (tmp_path / "docs/forgotten.md").write_text("# Two\n")
    ours = f"INHERIT: {ROOT / 'mkdocs.yml'}\nhooks: []\nplugins: []\nextra_css: []\nnav: [index.md]\n"
    (tmp_path / "mkdocs.yml").write_text(f"{ours}docs_dir: {tmp_path}/docs\nsite_dir: {tmp_path}/site\n")

    words = [sys.executable, "-m", "mkdocs", "build"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode != 0
    assert complaint in done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the site: as the session `docs` has built it, or built here."""
    if os.environ.get("SITE"):
        return Path(os.environ["SITE"])
    pytest.importorskip("mkdocs", reason="needs the dependency group docs: uv sync --all-groups")
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_site_builds_strictly_and_fetches_nothing_from_elsewhere(site):
    pages = list(site.rglob("*.html"))
    fetched = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=["']?(?:https?:)?//[^>]*>""")
    imported = re.compile(r"""(?:@import|url\()\s*["']?(?:https?:)?//""")

    assert len(pages) > 30
    assert {page.name: found for page in pages if (found := fetched.findall(page.read_text("utf-8")))} == {}
    assert [style.name for style in site.rglob("*.css") if imported.search(style.read_text("utf-8"))] == []
