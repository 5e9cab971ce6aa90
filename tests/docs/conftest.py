"""The makers of generated pages stand in docs/_tools/, which is no installed package; what runs pages stands beside."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs/_tools"))


def _module(name):
    """Return a module beside the tests, which are no package."""
    known = f"docs_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, Path(__file__).with_name(f"{name}.py"))
        sys.modules[known] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[known]


@pytest.fixture
def pages():
    return _module("pages")


@pytest.fixture
def difference():
    return _module("printed").difference


@pytest.fixture
def read_page(pages, difference):
    """Run a page of the documentation in a folder."""
    return lambda page, folder: pages.Reader(page, folder, difference).read()
