"""Labels reach the model: several series, one fit."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve, frozen

from oqtopus_experiments import Axis, Experiment, FitModel, Probability, Sweep
from oqtopus_experiments.testing import drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit

LENGTHS = np.array([1, 5, 10, 20, 40, 80, 120, 180, 250, 350])
TRUTH = {"alpha": 0.992, "gate": 0.985, "amplitude": 0.47, "offset": 0.5}
ERROR = (1 - TRUTH["gate"]) / 2


def survival(kind, length, alpha, gate, amplitude, offset):
    return amplitude * np.where(kind == "interleaved", alpha * gate, alpha) ** length + offset


def guess(kind, length, signal):
    """The decay of the reference series between its first and its last point, half of the contrast lost in between."""
    reference = kind == "reference"
    assert set(kind) == {"reference", "interleaved"}
    assert len(length) == len(kind) == len(signal)
    half = length[reference][np.argmin(np.abs(signal[reference] - (signal.max() + signal.min()) / 2))]
    alpha = 0.5 ** (1 / half)
    return {"alpha": alpha, "gate": alpha, "amplitude": np.ptp(signal), "offset": signal.min()}


@frozen(kw_only=True)
class Interleaved(Experiment):
    """Randomized benchmarking without and with a gate after every Clifford, on paired sequences."""

    name = "interleaved"
    signal = Probability("0")
    seeds: int = 10
    flat: str = "no decay"

    def sweep(self):
        return Sweep(
            Axis("kind", ["reference", "interleaved"]), Axis("length", LENGTHS), Axis("seed", np.arange(self.seeds))
        )

    def circuit(self, kind, length, seed):
        raise NotImplementedError

    def fit_model(self):
        return FitModel(
            survival,
            guess,
            quantities=("gate_error", "alpha", "gate"),
            bounds={"alpha": (0, 1), "gate": (0, 1)},
            derived={"gate_error": lambda gate: (1 - gate) / 2},
            flat=self.flat,
        )


def measured(runs, scatter, *, paired=False, seed=1):
    """Draw benchmarking data: circuits differ by a part of their error, around a mean that decays as the model says."""
    experiment = Interleaved(physical_qubits=range(runs))
    rng = np.random.default_rng(seed)
    grid = experiment.sweep().grid()
    error = -np.log(np.where(grid["kind"] == "interleaved", TRUTH["alpha"] * TRUTH["gate"], TRUTH["alpha"]))
    error = error * grid["length"]
    luck = rng.uniform(-np.sqrt(3), np.sqrt(3), size=(runs, len(error)))
    if paired:  # the same random sequence, so the same luck
        luck = np.tile(luck[:, : luck.shape[1] // 2], 2)
    survived = np.exp(-error) * (1 + scatter * luck * np.minimum(error, 1))
    return experiment, drawn(experiment, TRUTH["amplitude"] * survived + TRUTH["offset"], 500, rng)


def pulls(analyses):
    return np.array([(a["gate_error"].value - ERROR) / a["gate_error"].stderr for a in analyses])


@pytest.mark.parametrize(("scatter", "paired"), [(0.0, False), (0.1, False), (0.3, True)])
def test_the_gate_error_of_a_joint_fit_holds_the_truth_as_often_as_it_says(scatter, paired):
    """200 data sets; bounds of three standard errors of a binomial and of a mean. Paired sequences share their luck."""
    experiment, dataset = measured(200, scatter, paired=paired)
    analyses = CurveFit().analyze(experiment, dataset)
    found = pulls(analyses)
    assert abs(np.mean(np.abs(found) < 1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert abs(found.mean()) < 3 / np.sqrt(200) + 0.1
    assert np.abs(found).max() < 5
    assert np.mean([a.verdict.level == "good" for a in analyses]) >= 0.95


def test_every_series_has_a_curve_of_its_own_and_the_model_is_given_at_every_point():
    experiment, dataset = measured(1, 0.0)
    (analysis,) = CurveFit().analyze(experiment, dataset)
    values = {name: analysis[name].value for name in ("alpha", "gate")}
    reference, interleaved = analysis.curves
    assert [curve.series for curve in analysis.curves] == [{"kind": "reference"}, {"kind": "interleaved"}]
    assert [(curve.axis, curve.x[0], curve.x[-1]) for curve in analysis.curves] == [("length", 1, 350)] * 2
    ratio = np.log(interleaved.y[5] - interleaved.y[-1]) / np.log(reference.y[5] - reference.y[-1])
    assert ratio != pytest.approx(1)
    assert analysis.fitted.shape == (dataset.sweep.size,)
    at = dataset.sweep.grid()
    for label, base in (("reference", values["alpha"]), ("interleaved", values["alpha"] * values["gate"])):
        fitted = [analysis.fitted[(at["kind"] == label) & (at["length"] == length)] for length in LENGTHS]
        assert all(np.ptp(over_seeds) == 0 for over_seeds in fitted)
        moved = np.array([over_seeds[0] for over_seeds in fitted])
        assert np.diff(moved) / np.diff(base**LENGTHS) == pytest.approx(
            np.full(9, np.ptp(moved) / np.ptp(base**LENGTHS))
        )


def test_a_parameter_that_the_series_share_and_that_differs_between_them_is_doubted():
    """The readout of the interleaved series is worse: a gate error fitted to both would be wrong."""
    experiment = Interleaved(physical_qubits=range(20), seeds=1)
    grid = experiment.sweep().grid()
    signal = survival(grid["kind"], grid["length"], **TRUTH)
    shifted = np.where(grid["kind"] == "interleaved", 0.96 * signal, signal)
    analyses = CurveFit().analyze(experiment, drawn(experiment, shifted, 1000, np.random.default_rng(2)))
    doubted = [analysis.verdict.why for analysis in analyses if analysis.verdict.level != "good"]
    assert len(doubted) >= 15
    assert any("differed between the series" in why for why in doubted)


def test_a_drift_along_one_series_is_seen_and_the_series_is_named():
    """Over the whole sweep it looks like another rate; along the series alone it does not."""
    experiment = Interleaved(physical_qubits=range(20), seeds=1)
    grid = experiment.sweep().grid()
    truth = {**TRUTH, "alpha": np.where(grid["kind"] == "interleaved", 0.992, 0.992 - 4e-5 * grid["length"])}
    signal = survival(grid["kind"], grid["length"], **truth)
    analyses = CurveFit().analyze(experiment, drawn(experiment, signal, 2000, np.random.default_rng(3)))
    doubted = [analysis.verdict.why for analysis in analyses if analysis.verdict.level != "good"]
    assert len(doubted) >= 15
    assert any("along kind = reference" in why for why in doubted)


def test_right_joint_fits_are_hardly_ever_doubted():
    experiment = Interleaved(physical_qubits=range(300), seeds=1)
    analyses = CurveFit().analyze(experiment, synthetic(experiment, TRUTH, 1000, np.random.default_rng(4)))
    assert np.mean([analysis.verdict.level == "good" for analysis in analyses]) > 0.96


def test_series_make_systematics_of_right_joint_fits_no_more_frequent():
    experiment = Interleaved(physical_qubits=range(300), seeds=1)
    analyses = CurveFit().analyze(experiment, synthetic(experiment, TRUTH, 1000, np.random.default_rng(5)))
    size = [a["gate_error"].systematic / a["gate_error"].stderr for a in analyses]
    # 0.05 of these data sets; 0.11 where every direction of every series has two standard errors to itself.
    assert np.mean(np.array(size) > 3) < 0.08


def test_two_series_that_differ_and_do_not_change_show_no_decay():
    experiment = Interleaved(physical_qubits=range(20), seeds=1)
    level = np.where(experiment.sweep().grid()["kind"] == "interleaved", 0.6, 0.8)
    analyses = CurveFit().analyze(experiment, drawn(experiment, level, 1000, np.random.default_rng(5)))
    assert [analysis.verdict.codes for analysis in analyses] == [("no_signal",)] * 20


@frozen(kw_only=True)
class Slopes(Experiment):
    """Two lines of one slope; the model of it is in `fit_model`."""

    name = "slopes"

    def sweep(self):
        return Sweep(Axis("kind", ["high", "low"]), Axis("x", np.linspace(0, 1, 41)))

    def circuit(self, kind, x):
        raise NotImplementedError

    def fit_model(self):
        return FitModel(
            lambda kind, x, slope, start: np.where(kind == "high", start, start - 0.3) - slope * x,
            lambda *_: {"slope": 0.5, "start": 0.9},
        )


def test_a_series_cut_off_is_seen_beside_one_that_reaches_further():
    """The largest values of all points are those of the other series, and are not cut off."""
    experiment = Slopes(physical_qubits=range(10))
    dataset = synthetic(experiment, {"slope": 0.5, "start": 0.9}, 1000, np.random.default_rng(6))
    cut = np.where(experiment.sweep().grid()["kind"] == "low", np.minimum(dataset.mean, 0.55), dataset.mean)
    analyses = CurveFit().analyze(experiment, evolve(dataset, points=evolve(dataset.points, mean=cut)))
    clipped = [r.message for a in analyses for r in a.verdict.reasons if r.code == "clipped"]
    assert len(clipped) == 10
    assert all(message.startswith("kind = low: ") for message in clipped)
