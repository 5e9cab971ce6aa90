"""Synthetic data have the law they claim: binomial counts around the model."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Expectation, Experiment, FitModel, Parity, Probability, Sweep
from oqtopus_experiments.testing import drawn, synthetic


@frozen(kw_only=True)
class Line(Experiment):
    name = "line"

    def sweep(self):
        return Sweep(Axis("x", np.linspace(0, 1, 4)))

    def circuit(self, x):
        raise NotImplementedError

    def references(self):
        return {"start": None}

    def fit_model(self):
        return FitModel(lambda x, slope, start: start + slope * x, references={"start": lambda start: start})


TRUTH = {"slope": 0.6, "start": 0.2}


def test_counts_are_binomial_around_the_model():
    """Mean and variance of 20000 draws lie within 5 standard errors of those of the law."""
    dataset = synthetic(Line(physical_qubits=range(20_000)), TRUTH, 50, np.random.default_rng(1))
    p = np.array([0.2, 0.4, 0.6, 0.8])
    assert dataset.mean.shape == (20_000, 4)
    assert (np.abs(dataset.mean.mean(axis=0) - p) < 5 * np.sqrt(p * (1 - p) / 50 / 20_000)).all()
    assert dataset.mean.var(axis=0) == pytest.approx(p * (1 - p) / 50, rel=0.05)
    assert (dataset.shots == 50).all()
    assert dataset.references.mean.shape == (20_000, 1)
    assert abs(dataset.references.mean.mean() - 0.2) < 5 * np.sqrt(0.16 / 50 / 20_000)


def test_one_seed_is_one_data_set():
    first, second = (synthetic(Line(), TRUTH, 100, np.random.default_rng(5)) for _ in range(2))
    assert (first.mean == second.mean).all()


def test_a_signal_of_two_other_values_is_drawn_between_them():
    @frozen(kw_only=True)
    class Even(Line):
        signal = Parity()

    dataset = drawn(Even(), np.array([-1.0, 0.0, 0.5, 1.0]), 10_000, np.random.default_rng(2), references=[0.0])
    assert dataset.mean[0, 0] == -1
    assert dataset.mean[0, 3] == 1
    assert abs(dataset.mean[0, 2] - 0.5) < 5 * np.sqrt(0.75 / 10_000)
    assert dataset.stderr[0, 2] == pytest.approx(np.sqrt(0.75 / 10_000), rel=0.05)


def test_what_cannot_be_drawn_is_refused():
    rng = np.random.default_rng(3)
    with pytest.raises(ValueError, match="leaves its range, 0 to 1"):
        synthetic(Line(), {"slope": 2.0, "start": 0.2}, 100, rng)
    with pytest.raises(ValueError, match="4 points and 1 references; got 3 and 0"):
        drawn(Line(), np.zeros(3), 100, rng)

    @frozen(kw_only=True)
    class Many(Line):
        signal = Expectation({"00": 1, "11": -1})

    with pytest.raises(ValueError, match="two-valued"):
        synthetic(Many(), TRUTH, 100, rng)

    @frozen(kw_only=True)
    class Bare(Line):
        def fit_model(self):
            return None

    with pytest.raises(ValueError, match="no fit model"):
        synthetic(Bare(), TRUTH, 100, rng)


def test_a_signal_below_its_range_is_refused_like_one_above():
    for slope in (-0.3, 0.9):
        with pytest.raises(ValueError, match="leaves its range"):
            synthetic(Line(), {"slope": slope, "start": 0.2}, 100, np.random.default_rng(3))


def test_references_have_their_own_signal():
    dataset = drawn(Line(), np.ones(4), 100, np.random.default_rng(4), references=[0.0])
    assert (dataset.mean[0].tolist(), dataset.references.mean[0].tolist()) == ([1, 1, 1, 1], [0])


@frozen(kw_only=True)
class Entangled(Experiment):
    """Populations read as a probability, then a parity over a phase: a sum of grids, a signal of the point."""

    name = "entangled"
    num_qubits = 2

    def sweep(self):
        return Sweep(Axis("basis", ["z"])) + Sweep(Axis("basis", ["x"]), Axis("phase", np.linspace(0, np.pi, 5)))

    def circuit(self, basis, phase=0.0):
        raise NotImplementedError

    def signal(self, basis):
        return Parity() if basis == "x" else Probability("00")

    def fit_model(self):
        return FitModel(
            lambda basis, phase, population, contrast: np.where(basis == "x", contrast * np.cos(2 * phase), population)
        )


def test_a_sum_of_grids_is_drawn_each_point_between_its_own_levels():
    dataset = synthetic(
        Entangled(targets=[(0, 1), (2, 3)]), {"population": 0.45, "contrast": 0.8}, 10_000, np.random.default_rng(7)
    )
    expected = np.append(0.45, 0.8 * np.cos(2 * np.linspace(0, np.pi, 5)))
    assert np.abs(dataset.mean - expected).max() < 0.05
    assert (dataset.points.low[:, 0].tolist(), dataset.points.high[:, 0].tolist()) == ([0, 0], [1, 1])
    assert (dataset.points.low[:, 1:] == -1).all()
    assert dataset.stderr[0, 2] == pytest.approx(np.sqrt((1 - expected[2] ** 2) / 10_000), rel=0.05)


def test_a_model_that_is_no_number_somewhere_is_refused():
    @frozen(kw_only=True)
    class Careless(Entangled):
        def fit_model(self):
            return FitModel(lambda phase, contrast: contrast * np.cos(2 * phase))

    with pytest.raises(ValueError, match="not a number at point 0"):
        synthetic(Careless(), {"contrast": 0.8}, 100, np.random.default_rng(8))


def test_a_parameter_that_only_references_use_is_no_argument_of_the_model():
    @frozen(kw_only=True)
    class Calibrated(Line):
        def fit_model(self):
            return FitModel(lambda x, slope: slope * x, references={"start": lambda error: error})

    dataset = synthetic(Calibrated(), {"slope": 0.5, "error": 1.0}, 100, np.random.default_rng(9))
    assert dataset.references.mean.tolist() == [[1.0]]


def test_a_signal_of_many_values_is_drawn_as_normal_when_the_spread_of_a_shot_is_given():
    @frozen(kw_only=True)
    class Many(Line):
        num_qubits = 2
        signal = Expectation({"00": 1, "01": 0.5, "11": -1})

    targets = [(2 * i, 2 * i + 1) for i in range(5000)]
    dataset = synthetic(Many(targets=targets), TRUTH, 400, np.random.default_rng(10), spread=0.6)
    assert (dataset.stderr == 0.6 / 20).all()
    assert dataset.mean.std(axis=0) == pytest.approx(np.full(4, 0.6 / 20), rel=0.05)
    assert np.abs(dataset.mean.mean(axis=0) - [0.2, 0.4, 0.6, 0.8]).max() < 5 * 0.03 / np.sqrt(5000)
    assert np.isnan(dataset.points.low).all()


def test_outcomes_are_those_behind_the_signal_where_it_says_them():
    dataset = synthetic(Line(physical_qubits=[0, 1]), TRUTH, 1000, np.random.default_rng(11))
    for target in (0, 1):
        for point in range(4):
            read = dataset.outcomes(target, point)
            assert read.shots == 1000
            assert read.probability("1") == pytest.approx(dataset.mean[target, point])
        assert dataset.outcomes(target, "start").probability("1") == pytest.approx(dataset.references.mean[target, 0])
    assert dataset.outcomes(0, 1).occurrences.tolist() == dataset.outcomes(0, 1).occurrences.tolist()
    assert len(dataset.counts) == 5


def test_outcomes_of_targets_are_independent():
    dataset = drawn(Line(physical_qubits=[0, 1]), np.full(4, 0.5), 10_000, np.random.default_rng(12), references=[0.5])
    both = dataset.counts[2].to_dict()["11"] / 10_000
    assert abs(both - 0.25) < 5 * np.sqrt(0.25 * 0.75 / 10_000)


def test_parity_of_one_qubit_says_its_outcomes_and_that_of_two_does_not():
    @frozen(kw_only=True)
    class Even(Line):
        signal = Parity()

    dataset = drawn(Even(), np.array([-1.0, 0.0, 0.5, 1.0]), 100, np.random.default_rng(13), references=[1.0])
    assert [dataset.outcomes(0, point).probability("0") for point in (0, 3)] == [0.0, 1.0]
    pair = synthetic(Entangled(), {"population": 0.45, "contrast": 0.8}, 100, np.random.default_rng(14))
    assert pair.outcomes(0, 1).shots == 0
    assert not pair.counts
