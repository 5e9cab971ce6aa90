"""One fit to points that are not a grid and whose signals differ: populations beside parity, GHZ-shaped."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve, field, frozen
from scipy.optimize import minimize
from scipy.stats import binom

from oqtopus_experiments import AnalysisError, Axis, Experiment, FitModel, Parity, Probability, Sweep, checks
from oqtopus_experiments.testing import coverage, synthetic
from oqtopus_experiments_curvefit import CurveFit

PHASES = np.linspace(0, np.pi, 13)
TRUTH = {"zeros": 0.46, "ones": 0.44, "contrast": 0.83, "shift": 0.1}


def coherence(basis, outcome, phase, zeros, ones, contrast, shift):
    population = np.where(outcome == "000", zeros, ones)
    return np.where(basis == "x", contrast * np.cos(3 * phase + shift), population)


def guess(basis, outcome, phase, signal):
    assert np.isnan(phase[basis == "z"]).all()
    assert not np.isnan(phase[basis == "x"]).any()
    assert set(outcome[basis == "x"]) == {""}
    return {"zeros": 0.5, "ones": 0.5, "contrast": np.ptp(signal[basis == "x"]) / 2, "shift": 0.0}


@frozen(kw_only=True)
class Ghz(Experiment):
    """Populations of a GHZ state of three qubits, then the parity over a phase."""

    name = "ghz"
    num_qubits = 3
    model: FitModel = field(
        factory=lambda: FitModel(
            coherence,
            guess,
            quantities=("fidelity", "contrast", "zeros", "ones", "shift"),
            derived={"fidelity": lambda zeros, ones, contrast: (zeros + ones + contrast) / 2},
            flat="",
            checks=(checks.decay_window("contrast", "phase"),),
        )
    )

    def sweep(self):
        return Sweep(Axis("basis", ["z"]), Axis("outcome", ["000", "111"])) + Sweep(
            Axis("basis", ["x"]), Axis("phase", PHASES)
        )

    def circuit(self, basis, outcome="", phase=0.0):
        raise NotImplementedError

    def signal(self, basis, outcome=""):
        return Parity() if basis == "x" else Probability(outcome)

    def fit_model(self):
        return self.model


def many(runs):
    return Ghz(targets=[(3 * i, 3 * i + 1, 3 * i + 2) for i in range(runs)])


def test_the_fidelity_of_populations_and_parity_holds_the_truth_as_often_as_it_says():
    """300 data sets; with warnings as errors, as positions that are not there are no reason to warn."""
    found = coverage(Ghz(), TRUTH, 500, runs=300, seed=1)
    assert set(found) == {"fidelity", *TRUTH}
    assert abs(found["fidelity"].within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 300)
    assert abs(found["fidelity"].mean_pull) < 3 / np.sqrt(300) + 0.1
    assert found["fidelity"].good > 0.95


def test_a_fit_of_levels_that_differ_is_that_of_the_exact_likelihood():
    """Binomial between 0 and 1 and between -1 and 1 in one fit, against scipy's own law and minimizer."""
    experiment = many(1)
    shots = 300
    dataset = synthetic(experiment, TRUTH, shots, np.random.default_rng(2))
    (analysis,) = CurveFit().analyze(experiment, dataset)
    grid = dataset.sweep.grid()
    low = np.where(grid["basis"] == "x", -1.0, 0.0)
    counts = np.rint((dataset.mean[0] - low) / (1 - low) * shots)

    def cost(vector):
        with np.errstate(invalid="ignore"):
            expected = coherence(grid["basis"], grid["outcome"], grid["phase"], *vector)
        return -binom.logpmf(counts, shots, np.clip((expected - low) / (1 - low), 1e-9, 1 - 1e-9)).sum()

    best = minimize(cost, list(TRUTH.values()), method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10})
    for name, value in zip(TRUTH, best.x, strict=True):
        assert analysis[name].value == pytest.approx(value, abs=0.01 * analysis[name].stderr)
    saturated = -binom.logpmf(counts, shots, counts / shots).sum()
    assert analysis.deviance == pytest.approx(2 * (best.fun - saturated), rel=1e-4)
    # The populations stand alone: their errors are those of single fractions.
    for name in ("zeros", "ones"):
        value = analysis[name].value
        assert analysis[name].stderr == pytest.approx(np.sqrt(value * (1 - value) / shots), rel=0.01)


def test_a_series_with_values_on_the_axis_has_a_curve_and_the_others_have_none():
    experiment = many(1)
    (analysis,) = CurveFit().analyze(experiment, synthetic(experiment, TRUTH, 500, np.random.default_rng(3)))
    (curve,) = analysis.curves
    assert dict(curve.series) == {"basis": "x", "outcome": ""}
    assert (curve.axis, curve.x[0], curve.x[-1]) == ("phase", 0, pytest.approx(np.pi))
    assert analysis.fitted.shape == (15,)
    assert np.isfinite(analysis.fitted).all()


def careless(basis, phase, level, contrast):
    return np.where(basis == "x", 0, level) + contrast * np.cos(3 * phase)


def test_a_model_that_is_no_number_for_lack_of_a_value_is_the_fault_of_its_author_and_said():
    model = FitModel(careless, lambda *_: {"level": 0.5, "contrast": 0.8})
    experiment = evolve(many(1), model=model)
    dataset = synthetic(many(1), TRUTH, 500, np.random.default_rng(4))
    with pytest.raises(AnalysisError, match=r"no number at basis = z.*no value on the axis 'phase'.*np\.where"):
        CurveFit().analyze(experiment, dataset)


def test_a_model_that_is_no_number_anyhow_gives_none_and_says_so():
    """Not for the lack of a value: the logarithm of what is negative."""
    model = FitModel(
        lambda basis, phase, level: np.where(basis == "x", np.log(level - 10 + 0 * phase), level),
        lambda *_: {"level": 0.5},
        bounds={"level": (0, 1)},
        flat="",
    )
    (analysis,) = CurveFit().analyze(
        evolve(many(1), model=model), synthetic(many(1), TRUTH, 500, np.random.default_rng(5))
    )
    assert analysis.verdict.codes == ("poor_fit",)
    assert "no number at 13 points" in analysis.verdict.why
    assert np.isnan(analysis["level"].value)


@frozen(kw_only=True)
class Steady(Ghz):
    """Two circuits without seeds, beside benchmarking over lengths and seeds."""

    def sweep(self):
        return Sweep(Axis("outcome", ["000", "111"])) + Sweep(
            Axis("basis", ["x"]), Axis("phase", PHASES), Axis("seed", np.arange(5))
        )

    def signal(self, outcome="", basis=""):
        return Parity() if basis == "x" else Probability(outcome)


def test_a_circuit_without_a_seed_stays_two_valued_beside_averages_over_seeds():
    experiment = Steady(
        model=FitModel(
            lambda outcome, basis, phase, zeros, ones, contrast, shift: coherence(
                basis, outcome, phase, zeros, ones, contrast, shift
            ),
            lambda *_: {"zeros": 0.4, "ones": 0.4, "contrast": 0.8, "shift": 0.0},
            flat="",
        )
    )
    dataset = synthetic(experiment, TRUTH, 500, np.random.default_rng(6))
    # Circuits of different seeds differ by far more than their shots; those without one do not.
    differing = dataset.mean + np.append([0, 0], np.tile([-0.15, -0.05, 0, 0.05, 0.15], 13))
    dataset = evolve(dataset, points=evolve(dataset.points, mean=differing))
    (analysis,) = CurveFit().analyze(experiment, dataset)
    value = analysis["zeros"].value
    assert value == pytest.approx(dataset.mean[0, 0], abs=1e-6)
    assert analysis["zeros"].stderr == pytest.approx(np.sqrt(value * (1 - value) / 500), rel=0.01)
    assert analysis.fitted.shape == (2 + 13 * 5,)
    assert analysis.fitted[2:].reshape(13, 5) == pytest.approx(np.tile(analysis.fitted[2::5, None], 5))


@frozen(kw_only=True)
class Settings(Experiment):
    """Four settings of two labels, CHSH-shaped: no axis of numbers at all."""

    name = "settings"
    num_qubits = 2
    signal = Parity()

    def sweep(self):
        return Sweep(Axis("first", ["a", "b"]), Axis("second", ["c", "d"]))

    def circuit(self, first, second):
        raise NotImplementedError

    def fit_model(self):
        return FitModel(
            lambda first, second, size: np.where((first == "b") & (second == "d"), -size, size),
            lambda *given: {"size": given[-1][0]},
            derived={"s": "4 * size"},
        )


@pytest.mark.parametrize("size", [0.7, 0.0])
def test_a_model_of_labels_alone_has_a_result_also_where_nothing_changes(size):
    dataset = synthetic(Settings(), {"size": size}, 1000, np.random.default_rng(7))
    (analysis,) = CurveFit().analyze(Settings(), dataset)
    assert analysis.verdict.level == "good"
    assert abs(analysis["s"].value - 4 * size) < 4 * analysis["s"].stderr
    assert analysis.curves == ()
