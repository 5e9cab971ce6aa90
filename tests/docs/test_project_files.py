"""What stands beside the code: licence, changelog, how to cite."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from site_pages.import_graph import WINGS

from oqtopus_experiments import __version__

ROOT = Path(__file__).resolve().parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_licence_is_the_whole_text_that_the_distributions_name():
    text = (ROOT / "LICENSE").read_text("utf-8")

    assert text.split()[:3] == ["Apache", "License", "Version"]
    assert [f"{number}. " in text for number in range(1, 10)] == [True] * 9
    assert "END OF TERMS AND CONDITIONS" in text
    assert tomllib.loads((ROOT / "core/pyproject.toml").read_text())["project"]["license"] == "Apache-2.0"


def test_the_changelog_has_the_form_of_keep_a_changelog():
    versions = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    kinds = re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)

    assert versions[0] == "Unreleased"
    for version in versions[1:]:
        assert re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d{2}-\d{2}", version)
    assert set(kinds) <= KINDS
    assert len(re.findall(r"^- \S", CHANGELOG, re.MULTILINE)) > 10


def test_the_citation_file_has_what_its_schema_needs_and_names_this_version():
    yaml = pytest.importorskip("yaml", reason="needs the dependency group docs: uv sync --all-groups")
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    known = {"cff-version", "message", "title", "type", "abstract", "authors", "version", "license", "keywords"}

    assert {"cff-version", "message", "title", "authors"} <= set(citation) <= known
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert citation["version"] == __version__
    assert citation["license"] == "Apache-2.0"
    assert all(set(author) == {"name"} for author in citation["authors"])
    assert len(set(citation["keywords"])) == len(citation["keywords"]) > 0


def sessions():
    """Return the names of all sessions of noxfile.py, and of those that `nox` runs by itself."""
    tree = ast.parse((ROOT / "noxfile.py").read_text("utf-8"))
    made, default = set(), set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            for one in node.decorator_list:
                call = one if isinstance(one, ast.Call) else ast.Call(one, [], [])
                if ast.unparse(call.func) == "nox.session":
                    told = [ast.literal_eval(word.value) for word in call.keywords if word.arg == "name"]
                    made.add(told[0] if told else node.name)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "nox.options.sessions":
            default = set(ast.literal_eval(node.value))
    return made, default


def test_contributors_are_told_every_session_and_which_are_run_by_default():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("| session |")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines()[2:]]
    told = {name: row[2] for row in rows for name in re.findall(r"`([\w-]+)(?:\(NAME\))?`", row[0])}
    made, default = sessions()

    assert len(made) > 20
    assert told == {name: "yes" if name in default else "no" for name in made}


def test_both_pages_on_the_wings_have_each_in_its_order():
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("| wing |")[1].split("\n\n")[0]
    drawing = (ROOT / "docs/design.md").read_text("utf-8").split("## The wings of core")[1].split("```")[1]

    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(WINGS)
    assert re.findall(r"^ (\w+)  ", drawing, re.MULTILINE)[::-1] == list(WINGS)
