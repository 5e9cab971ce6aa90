"""Synthetic data have the law they claim: binomial counts around the model."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Expectation, Experiment, FitModel, Parity, Sweep
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
