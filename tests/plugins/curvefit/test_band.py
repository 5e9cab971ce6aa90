"""The band of a fitted curve: where the curve would lie if the experiment were repeated."""

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Sweep
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit

TRUTH = {"offset": 0.3, "slope": 0.2, "tau": 0.4}


@frozen(kw_only=True)
class Bend(Experiment):
    """A curve of three parameters."""

    name = "test-bend"

    def sweep(self):
        return Sweep(Axis("x", np.linspace(0.0, 1.0, 15)))

    def circuit(self, x):
        raise NotImplementedError

    def fit_model(self):
        return FitModel(
            lambda x, offset, slope, tau: offset + slope * np.exp(-x / tau),
            guess=lambda *_: dict(TRUTH),
            derived={"twice": lambda slope: 2 * slope},
            bounds={"tau": (0.01, 10.0)},
        )


def test_two_thirds_of_all_bands_hold_the_truth():
    experiment = Bend(physical_qubits=range(400))
    data = synthetic(experiment, TRUTH, 2000, np.random.default_rng(7))

    curves = [one.curves[0] for one in CurveFit().analyze(experiment, data) if one.curves]

    chosen = slice(20, 400, 60)
    x = curves[0].x[chosen]
    truth = TRUTH["offset"] + TRUTH["slope"] * np.exp(-x / TRUTH["tau"])
    pulls = np.array([(curve.y[chosen] - truth) / curve.stderr[chosen] for curve in curves if curve.stderr is not None])
    assert len(pulls) > 350
    assert np.std(pulls, axis=0) == pytest.approx(1.0, abs=0.12)


def test_the_band_of_a_constant_is_the_error_of_its_value():
    @frozen(kw_only=True)
    class Flat(Bend):
        name = "test-flat"

        def fit_model(self):
            return FitModel(lambda x, level: np.full(x.shape, level), guess=lambda *_: {"level": 0.5}, flat="")

    (analysis,) = CurveFit().analyze(Flat(), synthetic(Flat(), {"level": 0.4}, 1000, np.random.default_rng(1)))

    (curve,) = analysis.curves
    np.testing.assert_allclose(curve.stderr, analysis["level"].stderr, rtol=1e-3)


def test_a_curve_that_the_data_do_not_determine_has_no_band():
    @frozen(kw_only=True)
    class Twice(Bend):
        name = "test-twice"

        def fit_model(self):
            return FitModel(lambda x, a, b: (a + b) * x / 2, guess=lambda *_: {"a": 0.5, "b": 0.5})

    (analysis,) = CurveFit().analyze(Twice(), synthetic(Twice(), {"a": 0.5, "b": 0.5}, 1000, np.random.default_rng(1)))

    assert all(curve.stderr is None for curve in analysis.curves)
