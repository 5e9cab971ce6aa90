from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.plugins import registry as plugins


@pytest.fixture
def strangers():
    """The strangers' plugin, beside those that are installed."""
    if "strangers" not in sys.modules:
        spec = importlib.util.spec_from_file_location("strangers", Path(__file__).with_name("strangers.py"))
        sys.modules["strangers"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    before = plugins._current
    plugins._current = None
    plugins.registry().register(sys.modules["strangers"], "strangers")
    yield sys.modules["strangers"]
    plugins._current = before
