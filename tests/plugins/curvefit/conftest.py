"""Small experiments as a stranger would declare them, and one way to fit them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from attrs import field, frozen

from oqtopus_experiments import Analysis, Axis, Experiment, FitModel, Sweep
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit


@frozen(kw_only=True)
class Toy(Experiment):
    """Any fit model over one axis from 0 to 1; its circuits are never built."""

    name = "toy"
    model: FitModel
    axis: np.ndarray = field(factory=lambda: np.linspace(0, 1, 21))
    names: tuple[str, ...] = ()

    def sweep(self):
        return Sweep(Axis("x", self.axis))

    def circuit(self, x):
        raise NotImplementedError

    def references(self) -> Mapping[str, Any]:
        return dict.fromkeys(self.names)

    def fit_model(self):
        return self.model


@pytest.fixture
def toy() -> type[Toy]:
    return Toy


@pytest.fixture
def fit() -> Callable[..., list[Analysis]]:
    """Draw data of an experiment and fit them."""

    def fitted(experiment, truth, shots=1000, seed=1, **options):
        dataset = synthetic(experiment, truth, shots, np.random.default_rng(seed))
        return CurveFit(**options).analyze(experiment, dataset)

    return fitted
