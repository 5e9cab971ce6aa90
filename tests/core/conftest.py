from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.plugins import registry as plugins


def _toys():
    if "toys" not in sys.modules:
        spec = importlib.util.spec_from_file_location("toys", Path(__file__).with_name("toys.py"))
        sys.modules["toys"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["toys"]


@pytest.fixture
def toys(monkeypatch):
    """The toy plugin, registered in a registry of its own: whatever is installed stays out of the way."""
    module = _toys()
    registry = plugins.PluginRegistry(found=[])
    registry.register(module, "toy-distribution")
    monkeypatch.setattr(plugins, "_current", registry)
    return module
