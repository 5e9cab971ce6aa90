"""Values and error bars against numbers worked out here, without the fit."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments import FitModel
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit


def line(x, slope, start):
    return start + slope * x


def guess(x, signal):
    return {"slope": float(np.ptp(signal)), "start": float(signal[0])}


def exact(experiment, signal, shots=1000):
    """Fit a signal without shot noise, as if so many shots had been taken of each point; shape (points,) or more."""
    dataset = drawn(experiment, np.clip(signal, 0, 1), shots, np.random.default_rng(0))
    points = evolve(dataset.points, mean=np.broadcast_to(signal, dataset.mean.shape))
    return CurveFit().analyze(experiment, evolve(dataset, points=points))


def test_error_bars_are_those_of_counting_so_many_shots(toy):
    """One standard error of a line through binomial points, from the normal equations."""
    experiment = toy(model=FitModel(line, guess, quantities=("start", "slope")))
    x = experiment.axis
    truth = 0.2 + 0.5 * x
    weight = 4000 / (truth * (1 - truth))
    normal = np.array([[weight.sum(), (weight * x).sum()], [(weight * x).sum(), (weight * x * x).sum()]])
    expected = np.linalg.inv(normal)

    (analysis,) = exact(experiment, truth, shots=4000)

    assert [q.name for q in analysis.quantities] == ["start", "slope"]
    assert analysis.covariance == pytest.approx(expected, rel=2e-3)
    assert [q.stderr for q in analysis.quantities] == pytest.approx(np.sqrt(np.diag(expected)), rel=1e-3)
    assert analysis.fitted == pytest.approx(truth, abs=1e-6)
    assert analysis.deviance == pytest.approx(0, abs=1e-6)
    assert analysis.degrees_of_freedom == 19


@pytest.mark.parametrize("apart", [0.0, 0.1, 0.4])
def test_error_bars_come_from_the_shots_and_never_from_the_scatter(toy, apart):
    """Points above and below one half by the same: the level is one half, known to half over the root of all shots."""
    model = FitModel(lambda x, level: level + 0 * x, lambda *_: {"level": 0.4}, flat="")
    experiment = toy(model=model, axis=np.arange(20.0))

    (analysis,) = exact(experiment, 0.5 + apart * (-1.0) ** np.arange(20), shots=500)

    assert analysis["level"].value == pytest.approx(0.5, abs=1e-4)
    assert analysis["level"].stderr == pytest.approx(0.5 / np.sqrt(20 * 500), rel=1e-3)
    assert analysis.fitted == pytest.approx(np.full(20, 0.5), abs=1e-4)


def test_correlations_are_carried_over_to_what_is_derived(toy):
    """A line through known ends: they are far less certain together than what the errors alone would make of it."""
    derived = {"middle": "start + slope / 2"}
    model = FitModel(line, guess, derived=derived, quantities=("middle", "slope"), units={"middle": "V"})
    (analysis,) = exact(toy(model=model), np.full(21, 0.5) + 0.4 * (np.linspace(0, 1, 21) - 0.5), shots=1000)

    # The middle of a symmetric line is the mean of all points, and uncorrelated with the slope.
    p = 0.5 + 0.4 * (np.linspace(0, 1, 21) - 0.5)
    assert analysis["middle"].stderr == pytest.approx(np.sqrt(1 / (1000 / (p * (1 - p))).sum()), rel=2e-3)
    assert abs(analysis.covariance[0, 1]) < 1e-3 * analysis["middle"].stderr * analysis["slope"].stderr
    assert (analysis["middle"].unit, analysis["slope"].unit) == ("V", "")


def test_each_target_is_fitted_to_its_own_points(toy):
    experiment = toy(model=FitModel(line, guess), physical_qubits=[5, 2])
    jacobian = [0.6, -0.2]

    analyses = exact(experiment, np.array([0.3 + slope * experiment.axis for slope in jacobian]))

    assert [a.target for a in analyses] == [(5,), (2,)]
    assert [a["slope"].value for a in analyses] == pytest.approx(jacobian, abs=1e-6)


def wave(x, frequency, size):
    return 0.5 + size * np.cos(2 * np.pi * frequency * x)


def fitted_wave(toy, starts, signal, shots=1000):
    model = FitModel(wave, lambda *_: [{"frequency": f, "size": s} for f, s in starts], bounds={"frequency": (0, 50)})
    return exact(toy(model=model, axis=np.linspace(0, 1, 41)), signal, shots)[0]


X = np.linspace(0, 1, 41)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_best_of_several_starts_counts_in_whatever_order_they_come(toy, order):
    """Also where none of them fits well, as here with a ripple on the signal."""
    starts = np.array([(3.05, 0.3), (9.0, 0.02), (15.2, 0.1)])[list(order)]
    signal = wave(X, 3, 0.4) + 0.04 * (-1.0) ** np.arange(41)

    assert fitted_wave(toy, starts, signal)["frequency"].value == pytest.approx(3, abs=0.02)


def test_a_likely_start_that_leads_nowhere_does_not_end_the_search(toy):
    """The right frequency with the wrong sign is the less likely start, and the better fit."""
    analysis = fitted_wave(toy, [(9.0, 0.0), (3.01, -0.4)], wave(X, 3, 0.4))

    assert analysis["frequency"].value == pytest.approx(3, abs=1e-3)
    assert analysis["size"].value == pytest.approx(0.4, abs=1e-3)


def test_of_two_frequencies_that_explain_the_points_alike_the_likelier_start_decides(toy):
    """At 40 intervals a window, 3 and 37 periods are one and the same at every point."""
    for starts in ([(3.0, 0.4), (37.01, 0.3)], [(37.01, 0.3), (3.0, 0.4)]):
        assert fitted_wave(toy, starts, wave(X, 3, 0.4))["frequency"].value == pytest.approx(3, abs=1e-3)


@pytest.mark.parametrize("bounds", [(0.5, 0.7), (0.0, 1.0), (-1.0, 0.7), (0.5, np.inf), (0.0, np.inf), (-np.inf, 0.7)])
@pytest.mark.parametrize("start", ["below", "low", "high", "above", "unknown"])
def test_a_start_at_or_beyond_a_bound_finds_the_best_fit_all_the_same(toy, bounds, start):
    value = {"below": -1e9, "low": bounds[0], "high": bounds[1], "above": 1e9, "unknown": np.nan}[start]
    model = FitModel(line, lambda *_: {"slope": value, "start": 0.2}, bounds={"slope": bounds})
    (analysis,) = exact(toy(model=model), 0.2 + 0.6 * np.linspace(0, 1, 21))

    assert analysis["slope"].value == pytest.approx(0.6, abs=1e-4)
    assert analysis.verdict.level == "good"


def test_a_decay_per_gate_guessed_as_none_is_found_near_one(toy):
    """A start at 1, which is as far as it goes, and a truth so near that a hundredth off nothing is left."""
    lengths = np.linspace(1, 80_000, 21)
    model = FitModel(
        lambda x, alpha, size: 0.5 + size * alpha**x,
        lambda *_: {"alpha": 1.0, "size": 0.4},
        bounds={"alpha": (0, 1)},
    )
    (analysis,) = exact(toy(model=model, axis=lengths), 0.5 + 0.45 * 0.99997**lengths)

    assert analysis["alpha"].value == pytest.approx(0.99997, abs=1e-7)


@pytest.mark.parametrize("axis", [np.linspace(1, 2, 21), np.linspace(0.1, 2, 21), np.linspace(-1, 1, 21)])
def test_the_curve_of_an_even_sweep_is_even_from_its_first_to_its_last_point(toy, axis):
    (analysis,) = exact(toy(model=FitModel(line, guess), axis=axis), 0.4 + 0.2 * axis)

    (curve,) = analysis.curves
    assert curve.x == pytest.approx(np.linspace(axis[0], axis[-1], len(curve.x)))
    assert curve.y == pytest.approx(0.4 + 0.2 * curve.x, abs=1e-6)
