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


@pytest.mark.parametrize("guessed", [{}, {"ground": 0.3, "excited": 0.6}])
def test_a_parameter_that_only_references_use_is_found_from_them_whether_guessed_or_not(toy, guessed):
    """Two populations in three references; the third ties them together and to the sweep."""
    truth = {"slope": 0.6, "ground": 0.03, "excited": 0.92}
    model = FitModel(
        lambda x, slope: slope * x,
        lambda *given: {"slope": float(given[-1][-1]), **guessed},
        references={
            "ground": lambda ground: ground,
            "excited": lambda excited: excited,
            "both": lambda ground, excited, slope: slope * (ground + excited) / 2,
        },
        bounds={"ground": (0, 0.5), "excited": (0, 1)},
    )
    experiment = toy(model=model, names=("ground", "excited", "both"), physical_qubits=range(200))
    analyses = CurveFit().analyze(experiment, synthetic(experiment, truth, 1000, np.random.default_rng(5)))
    for name, value in truth.items():
        pulls = np.array([(a[name].value - value) / a[name].stderr for a in analyses])
        assert abs(np.mean(np.abs(pulls) < 1) - 0.683) < 3.5 * np.sqrt(0.683 * 0.317 / 200)
        assert np.abs(pulls).max() < 5


def test_a_reference_that_failed_leaves_its_own_parameter_unknown_and_no_other(toy):
    looked_at = []
    model = FitModel(
        lambda x, slope, start: start + slope * x,
        guess,
        references={"ground": lambda ground: ground, "end": lambda slope, start: start + slope},
        derived={"contrast": lambda start, ground: start - ground, "end": "start + slope"},
        checks=(lambda fit: looked_at.append(fit.quantities) or [],),
    )
    experiment = toy(model=model, names=("ground", "end"))
    dataset = synthetic(experiment, {**TRUTH, "ground": 0.1}, 1000, np.random.default_rng(6))
    shots = dataset.references.shots.copy()
    shots[0, 0] = 0
    lost = attrs.evolve(dataset, references=attrs.evolve(dataset.references, shots=shots))
    (analysis,) = CurveFit().analyze(experiment, lost)
    known = {q.name for q in analysis.quantities if np.isfinite(q.value) and np.isfinite(q.stderr)}
    assert known == {"slope", "start", "end"}
    assert np.isnan([analysis["ground"].value, analysis["contrast"].value]).all()
    # Nor do checks judge by where the search began.
    assert np.isnan([looked_at[0]["ground"].value, looked_at[0]["contrast"].value]).all()
    assert set(analysis.verdict.codes) == {"undetermined", "missing_points"}


def test_a_model_of_lmfit_takes_what_only_references_know_from_these(toy):
    import lmfit

    model = FitModel(lmfit.models.LinearModel(), references={"ground": lambda ground: ground})
    experiment = toy(model=model, names=("ground",))
    dataset = synthetic(experiment, {"slope": 0.6, "intercept": 0.2, "ground": 0.1}, 1000, np.random.default_rng(7))
    (analysis,) = CurveFit().analyze(experiment, dataset)
    assert analysis["ground"].value == pytest.approx(dataset.references.mean[0, 0], abs=1e-4)


@pytest.mark.parametrize("seed", range(3))
def test_a_derived_function_says_what_its_expression_says_bit_for_bit(toy, seed):
    texts = {"sum": "start + slope", "ratio": "slope / start", "last": "start - 2 * slope"}
    functions = {
        "sum": lambda start, slope: start + slope,
        "ratio": lambda start, slope: slope / start,
        "last": lambda start, slope: start - 2 * slope,
    }
    given = synthetic(toy(model=FitModel(line, guess)), TRUTH, 1000, np.random.default_rng(seed))
    (text,), (function,) = (
        CurveFit().analyze(toy(model=FitModel(line, guess, derived=derived)), given) for derived in (texts, functions)
    )
    for name in (*texts, "slope", "start"):
        assert (text[name].value, text[name].stderr) == (function[name].value, function[name].stderr)
    assert (text.covariance == function.covariance).all()
