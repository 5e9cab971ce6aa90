"""Every run file that the documents show is one that an editor with our schema takes."""

from __future__ import annotations

import importlib
import json
import re
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.runfile._schema import run_file_schema

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("plugins/*/README.md"))]
NAMED = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXAMPLES = [path for path in sorted(ROOT.glob("docs/**/*.toml")) if "[[experiments]]" in path.read_text()]


def run_files(page):
    """Return the blocks of a page that are run files."""
    blocks = NAMED.findall(page.read_text(encoding="utf-8"))
    return [text for language, _, text in blocks if language == "toml" and "[[experiments]]" in text]


@pytest.fixture
def schema_beside(tmp_path, monkeypatch):
    """Return a function that gives the schema with the plugins that a page or an example has beside its run files."""
    monkeypatch.setattr(plugins, "_current", None)
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def of(sources):
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source)
        for name, source in sources.items():
            if "@hookimpl" in source:
                plugins.registry().register(importlib.import_module(name))
        return jsonschema.Draft202012Validator(run_file_schema())

    yield of
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.mark.parametrize("page", [page for page in PAGES if run_files(page)], ids=lambda page: page.name)
def test_every_run_file_of_a_page_fits_the_schema(page, schema_beside):
    blocks = NAMED.findall(page.read_text(encoding="utf-8"))
    code = [(name, text) for language, name, text in blocks if language == "python"]
    validator = schema_beside(
        {name.removesuffix(".py") or f"block_{number}": text for number, (name, text) in enumerate(code)}
    )

    for text in run_files(page):
        assert [error.message for error in validator.iter_errors(tomllib.loads(text))] == [], text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_example_fits_the_schema(example, schema_beside):
    validator = schema_beside({path.stem: path.read_text() for path in sorted(example.parent.glob("src/*.py"))})

    assert [error.message for error in validator.iter_errors(tomllib.loads(example.read_text()))] == []


def test_the_schema_beside_the_examples_is_that_of_our_plugins_and_the_example_names_it():
    committed = json.loads((ROOT / "docs/examples/run.schema.json").read_text())

    assert committed == run_file_schema(), "redraw it: oqx schema > docs/examples/run.schema.json"
    assert (ROOT / "docs/examples/characterize.toml").read_text().startswith("#:schema ./run.schema.json\n")


@pytest.mark.parametrize(
    ("right", "wrong", "key"),
    [
        ("amplitude_points = 30", "amplitude_ponts = 30", "amplitude_ponts"),
        ("delay_points = 30", "delay_points = true", "delay_points"),
        ('max_delay = "100 us"', 'max_delay = "100 furlongs"', "max_delay"),
        ('pulse = "sx"', 'pulse = "sz"', "pulse"),
        ("shots = 1000", 'shots = "many"', "shots"),
        ('backend = "noisy"', 'backend = "nosiy"', "backend"),
    ],
)
def test_a_mistake_in_the_example_is_marked_where_it_stands(schema_beside, right, wrong, key):
    text = (ROOT / "docs/examples/characterize.toml").read_text()
    assert right in text

    errors = list(schema_beside({}).iter_errors(tomllib.loads(text.replace(right, wrong))))

    assert any(key in map(str, error.absolute_path) or f"'{key}' was unexpected" in error.message for error in errors)
