from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from importlib.metadata import distributions
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


@pytest.fixture(scope="session")
def frozen_wheels(tmp_path_factory):
    """Install the plugins that were built once into a folder, from their wheels alone, and return it."""
    folder = tmp_path_factory.mktemp("frozen")
    uv = shutil.which("uv")
    tool = (
        [uv, "pip", "install", "--offline", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "pip", "install"]
    )
    wheels = sorted(Path(__file__).parent.glob("frozen/wheels/*.whl"))
    command = [*tool, "--quiet", "--no-index", "--no-deps", "--target", str(folder), *map(str, wheels)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return folder


@pytest.fixture
def frozen(frozen_wheels, monkeypatch):
    """The plugins that were built once, found by their entry points in a registry of their own."""
    monkeypatch.syspath_prepend(frozen_wheels)
    found = [
        point
        for distribution in distributions(path=[str(frozen_wheels)])
        for point in distribution.entry_points
        if point.group == "oqtopus_experiments"
    ]
    registry = plugins.PluginRegistry(found=found)
    monkeypatch.setattr(plugins, "_current", registry)
    yield registry
    for name in [name for name in sys.modules if name.startswith("frozen_")]:
        del sys.modules[name]
