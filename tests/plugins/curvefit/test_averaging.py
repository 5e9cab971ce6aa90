"""Random circuits: the model knows their length, not their seed."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve, frozen
from scipy.special import chdtrc

from oqtopus_experiments import Axis, Experiment, FitModel, Probability, Sweep
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_curvefit._averaged import averages
from oqtopus_experiments_curvefit._likelihood import Points
from oqtopus_experiments_curvefit._positions import positions

LENGTHS = np.array([1, 5, 10, 20, 40, 80, 120, 180, 250, 350])
ERROR = 0.008


def survival(length, alpha, amplitude, offset):
    return amplitude * alpha**length + offset


@frozen(kw_only=True)
class Benchmarking(Experiment):
    """Randomized-benchmarking shaped: lengths, and seeds of random circuits."""

    name = "benchmarking"
    signal = Probability("0")
    seeds: int = 20

    def sweep(self):
        return Sweep(Axis("length", LENGTHS), Axis("seed", np.arange(self.seeds)))

    def circuit(self, length, seed):
        raise NotImplementedError

    def fit_model(self):
        start = {"alpha": 0.99, "amplitude": 0.45, "offset": 0.5}
        return FitModel(survival, lambda *_: start, quantities=("alpha",), bounds={"alpha": (0, 1)})


def measured(seeds, scatter, runs=200):
    """Draw circuits whose total error is spread by this part around its mean, and their counts."""
    experiment = Benchmarking(seeds=seeds, physical_qubits=range(runs))
    rng = np.random.default_rng(1)
    mean = np.broadcast_to(ERROR * experiment.sweep().grid()["length"], (runs, LENGTHS.size * seeds))
    error = rng.gamma(1 / scatter**2, mean * scatter**2) if scatter else mean
    # So drawn, the mean survival is exactly (1 + scatter^2 error)^(-1/scatter^2), close to a power of the length.
    return experiment, drawn(experiment, 0.47 * np.exp(-error) + 0.5, 1000, rng)


@pytest.mark.parametrize("seeds", [5, 20])
@pytest.mark.parametrize("scatter", [0.0, 0.1])
def test_error_bars_hold_the_truth_as_often_as_they_say(seeds, scatter):
    """200 data sets, bounds of 3 standard errors of a binomial."""
    experiment, dataset = measured(seeds, scatter)
    analyses = CurveFit().analyze(experiment, dataset)
    pulls = np.array([(a["alpha"].value - np.exp(-ERROR)) / a["alpha"].stderr for a in analyses])
    assert abs(np.mean(np.abs(pulls) < 1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert np.abs(pulls).max() < 6
    assert np.mean([a.verdict.level == "good" for a in analyses]) >= 0.97


def test_circuits_that_differ_make_error_bars_that_know_it():
    """The error bars are as large as the spread of the estimates over 200 data sets, within 15 %."""
    experiment, dataset = measured(20, 0.5)
    analyses = CurveFit().analyze(experiment, dataset)
    spread = np.std([a["alpha"].value for a in analyses])
    assert np.median([a["alpha"].stderr for a in analyses]) == pytest.approx(spread, rel=0.15)


def test_a_point_is_the_mean_over_what_the_model_does_not_know():
    _, dataset = measured(20, 0.1, runs=1)
    where = positions(dataset.sweep, ("length",))
    points, missing = averages(dataset, where)
    points = points.of(0)
    assert missing == [0]
    assert where.values["length"] == pytest.approx(LENGTHS)
    assert points.mean == pytest.approx(dataset.mean.reshape(10, 20).mean(axis=1))
    assert (points.shots == 20_000).all()
    assert not points.is_binomial.any()


def test_seeds_may_come_before_what_the_model_knows():
    """Circuits of one length are then far apart in the sweep."""
    sweep = Sweep(Axis("seed", np.arange(3)), Axis("length", LENGTHS))
    where = positions(sweep, ("length",))
    assert where.values["length"].tolist() == LENGTHS.tolist()
    assert where.of_point.tolist() == list(range(10)) * 3


def test_a_lost_circuit_leaves_its_length_with_the_others():
    experiment, dataset = measured(5, 0.0, runs=1)
    shots = dataset.shots.copy()
    shots[0, [0, 7, 8]] = 0
    mean = np.where(shots == 0, np.nan, dataset.mean)
    lost = evolve(dataset, points=evolve(dataset.points, shots=shots, mean=mean))
    points, missing = averages(lost, positions(lost.sweep, ("length",)))
    points = points.of(0)
    assert missing == [3]
    assert points.mean[1] == pytest.approx(dataset.mean[0, [5, 6, 9]].mean())
    (analysis,) = CurveFit().analyze(experiment, lost)
    assert analysis.verdict.codes == ("fits", "missing_points")


def test_one_seed_has_the_error_of_its_shots():
    _, dataset = measured(1, 0.0, runs=1)
    points, _ = averages(dataset, positions(dataset.sweep, ("length",)))
    assert points.stderr[0] == pytest.approx(dataset.stderr[0])


def scattered(spread, shot_noise, circuits=20):
    """One length per element: circuits that differ by so much around one half, and the error of their shots."""
    count = len(spread)
    _, dataset = measured(circuits, 0.0, runs=1)
    offsets = np.tile(np.resize([1.0, -1.0], circuits), (LENGTHS.size, 1))
    sizes = np.resize(spread, LENGTHS.size)
    assert count in (1, LENGTHS.size)
    mean = (0.5 + sizes[:, None] * offsets).reshape(1, -1)
    points = evolve(dataset.points, mean=mean, stderr=np.full(mean.shape, shot_noise))
    return averages(evolve(dataset, points=points), positions(dataset.sweep, ("length",)))[0].stderr[0]


def test_circuits_that_agree_by_chance_keep_most_of_the_error_of_their_shots():
    """Drawn towards the shot noise, of which ten circuits' worth count: 20 that agree exactly leave over half of it."""
    errors = scattered([0.0], 0.02)

    assert (0.55 * 0.02 / np.sqrt(20) < errors).all()
    assert (errors <= 0.02 / np.sqrt(20)).all()


def test_where_all_circuits_scatter_alike_the_error_of_a_mean_is_that_of_their_scatter():
    assert scattered([0.1], 0.001) == pytest.approx(0.1 / np.sqrt(19), rel=1e-2)


def test_a_length_whose_circuits_scatter_more_than_the_others_is_known_less():
    """Drawn towards the others, of which four circuits' worth count: neither ignored nor taken alone."""
    errors = scattered([0.1] + [0.01] * 9, 0.01)

    assert 0.9 * 0.1 / np.sqrt(20) < errors[0] < 0.95 * 0.1 / np.sqrt(20)
    assert errors[0] > 1.7 * errors[1]
    assert errors[1:] == pytest.approx(np.full(9, errors[1]))


@pytest.mark.parametrize("seeds", [3, 4])
def test_few_circuits_that_differ_make_right_models_no_more_doubtful_than_many_do(seeds):
    """Their error is known badly, so that points are far from it more often than a normal law has them."""
    experiment, dataset = measured(seeds, 0.5, runs=400)
    analyses = CurveFit().analyze(experiment, dataset)

    assert np.mean([a.verdict.level == "good" for a in analyses]) >= 0.98
    unlikely = [chdtrc(a.degrees_of_freedom, a.deviance) < 0.01 for a in analyses]
    assert np.mean(unlikely) <= 0.02


def test_a_distance_in_errors_that_are_known_badly_is_no_more_unlikely_than_it_is():
    """Of Student's law with 5 degrees of freedom 5 errors are as unlikely as 2.87 of a normal one."""
    rng = np.random.default_rng(1)
    distances = rng.standard_t(5, 20_000)
    zero, one = np.zeros(20_000), np.ones(20_000)
    points = Points(zero, one, one, np.full(20_000, np.nan), np.full(20_000, np.nan), np.full(20_000, 5.0))

    found = points.as_normal(distances)

    assert (np.sign(found) == np.sign(distances)).all()
    assert np.std(found) == pytest.approx(1, abs=0.02)
    assert np.mean(np.abs(found) > 3) == pytest.approx(0.0027, abs=0.0012)
    assert np.mean(np.abs(distances) > 3) > 0.02


def test_a_distance_in_errors_that_are_known_is_what_it_is():
    nothing, one = np.full(2, np.nan), np.ones(2)

    assert Points(one, one, one, nothing, nothing).as_normal(np.array([-50.0, 3.0])).tolist() == [-50.0, 3.0]
    few = Points(one, one, one, nothing, nothing, np.array([np.inf, 8.0])).as_normal(np.array([-50.0, 3.0]))
    assert few.tolist() == [-50.0, pytest.approx(2.385, abs=1e-3)]
