"""What stands beside the code: licence, changelog, how to cite."""

import re
import tomllib
from pathlib import Path

import pytest

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
