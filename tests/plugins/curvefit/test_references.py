"""Reference circuits join the likelihood: a third party declares them beside its model."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Estimates, FitModel
from oqtopus_experiments.testing import drawn, synthetic
from oqtopus_experiments_curvefit import CurveFit

TRUTH = {"slope": 0.6, "start": 0.2}


def line(x, slope, start):
    return start + slope * x


def guess(x, signal):
    return {"slope": float(np.ptp(signal)), "start": float(signal[0])}


@pytest.fixture
def experiment(toy):
    names = tuple(f"end {i}" for i in range(9))
    model = FitModel(line, guess, references=dict.fromkeys(names, lambda slope, start: start + slope))
    return toy(model=model, names=names, axis=np.linspace(0, 0.2, 10))


def test_references_count_like_points_of_the_sweep_at_that_place(toy, experiment):
    """Nine references at x = 1 weigh exactly what nine points at x = 1 do."""
    dataset = synthetic(experiment, TRUTH, 1000, np.random.default_rng(1))
    (joint,) = CurveFit().analyze(experiment, dataset)
    longer = toy(model=FitModel(line, guess), axis=np.append(experiment.axis, np.ones(9)))
    points = Estimates(
        *(
            np.hstack([getattr(part, name) for part in (dataset.points, dataset.references)])
            for name in ("mean", "stderr", "shots", "low", "high")
        )
    )
    none = np.zeros((1, 0))
    moved = attrs.evolve(
        dataset,
        sweep=longer.sweep(),
        points=points,
        references=Estimates(none, none, none.astype(int)),
        reference_names=(),
    )
    (together,) = CurveFit().analyze(longer, moved)
    assert joint["slope"].value == pytest.approx(together["slope"].value, rel=1e-6)
    assert joint["slope"].stderr == pytest.approx(together["slope"].stderr, rel=1e-6)
    assert joint.deviance == pytest.approx(together.deviance)
    assert joint.degrees_of_freedom == together.degrees_of_freedom == 17
    assert len(joint.fitted) == 10


def test_a_reference_without_counts_is_a_missing_point_and_the_others_count(experiment):
    dataset = synthetic(experiment, TRUTH, 1000, np.random.default_rng(2))
    shots = dataset.references.shots.copy()
    shots[0, :4] = 0
    lost = attrs.evolve(dataset, references=attrs.evolve(dataset.references, shots=shots))
    (analysis,) = CurveFit().analyze(experiment, lost)
    assert analysis.verdict.codes == ("missing_points",)
    assert "4 points" in str(analysis.verdict)
    assert analysis.degrees_of_freedom == 10 + 5 - 2


def test_references_that_contradict_the_sweep_make_a_poor_fit(experiment):
    dataset = synthetic(experiment, TRUTH, 10_000, np.random.default_rng(3))
    wrong = attrs.evolve(dataset, references=attrs.evolve(dataset.references, mean=dataset.references.mean - 0.3))
    (analysis,) = CurveFit().analyze(experiment, wrong)
    assert analysis.verdict.level == "bad"
    assert "poor_fit" in analysis.verdict.codes


def test_references_are_found_by_name_and_by_target(toy):
    """The experiment has them in another order than the model, and two targets that differ."""
    model = FitModel(line, guess, references={"end": lambda slope, start: start + slope, "start": lambda start: start})
    experiment = toy(
        model=model, names=("start", "middle", "end"), axis=np.linspace(0.4, 0.6, 10), physical_qubits=[0, 1]
    )
    signal = np.array([start + slope * experiment.axis for start, slope in ((0.2, 0.6), (0.7, -0.5))])
    dataset = drawn(experiment, signal, 100_000, np.random.default_rng(4), references=[0.2, 0.9, 0.8])
    known = np.array([[0.2, 0.9, 0.8], [0.7, 0.9, 0.2]])
    points = attrs.evolve(dataset.points, mean=signal)
    exact = attrs.evolve(dataset, points=points, references=attrs.evolve(dataset.references, mean=known))

    first, second = CurveFit().analyze(experiment, exact)

    assert [first["slope"].value, second["slope"].value] == pytest.approx([0.6, -0.5], abs=1e-5)
    assert first.deviance == pytest.approx(0, abs=1e-5)
    assert second.deviance == pytest.approx(0, abs=1e-5)
