"""analyze() answers poor data with NaN, `bad` and reasons; it never raises and never warns."""

from collections.abc import Callable
from typing import ClassVar

import attrs
import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import Axis, Counts, Dataset, Estimates, Experiment, FitModel, Signal, Sweep
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1

EXPERIMENTS = [
    T1(max_delay=90_000.0, calibrate_readout=False),
    T1(max_delay=90_000.0, delay_points=5, calibrate_readout=False),
    T1(max_delay=90_000.0),
    Rabi(),
    Rabi(amplitude_points=5),
    Rabi(calibrate_readout=True),
]


def dataset(experiment: Experiment, mean: np.ndarray, shots: int, missing: np.ndarray | None = None) -> Dataset:
    """Points with these means, references at 0, some of both without counts."""
    names = tuple(experiment.references())
    everything = np.concatenate([mean, np.zeros(len(names))])[None, :]
    lacking = np.zeros(everything.shape, dtype=bool) if missing is None else missing[None, : everything.shape[1]]
    counted = np.where(lacking, 0, shots)
    values = np.where(lacking, np.nan, everything)
    errors = np.where(lacking, np.nan, np.sqrt(0.25 / shots))
    low, high = np.zeros(everything.shape), np.ones(everything.shape)
    size = experiment.sweep().size
    parts = [
        Estimates(*(array[:, part] for array in (values, errors, counted, low, high)))
        for part in (np.s_[:size], np.s_[size:])
    ]
    return Dataset(experiment.sweep(), experiment.targets, "P(1)", *parts, names)


def random_means(rng: np.random.Generator, size: int, shots: int) -> np.ndarray:
    """One of many kinds of poor data."""
    kind = rng.integers(9)
    coins = rng.integers(0, shots + 1, size) / shots
    flat = np.full(size, rng.choice([0.0, 0.5, 1.0]))
    single, outlier = np.zeros(size), coins * 0.01
    single[rng.integers(size)], outlier[rng.integers(size)] = 1.0, 1e9
    steps = (np.arange(size) > rng.integers(size)).astype(float)
    kinds = [coins, flat, single, outlier, steps, 1 - steps, np.arange(size) % 2 * 1.0, -coins, np.linspace(0, 1, size)]
    return kinds[kind]


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: f"{e.name}-{e.sweep().size}-{len(e.references())}")
def test_whatever_the_points_are_the_answer_is_a_verdict(experiment):
    rng = np.random.default_rng(11)
    size = experiment.sweep().size
    for _ in range(40):
        shots = int(rng.choice([1, 2, 100, 10**6]))
        missing = rng.random(size + 10) < rng.choice([0.0, 0.2, 0.9, 1.0])
        (analysis,) = CurveFit().analyze(
            experiment, dataset(experiment, random_means(rng, size, shots), shots, missing)
        )
        assert analysis.verdict.reasons
        assert all(reason.message for reason in analysis.verdict.reasons)
        if analysis.verdict.level == "good":
            assert all(np.isfinite([q.value for q in analysis.quantities]))
        if missing[:size].any():
            assert analysis.verdict.level != "good"


@pytest.mark.parametrize("experiment", EXPERIMENTS[::3], ids=["t1", "rabi"])
@pytest.mark.parametrize("signal", [0.0, 0.5, 1.0])
def test_flat_data_give_no_number_and_say_so(experiment, signal):
    (analysis,) = CurveFit().analyze(experiment, dataset(experiment, np.full(30, signal), 1000))
    assert analysis.verdict.codes == ("no_signal",)
    assert analysis.verdict.reasons[0].message == experiment.fit_model().flat
    assert analysis.verdict.level == "bad"
    assert np.isnan([q.value for q in analysis.quantities]).all()
    assert np.isnan([q.stderr for q in analysis.quantities]).all()


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_too_few_points_are_named(kept):
    experiment = T1(max_delay=90_000.0, calibrate_readout=False)
    missing = np.arange(30) >= kept
    (analysis,) = CurveFit().analyze(experiment, dataset(experiment, np.linspace(0.9, 0.1, 30), 1000, missing))
    assert analysis.verdict.codes == ("too_few_points",)
    assert analysis.verdict.level == "bad"


def test_as_many_points_as_parameters_fit_but_are_not_called_good():
    experiment = T1(max_delay=90_000.0, calibrate_readout=False)
    delays = experiment.sweep().grid()["delay"]
    missing = ~np.isin(np.arange(30), [0, 8, 29])
    (analysis,) = CurveFit().analyze(experiment, dataset(experiment, np.exp(-delays / 30_000), 1000, missing))
    assert set(analysis.verdict.codes) >= {"too_few_points", "missing_points"}
    assert analysis["t1_time"].value == pytest.approx(30_000, rel=0.01)
    # Nobody can look for a misfit where nothing is left over.
    assert np.isnan(analysis["t1_time"].systematic)


def test_missing_points_are_counted_and_the_rest_is_fitted():
    experiment = T1(max_delay=90_000.0, calibrate_readout=False)
    delays = experiment.sweep().grid()["delay"]
    whole = drawn(experiment, 0.95 * np.exp(-delays / 30_000) + 0.02, 1000, np.random.default_rng(1))
    holes = np.isin(np.arange(30), [3, 11, 20])
    points = Estimates(
        np.where(holes, np.nan, whole.mean),
        np.where(holes, np.nan, whole.stderr),
        np.where(holes, 0, whole.shots),
        whole.points.low,
        whole.points.high,
    )
    (analysis,) = CurveFit().analyze(experiment, attrs.evolve(whole, points=points))
    assert analysis.verdict.codes == ("missing_points",)
    assert analysis.verdict.level == "suspect"
    assert "3 points" in str(analysis.verdict)
    assert analysis.degrees_of_freedom == 30 - 3 - 3
    assert abs(analysis["t1_time"].value - 30_000) < 4 * analysis["t1_time"].stderr
    assert np.isfinite(analysis.fitted).all()


def failing(error: Exception) -> Callable[..., dict[str, float]]:
    """Return a guess that fails on these points."""

    def guess(*_: object) -> dict[str, float]:
        raise error

    return guess


@pytest.mark.parametrize("error", [ZeroDivisionError(), ValueError("x"), np.linalg.LinAlgError(), IndexError()])
def test_a_guess_that_fails_on_the_points_is_a_reason_and_no_crash(error):
    class Odd(T1):
        def fit_model(self):
            return attrs.evolve(super().fit_model(), guess=failing(error))

    experiment = Odd()
    (analysis,) = CurveFit().analyze(experiment, dataset(experiment, np.linspace(0.9, 0.1, 30), 1000))
    assert analysis.verdict.codes == ("no_signal",)
    assert "starting values" in str(analysis.verdict)


def no_numbers(delay: np.ndarray, t1_time: float, amplitude: float, offset: float) -> np.ndarray:
    """Return a signal that is unknown everywhere."""
    return delay * np.nan * t1_time * amplitude * offset


def test_a_model_that_returns_no_numbers_is_no_crash():
    class Broken(T1):
        def fit_model(self):
            return attrs.evolve(super().fit_model(), function=no_numbers)

    experiment = Broken()
    (analysis,) = CurveFit().analyze(experiment, dataset(experiment, np.linspace(0.9, 0.1, 30), 1000))
    assert analysis.verdict.level == "bad"


def test_a_model_without_a_number_at_some_points_is_no_crash():
    def partly(delay, t1_time, amplitude, offset):
        return np.where(delay > 60_000, np.nan, amplitude * np.exp(-delay / t1_time) + offset)

    class Broken(T1):
        def fit_model(self):
            return attrs.evolve(super().fit_model(), function=partly, flat="")

    experiment = Broken(max_delay=90_000.0)
    (analysis,) = CurveFit().analyze(experiment, dataset(experiment, np.linspace(0.9, 0.1, 30), 1000))
    assert analysis.verdict.level == "bad"


class Weight(Signal):
    """How many bits are 1: a signal of three values."""

    label = "weight"

    def values(self, bits):
        return bits.sum(axis=1).astype(float)


def test_points_where_all_shots_agree_weigh_no_more_than_their_shots_allow():
    """Two qubits that decay together, without readout errors: the first point is 2 for certain."""

    class Pair(T1):
        num_qubits = 2
        signal = Weight()

    experiment = Pair(targets=[(0, 1)], max_delay=90_000.0, calibrate_readout=False)
    excited = np.exp(-experiment.sweep().grid()["delay"] / 30_000)
    rng = np.random.default_rng(3)
    results = {i: Counts.from_shots(rng.random((1000, 2)) < p) for i, p in enumerate(excited)}
    (analysis,) = CurveFit().analyze(experiment, Dataset.from_counts(experiment, results))
    assert analysis.verdict.codes == ("fits",)
    assert abs(analysis["t1_time"].value - 30_000) < 3 * analysis["t1_time"].stderr
    assert analysis["amplitude"].value == pytest.approx(2, abs=0.1)
    assert analysis["amplitude"].stderr > 0.005


def powers(length, rate, amplitude):
    return 0.5 + amplitude * rate**length


@frozen(kw_only=True)
class Powers(Experiment):
    """A model that is no number where its rate is large: infinity times nothing."""

    name: ClassVar[str] = "powers"

    def sweep(self):
        return Sweep(Axis("length", [2, 20, 60, 120, 1000]))

    def circuit(self, length):
        raise NotImplementedError

    def fit_model(self):
        return FitModel(powers, lambda _, signal: {"rate": 0.99, "amplitude": signal.max() - 0.5}, flat="")


@pytest.mark.parametrize("seed", range(10))
def test_a_model_that_is_no_number_somewhere_is_fitted_where_it_is_one(seed):
    means = np.random.default_rng(seed).integers(0, 2, 5).astype(float)

    (analysis,) = CurveFit().analyze(Powers(), dataset(Powers(), means, 1))

    assert analysis.verdict.level != "good"


@pytest.mark.parametrize("experiment", [T1(), T1(calibrate_readout=False)], ids=["with references", "without"])
def test_a_signal_that_is_not_a_number_is_a_missing_point_whatever_shots_it_had(experiment):
    size = experiment.sweep().size
    decay = 0.05 + 0.9 * np.exp(-np.linspace(0, 3, size))
    sound = dataset(experiment, decay, 1000)
    lost = np.arange(size) % 3 == 0
    some = attrs.evolve(sound, points=attrs.evolve(sound.points, mean=np.where(lost, np.nan, sound.points.mean)))
    none = attrs.evolve(sound, points=attrs.evolve(sound.points, mean=np.full_like(sound.points.mean, np.nan)))
    (partly,) = CurveFit().analyze(experiment, some)
    (nothing,) = CurveFit().analyze(experiment, none)

    assert f"{lost.sum()} points without counts" in partly.verdict.why
    assert nothing.verdict.level == "bad"
    assert not any(quantity.is_known for quantity in nothing.quantities)
