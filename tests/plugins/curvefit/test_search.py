"""Searches of many targets at once end where lmfit's own do, each by itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
from attrs import evolve
from scipy.optimize import minimize

from oqtopus_experiments import Axis, FitModel, Sweep
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import _search as searching
from oqtopus_experiments_curvefit._best import _by_likelihood, best_fits
from oqtopus_experiments_curvefit._binding import bind
from oqtopus_experiments_curvefit._covariance import covariance_at, standard_errors
from oqtopus_experiments_curvefit._drift import when_measured
from oqtopus_experiments_curvefit._fit import Fit
from oqtopus_experiments_curvefit._inner import Limits
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_curvefit._median import median
from oqtopus_experiments_curvefit._positions import positions
from oqtopus_experiments_curvefit._problem import problems
from oqtopus_experiments_curvefit._search import by_lmfit, search
from oqtopus_experiments_curvefit._step import Regions, step
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1

TRUTHS = [
    (T1(physical_qubits=range(4)), {"t1_time": 25_000.0, "amplitude": 0.95, "offset": 0.02}),
    (T1(physical_qubits=range(4), calibrate_readout=False), {"t1_time": 25_000.0, "amplitude": 1.0, "offset": 0.0}),
    (T1(physical_qubits=range(4)), {"t1_time": 300.0, "amplitude": 0.95, "offset": 0.02}),
    (T1(physical_qubits=range(4)), {"t1_time": 9e6, "amplitude": 0.95, "offset": 0.02}),
    (Rabi(physical_qubits=range(4)), dict(Rabi().fit_model().example)),
]


def together(experiment, truth, shots):
    """What is fitted to all targets of made-up data, side by side."""
    dataset = synthetic(experiment, truth, shots, np.random.default_rng(shots))
    model = bind(experiment.fit_model(), dataset.sweep)
    where = positions(dataset.sweep, model.axes)
    with np.errstate(all="ignore"):  # as an analysis does
        ((_, given),) = problems(model, where, dataset, when_measured(dataset, where))
    return given


def starts_of(given):
    with np.errstate(all="ignore"):
        return [given.model.starts(given.axes, mean) for mean in given.points.mean]


@pytest.mark.parametrize(("experiment", "truth"), TRUTHS)
@pytest.mark.parametrize("shots", [5, 1000])
def test_every_search_ends_where_that_of_lmfit_does(experiment, truth, shots, monkeypatch):
    """To a thousandth of a standard error, with as good a fit; where the data determine nothing, the fit alone."""
    # lmfit is to go down what a search goes down.
    monkeypatch.setattr(Points, "residuals", lambda self, model: self.for_search(model)[0])
    monkeypatch.setattr(Points, "residual_derivatives", lambda self, model: self.for_search(model)[1])
    given = together(experiment, truth, shots)
    with np.errstate(all="ignore"):
        ordered = _by_likelihood(given, starts_of(given))
        assert all(ordered)
        for turn in range(min(map(len, ordered))):
            starts = np.array([one[turn] for one in ordered])
            found = search(given, starts)
            at = given.predict(found.best), given.jacobian(found.best)
            covariance, _ = covariance_at(given, np.eye(starts.shape[1]), *at)
            for target, start in enumerate(starts):
                _, result = by_lmfit(given.of(target), start)
                best = np.array([result.params[name].value for name in given.model.free])
                pull = np.abs(found.best[target] - best) / standard_errors(covariance[target])
                known = (standard_errors(covariance[target]) < np.abs(found.best[target])).all()
                assert (pull < 1e-3).all() or not known
                residuals, _ = given.of(target).everything.for_search(given.predict(found.best)[target])
                assert residuals @ residuals <= result.chisqr + (1e-6 if known else 1e-3)


def test_an_oscillation_from_0_to_1_ends_at_the_most_likely_of_what_probabilities_can_be(monkeypatch):
    """
    There the law touches both edges, where the likelihood has corners.

    To a tenth of a standard error of what a minimizer with the constraint finds, in ten steps on average.
    """
    steps = []
    monkeypatch.setattr(searching, "step", lambda *given: steps.append(1) or step(*given))
    experiment = Rabi(physical_qubits=range(8), amplitude_points=50, max_amplitude=2.0)
    given = together(experiment, {"pi_amplitude": 1.0, "contrast": 1.0, "offset": 0.5}, 1000)
    for target in range(8):
        one = given.of(np.array([target]))
        with np.errstate(all="ignore"):
            _, fits = best_fits(one, starts_of(one))
            best, unit = fits.best[0], fits.errors[0, :3]
            least = constrained(one, np.array([1.0, 0.99, 0.5]), unit)
        assert (np.abs(best - least) < 0.1 * unit).all()
    assert len(steps) <= 80


def constrained(given, start, unit):
    """The most likely of the vectors whose signals are probabilities, by sequential quadratic programming."""
    inside = {"type": "ineq", "fun": lambda v: 1000 * given.predict(start + v * unit)}
    below = {"type": "ineq", "fun": lambda v: 1000 - 1000 * given.predict(start + v * unit)}
    found = minimize(
        lambda v: given.everything.deviance(given.predict(start + v * unit))[0],
        np.zeros(len(start)),
        method="SLSQP",
        constraints=(inside, below),
        options={"ftol": 1e-9, "maxiter": 500},
    )
    assert found.success
    return start + found.x * unit


def test_a_search_that_is_cut_short_ends_at_the_best_it_has_seen(monkeypatch):
    given = together(*TRUTHS[0], shots=100)
    starts = np.array([[400_000.0, 0.5, 0.3]] * 4)
    deviances = [given.everything.deviance(given.predict(starts))]
    for most in (1, 2, 5, 9, 100):
        monkeypatch.setattr(searching, "most_evaluations", lambda _, most=most: most)
        found = search(given, starts)
        assert found.deviance == pytest.approx(given.everything.deviance(given.predict(found.best)))
        deviances.append(found.deviance)
    assert (np.diff(deviances, axis=0) <= 1e-9).all()
    assert (deviances[1] > deviances[-1] + 1).all()
    assert (deviances[-1] < 100).all()


def test_what_a_target_ends_at_does_not_depend_on_its_neighbours():
    """To the last bit, and however long they take: one is fitted from far away, one has given up before it began."""
    given = together(*TRUTHS[0], shots=100)
    starts = np.array([[20_000.0, 0.9, 0.05], [1e6, 0.1, 0.8], [24_000.0, 0.95, 0.02], [30.0, 0.5, 0.0]])
    with np.errstate(all="ignore"):
        found = search(given, starts)
        for target in range(4):
            alone = search(given.of(np.array([target])), starts[[target]])
            assert alone.best.tobytes() == found.best[[target]].tobytes()
            assert alone.deviance.tobytes() == found.deviance[[target]].tobytes()


def test_a_step_is_the_shortest_that_solves_the_linear_problem_also_where_parameters_do_the_same():
    rng = np.random.default_rng(2)
    alike = rng.normal(size=(1, 12))
    slopes = np.stack([np.concatenate([alike, alike]), rng.normal(size=(2, 12))])
    residuals = rng.normal(size=(2, 12))
    regions = Regions.around(np.ones((2, 2)), slopes)
    taken = step(slopes, residuals, regions)
    for move, scale, slope, rest in zip(taken.move, regions.scale, slopes, residuals, strict=True):
        shortest = -np.linalg.pinv((slope / scale[:, None]).T) @ rest / scale
        assert move == pytest.approx(shortest, rel=1e-9)
    assert (taken.damping == 0).all()


def test_a_step_is_no_longer_than_its_region():
    rng = np.random.default_rng(3)
    slopes, residuals = rng.normal(size=(5, 3, 12)), rng.normal(size=(5, 12))
    regions = evolve(Regions.around(np.ones((5, 3)), slopes), radius=np.array([1e-3, 1e-2, 0.1, 1.0, 100.0]))
    taken = step(slopes, residuals, regions)

    # On the edge, to a tenth, or inside of it without damping.
    on_the_edge = np.abs(taken.length / regions.radius - 1) <= 0.1
    assert (on_the_edge | ((taken.damping == 0) & (taken.length < regions.radius))).all()
    assert on_the_edge[:3].all()
    assert not on_the_edge[-1]


def test_limits_are_those_of_lmfit():
    model = bind(
        FitModel(
            lambda x, free, low, high, both: x + free + low + high + both,
            bounds={"low": (-2.0, np.inf), "high": (-np.inf, 3.0), "both": (-1.0, 4.0)},
        ),
        Sweep(Axis("x", [0.0, 1.0])),
    )
    limits = Limits.of(model)
    for values in np.random.default_rng(1).uniform(-1, 3, size=(20, 4)):
        inner = limits.inner(values)
        for index, name in enumerate(model.free):
            parameter = model.parameters[name]
            parameter.value = values[index]
            assert inner[index] == pytest.approx(parameter.setup_bounds(), rel=1e-12)
            moved = inner + np.eye(4)[index]
            assert limits.outer(moved)[index] == pytest.approx(parameter.from_internal(moved[index]), rel=1e-12)
            assert limits.slopes(moved)[index] == pytest.approx(parameter.scale_gradient(moved[index]), rel=1e-12)
        assert limits.outer(inner) == pytest.approx(values)


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x, size, rate: size * np.exp(-x / rate), True),
        (lambda x, size, rate: size if rate < 0 else size * np.exp(-x / rate), False),
        (lambda x, size, rate: size * np.exp(-x / max(rate, 1.0)), False),
        (lambda x, size, rate: np.exp(-x / rate) * size / np.max(size), False),
        (lambda x, size, rate: np.array([size * math.exp(-one / rate) for one in x]), False),
    ],
)
def test_a_model_that_was_written_for_one_value_is_asked_of_one_after_another(function, expected):
    model = bind(FitModel(function, bounds={"rate": (0.1, np.inf)}), Sweep(Axis("x", np.linspace(0, 1, 5))))
    assert model.takes_arrays is expected
    vectors = np.array([[0.5, 0.3], [0.7, 2.0], [0.1, 1.0]])
    for vector, signal in zip(vectors, model.signals({"x": np.linspace(0, 1, 5)}, vectors), strict=True):
        assert signal == pytest.approx(function(np.linspace(0, 1, 5), *vector))


def test_a_fit_is_that_of_lmfit_for_the_same_search():
    given = together(*TRUTHS[0], shots=1000)
    there, fits = best_fits(given, starts_of(given))
    assert there.tolist() == [0, 1, 2, 3]
    for fit in (Fit(fits, index) for index in range(4)):
        minimizer, result = fit.by_lmfit
        found = np.array([result.params[name].value for name in fit.free])
        assert (np.abs(found - fit.best) < 1e-3 * standard_errors(fit.covariance)).all()
        assert minimizer.result is result


def test_the_median_is_that_of_numpy():
    rng = np.random.default_rng(5)
    for count in (1, 2, 3, 50, 51):
        values = rng.normal(size=count)
        assert median(values) == np.median(values)
        values[count // 2] = np.nan
        assert np.isnan(median(values))
    assert np.isnan(median(np.empty(0)))


def test_every_different_start_is_tried_once():
    given = together(*TRUTHS[0], shots=1000)
    usual = {"t1_time": 20_000.0, "amplitude": 0.9, "offset": 0.05}
    starts = [usual, usual, {**usual, "t1_time": 0.0}]
    tried = _by_likelihood(given, [starts] + [[]] * 3)[0]

    # One inside of its limits is one start, however often it is guessed; one at a limit is moved off it in two ways.
    assert len(tried) == 3
    assert [20_000.0, 0.9, 0.05] in tried
    assert len({time for time, *_ in tried}) == 3
