"""A forecast is what a fit would say: of counts as expected exactly, of counts that are drawn within a fifth."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import lmfit
import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import AnalysisError, Axis, Expectation, FitModel, Parity, Sweep, checks
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1

SETTINGS = Path(__file__).parents[2] / "benchmarks" / "forecasts.py"
TRUTH = {"slope": 0.6, "start": 0.2}
DECAY = {"t1_time": 30_000.0, "amplitude": 0.93, "offset": 0.03}
MANY = 2_000_000


def line(x, slope, start):
    return start + slope * x


def guess(x, signal):
    return {"slope": 0.5, "start": 0.3}


@pytest.fixture(scope="module")
def settings():
    spec = importlib.util.spec_from_file_location("forecasts", SETTINGS)
    sys.modules["forecasts"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_errors_of_random_settings_are_forecast_within_a_fifth(settings):
    """T1 and Rabi, 100 to 20,000 shots; of 150 data sets each the scatter is known to 6 %."""
    rng = np.random.default_rng(5)
    outcomes = [settings.measured(settings.drawn_setting(rng), 150, rng) for _ in range(12)]
    held = [one for one in outcomes if one.undetermined < 0.5]

    assert len(held) >= 10
    assert {one.setting.headline for one in held} == {"t1_time", "pi_amplitude"}
    assert {one.setting.experiment.calibrate_readout for one in held} == {True, False}
    assert [str(one) for one in held if abs(one.ratio - 1) > 0.2] == []


@pytest.mark.parametrize(
    ("experiment", "truth"),
    [
        (T1(max_delay=90_000.0), DECAY),
        (T1(max_delay=30_000.0, calibrate_readout=True), DECAY),
        (Rabi(max_amplitude=3.0, calibrate_readout=True), {"pi_amplitude": 1.1, "contrast": 0.9, "offset": 0.48}),
    ],
)
def test_a_fit_to_counts_as_expected_reports_what_was_forecast_of_every_quantity(experiment, truth):
    """At two million shots counts are what is expected of them, to a thousandth."""
    model = experiment.fit_model()
    signal = model.function(*experiment.sweep().grid().values(), **truth)
    names = {name: function.__code__.co_varnames[: function.__code__.co_argcount]
             for name, function in model.references.items()}  # fmt: skip
    told = [function(**{name: truth[name] for name in names[which]}) for which, function in model.references.items()]
    dataset = drawn(experiment, signal, MANY, np.random.default_rng(1), references=told)

    (found,) = CurveFit().analyze(experiment, dataset)
    forecast = CurveFit().forecast(experiment, truth, MANY)

    assert [q.name for q in forecast.quantities] == [q.name for q in found.quantities]
    assert [q.unit for q in forecast.quantities] == [q.unit for q in found.quantities]
    for quantity in found.quantities:
        assert forecast[quantity.name].stderr == pytest.approx(quantity.stderr, rel=0.01), quantity.name
        assert abs(forecast[quantity.name].value - quantity.value) < 5 * quantity.stderr
    assert forecast.covariance == pytest.approx(found.covariance, rel=0.02, abs=1e-3 * np.abs(found.covariance).max())
    assert forecast.degrees_of_freedom == found.degrees_of_freedom


def test_the_values_of_a_forecast_are_the_truth_and_what_is_derived_from_it(toy):
    model = FitModel(line, guess, derived={"end": "start + slope"}, quantities=("end", "slope"), units={"end": "ns"})
    forecast = CurveFit().forecast(toy(model=model), TRUTH, 1000)

    assert [(q.name, q.value, q.unit) for q in forecast.quantities] == [("end", 0.8, "ns"), ("slope", 0.6, "")]
    joint = forecast.covariance
    assert np.sqrt(joint[0, 0]) == pytest.approx(forecast["end"].stderr)
    assert joint[0, 1] > 0


def test_a_point_that_cannot_fail_is_worth_half_a_count_as_in_a_fit(toy):
    """One point with probability 0: its variance is that of half a count in a hundred shots."""
    experiment = toy(model=FitModel(lambda x, start: 0 * x + start, guess), axis=np.zeros(1))
    p = 0.5 / 101

    forecast = CurveFit().forecast(experiment, {"start": 0.0}, 100)

    assert forecast["start"].stderr == pytest.approx(np.sqrt(p * (1 - p) / 100))


def test_a_parity_is_known_half_as_well_as_the_probability_behind_it(toy):
    @frozen(kw_only=True)
    class Even(toy):
        signal = Parity()

    experiment = Even(model=FitModel(lambda x, mean: 0 * x + mean, guess), axis=np.arange(4.0))
    forecast = CurveFit().forecast(experiment, {"mean": 0.6}, 2500)
    assert forecast["mean"].stderr == pytest.approx(np.sqrt((1 - 0.36) / 10_000), rel=1e-3)


def test_random_circuits_are_forecast_with_their_shot_noise(toy):
    """Five circuits a length: as good as five times the shots."""

    @frozen(kw_only=True)
    class Seeded(toy):
        def sweep(self):
            return Sweep(Axis("x", self.axis), Axis("seed", range(5)))

    averaged = CurveFit().forecast(Seeded(model=FitModel(line, guess)), TRUTH, 1000)
    alone = CurveFit().forecast(toy(model=FitModel(line, guess)), TRUTH, 5000)
    assert averaged["slope"].stderr == pytest.approx(alone["slope"].stderr, rel=1e-3)


def test_a_parameter_that_only_references_know_is_forecast_too(toy):
    known = {"low 1": lambda dark: dark, "low 2": lambda dark: dark}
    experiment = toy(model=FitModel(line, guess, references=known), names=tuple(known))
    forecast = CurveFit().forecast(experiment, {**TRUTH, "dark": 0.25}, 1000)
    assert forecast["dark"].stderr == pytest.approx(np.sqrt(0.25 * 0.75 / 2000), rel=1e-3)


def test_an_lmfit_model_is_forecast_like_a_function(toy):
    built_in = CurveFit().forecast(
        toy(model=FitModel(lmfit.models.LinearModel())), {"slope": 0.6, "intercept": 0.2}, 1000
    )
    own = CurveFit().forecast(toy(model=FitModel(line, guess)), TRUTH, 1000)
    assert built_in["slope"].stderr == pytest.approx(own["slope"].stderr)


def test_what_a_check_would_say_of_the_truth_is_said_before(toy):
    """A window of a third of T1, with few shots and free ends: too short, and hardly known."""
    forecast = CurveFit().forecast(T1(max_delay=10_000.0, calibrate_readout=False), DECAY, 100)
    codes = [reason.code for reason in forecast.verdict.reasons]
    assert "window_too_short" in codes
    assert "undetermined" in codes
    assert CurveFit().forecast(T1(max_delay=90_000.0), DECAY, 1000).verdict.level == "good"
    few = CurveFit().forecast(T1(max_delay=90_000.0), DECAY, 19)
    assert "few_shots" in [reason.code for reason in few.verdict.reasons]


def test_points_that_cannot_determine_a_quantity_are_named_so(toy):
    experiment = toy(model=FitModel(line, guess, checks=(checks.precise("slope"),)), axis=np.full(5, 0.5))
    forecast = CurveFit().forecast(experiment, TRUTH, 1000)
    assert np.isnan(forecast["slope"].stderr)
    assert forecast.verdict.level == "bad"
    assert "do not determine slope, start, whatever the shots" in forecast.verdict.why


@pytest.mark.parametrize(
    ("truth", "sentence"),
    [
        ({"slope": 0.6}, "no value to assume of start: the experiment gives no example"),
        ({"slope": 1.6, "start": 0.2}, "slope = 1.6, start = 0.2 cannot be true: the signal would be 1.08 at point 11"),
        ({"slope": np.nan, "start": 0.2}, "cannot be true: the signal would be nan at point 0"),
    ],
)
def test_a_truth_that_cannot_be_is_refused(toy, truth, sentence):
    with pytest.raises(AnalysisError) as refused:
        CurveFit().forecast(toy(model=FitModel(line, guess)), truth, 1000)
    assert sentence in str(refused.value)


def test_a_signal_of_many_values_has_no_forecast_as_its_scatter_is_not_known(toy):
    @frozen(kw_only=True)
    class Weighted(toy):
        signal = Expectation({"00": 1.0, "01": 0.5, "11": 0.2, "10": 0.0})

    with pytest.raises(AnalysisError, match="more than two values: how far single shots scatter is not known"):
        CurveFit().forecast(Weighted(model=FitModel(line, guess)), TRUTH, 1000)


def test_the_examples_of_t1_and_rabi_are_seen_within_their_default_window():
    for experiment in (T1(), T1(max_delay=5_000.0), Rabi()):
        forecast = CurveFit().forecast(experiment, experiment.fit_model().example, 1000)
        assert forecast.verdict.level == "good"
