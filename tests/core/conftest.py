from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.plugins import _registry as plugins


def _fakes():
    if "fakes" not in sys.modules:
        spec = importlib.util.spec_from_file_location("fakes", Path(__file__).with_name("fakes.py"))
        sys.modules["fakes"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["fakes"]


@pytest.fixture
def fakes(monkeypatch):
    """The toy plugin, registered in a registry of its own: whatever is installed stays out of the way."""
    module = _fakes()
    registry = plugins.PluginRegistry(found=[])
    registry.register(module, "toy-distribution")
    monkeypatch.setattr(plugins, "_current", registry)
    return module
