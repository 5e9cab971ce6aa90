from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.plugins import _registry as plugins

STRANGERS = Path(__file__).with_name("strangers")


@pytest.fixture
def strangers():
    """The strangers' plugins, beside those that are installed: each module as a distribution of its own."""
    if "strangers" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "strangers", STRANGERS / "__init__.py", submodule_search_locations=[str(STRANGERS)]
        )
        sys.modules["strangers"] = package = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(package)
    package = sys.modules["strangers"]
    before = plugins._current
    plugins._current = None
    for module in package.MODULES:
        plugins.registry().register(module, f"stranger-{module.__name__.rpartition('.')[2]}")
    yield package
    plugins._current = before
