"""Experiments whose counts come from elsewhere: an axis with a unit and references, two axes, a pair, grids."""

from __future__ import annotations

import types
from typing import ClassVar

import attrs
import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Probability, Sweep, ge, hookimpl, parameter
from oqtopus_experiments.plugins import _registry as plugins


def straight(delay, slope, offset):
    return offset + slope * delay


@frozen(kw_only=True)
class Wait(Experiment):
    """P(1) against a delay."""

    name: ClassVar[str] = "wait"
    analyzer: ClassVar[str] = "mean"
    points: int = parameter(5, ge(1), help="delays")
    calibrated: bool = parameter(True, help="read out |0> and |1> too")

    def sweep(self):
        return Sweep(Axis("delay", 100.0 * np.arange(self.points), "ns"))

    def circuit(self, delay):
        raise NotImplementedError

    def references(self):
        return dict.fromkeys(("ground 1", "ground 2", "excited 1", "excited 2"), "a circuit") if self.calibrated else {}

    def for_counts(self, sweep, references):
        return attrs.evolve(self, points=sweep.size, calibrated=bool(references))

    def fit_model(self):
        told = {name: (lambda offset: offset) for name in self.references()}
        return FitModel(straight, lambda *_: {"slope": 1.0, "offset": 0.0}, references=told)


@frozen(kw_only=True)
class Endings(Experiment):
    """Survival of pairs that end in one of two outcomes, or nobody knows in which."""

    name: ClassVar[str] = "endings"
    analyzer: ClassVar[str] = "mean"
    num_qubits: ClassVar[int] = 2

    def sweep(self):
        return Sweep(Axis("length", [1, 2]), Axis("seed", [0, 1]), Axis("ending", ["01", "10"]))

    def signal(self, ending="1"):
        return Probability(ending)

    def circuit(self, length, seed, ending):
        raise NotImplementedError


@frozen(kw_only=True)
class Sequences(Experiment):
    """Survival of pairs over length and seed: whole numbers."""

    name: ClassVar[str] = "sequences"
    analyzer: ClassVar[str] = "mean"
    num_qubits: ClassVar[int] = 2
    signal: ClassVar = Probability("01")

    def sweep(self):
        return Sweep(Axis("length", [1, 2]), Axis("seed", [0, 1]))

    def circuit(self, length, seed):
        raise NotImplementedError


@frozen(kw_only=True)
class Settings(Experiment):
    """Populations, and a parity against phase: a sum of grids."""

    name: ClassVar[str] = "settings"
    analyzer: ClassVar[str] = "mean"

    def sweep(self):
        return Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["x"]), Axis("phase", [0.0, 1.0], "rad"))

    def circuit(self, basis, phase=0.0):
        raise NotImplementedError


@pytest.fixture
def here(fakes, tmp_path, monkeypatch):
    """The experiments above, installed, in an empty folder."""
    module = types.ModuleType("elsewhere_plugin")
    module.register_experiments = hookimpl(lambda: [Wait, Endings, Sequences, Settings])
    plugins.registry().register(module, "elsewhere-distribution")
    monkeypatch.chdir(tmp_path)
    return types.SimpleNamespace(Wait=Wait, Endings=Endings, Sequences=Sequences, Settings=Settings, path=tmp_path)


@pytest.fixture
def table(here):
    """Return a function that writes a table, and returns its path."""

    def write(text, name="counts.csv"):
        path = here.path / name
        path.write_text(text)
        return path

    return write
