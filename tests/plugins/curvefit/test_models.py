"""Models of all kinds give the same fit; what does not fit together is an error with the names in it."""

from __future__ import annotations

import lmfit
import numpy as np
import pytest

from oqtopus_experiments import AnalysisError, FitModel, Panel, checks
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit


def line(x, slope, start):
    return start + slope * x


def guess(x, signal):
    return {"slope": float(np.ptp(signal)), "start": float(signal[0])}


TRUTH = {"slope": 0.6, "start": 0.2}


def test_a_function_and_an_lmfit_model_of_it_give_the_same_numbers(toy, fit):
    plain = fit(toy(model=FitModel(line, guess)), TRUTH)[0]
    wrapped = fit(toy(model=FitModel(lmfit.Model(line), guess)), TRUTH)[0]
    builtin = fit(toy(model=FitModel(lmfit.models.LinearModel())), {"slope": 0.6, "intercept": 0.2})[0]
    assert plain.verdict.level == wrapped.verdict.level == builtin.verdict.level == "good"
    assert [q.value for q in wrapped.quantities] == [q.value for q in plain.quantities]
    assert [builtin["slope"].value, builtin["intercept"].value] == pytest.approx(
        [plain["slope"].value, plain["start"].value], rel=1e-5
    )
    assert builtin["slope"].stderr == pytest.approx(plain["slope"].stderr, rel=1e-3)


def test_a_model_draws_its_own_panels_of_what_was_fitted_and_none_of_what_was_not(toy, fit):
    def panels(summary):
        return [Panel(note=f"{summary.quantities['slope']} of {len(summary.mean)} points")]

    declared = FitModel(line, guess, panels=panels, flat="level", checks=(checks.precise("slope", 0.01),))
    (found,) = fit(toy(model=declared), TRUTH, shots=100_000)
    assert [panel.note for panel in found.panels] == [f"{found['slope']} of {len(found.fitted)} points"]
    (rough,) = fit(toy(model=declared), TRUTH, shots=50)
    assert rough.panels[0].note.startswith(f"{rough['slope']} of")  # withheld there too
    (flat,) = fit(toy(model=declared), {"slope": 0.0, "start": 0.5})
    assert flat.panels == ()


def test_panels_that_are_no_function_are_refused():
    with pytest.raises(TypeError, match="panels of a fit model must be a function"):
        FitModel(line, guess, panels=[])


def test_a_composite_of_prefixed_models_is_fitted(toy, fit):
    model = lmfit.models.ExponentialModel(prefix="e_") + lmfit.models.ConstantModel(prefix="c_")
    declared = FitModel(model, lambda *_: {"e_amplitude": 0.5, "e_decay": 0.5, "c_c": 0.1})
    truth = {"e_amplitude": 0.8, "e_decay": 0.3, "c_c": 0.1}
    (analysis,) = fit(toy(model=declared), truth, shots=10_000)
    assert analysis.verdict.level == "good"
    assert all(abs(analysis[name].value - truth[name]) < 4 * analysis[name].stderr for name in truth)


def test_fixed_and_dependent_parameters_of_an_lmfit_model_are_kept(toy, fit):
    model = lmfit.Model(line)
    model.set_param_hint("start", expr="slope / 3")
    (analysis,) = fit(toy(model=FitModel(model, guess)), TRUTH)
    assert analysis["start"].value == pytest.approx(analysis["slope"].value / 3)
    assert analysis["start"].stderr == pytest.approx(analysis["slope"].stderr / 3)
    assert analysis.degrees_of_freedom == 20
    model = lmfit.Model(line)
    model.set_param_hint("start", value=0.2, vary=False)
    (analysis,) = fit(toy(model=FitModel(model, guess)), TRUTH)
    assert (analysis["start"].value, analysis["start"].stderr) == (0.2, 0.0)
    assert analysis.verdict.level == "good"


def test_derived_quantities_carry_errors_and_correlations(toy, fit):
    derived = {"end": "start + slope", "inverse": "1 / slope"}
    (analysis,) = fit(toy(model=FitModel(line, guess, derived=derived)), TRUTH)
    slope, start = analysis.covariance[0, 0], analysis.covariance[1, 1]
    both = slope + start + 2 * analysis.covariance[0, 1]
    assert analysis["end"].value == pytest.approx(analysis["slope"].value + analysis["start"].value)
    assert analysis["end"].stderr == pytest.approx(np.sqrt(both), rel=1e-6)
    assert analysis["inverse"].stderr == pytest.approx(np.sqrt(slope) / analysis["slope"].value ** 2, rel=1e-4)
    values = analysis.ufloats()
    difference = values["end"] - values["start"] - values["slope"]
    assert difference.std_dev < 1e-3 * analysis["slope"].stderr


def test_a_derived_quantity_without_a_value_is_unknown_and_bad(toy, fit):
    derived = {"odd": "sqrt(start - 10)"}
    (analysis,) = fit(toy(model=FitModel(line, guess, derived=derived)), TRUTH)
    assert np.isnan(analysis["odd"].value)
    assert "undetermined" in analysis.verdict.codes


def test_a_parameter_the_data_say_nothing_about_is_undetermined(toy, fit):
    def useless(x, slope, start, nothing):
        return start + slope * x + 0 * nothing

    (analysis,) = fit(toy(model=FitModel(useless, guess)), {**TRUTH, "nothing": 1.0})
    assert analysis.verdict.level == "bad"
    assert "undetermined" in analysis.verdict.codes


def test_a_parameter_at_its_bound_is_suspect(toy, fit):
    (analysis,) = fit(toy(model=FitModel(line, guess, bounds={"slope": (0, 0.5)})), TRUTH, shots=200)
    assert "at_bound" in analysis.verdict.codes
    assert analysis.verdict.level != "good"


def test_the_curve_of_a_logarithmic_sweep_is_spaced_like_it(toy, fit):
    experiment = toy(model=FitModel(line, guess), axis=np.geomspace(0.01, 1, 20))
    (curve,) = fit(experiment, TRUTH)[0].curves
    assert np.diff(np.log(curve.x)) == pytest.approx(np.full(len(curve.x) - 1, np.log(100) / (len(curve.x) - 1)))


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (FitModel(lambda y, slope: y * slope), "no argument of <lambda> is an axis of the sweep: x"),
        (FitModel(line, guess, bounds={"sloe": (0, 1)}), "bounds are given for 'sloe'"),
        (FitModel(line, guess, quantities=("slop",)), "'slop'"),
        (FitModel(line, guess, derived={"end": "start + slope +"}), "derived quantity end"),
        (FitModel(line, guess, derived={"end": "begin + slope"}), "derived quantity end"),
        (FitModel(line, guess, references={"zero": lambda start: start}), "reference 'zero'; those of the experiment"),
        (FitModel(line, guess, derived={"end": lambda begin: begin}), "end is derived from 'begin'"),
    ],
)
def test_a_model_that_does_not_go_with_the_experiment_is_an_error(toy, model, words):
    from oqtopus_experiments.testing import drawn
    from oqtopus_experiments_curvefit import CurveFit

    experiment = toy(model=model)
    dataset = drawn(experiment, np.full(21, 0.5), 10, np.random.default_rng(0))
    with pytest.raises(AnalysisError, match=words):
        CurveFit().analyze(experiment, dataset)


PEAK = lmfit.models.GaussianModel()


@pytest.mark.parametrize("_", ["first use", "again"])
def test_a_peak_of_lmfit_reports_the_width_it_derives_with_its_error(toy, fit, _):
    """The model object is the same each time: binding it must not change it."""
    truth = {"center": 0.5, "sigma": 0.1, "amplitude": 0.2}
    (analysis,) = fit(toy(model=FitModel(PEAK)), truth, shots=10_000)
    assert analysis.verdict.level == "good"
    assert all(abs(analysis[name].value - truth[name]) < 4 * analysis[name].stderr for name in truth)
    assert analysis["fwhm"].value == pytest.approx(2.35482 * analysis["sigma"].value)
    assert analysis["fwhm"].stderr == pytest.approx(2.35482 * analysis["sigma"].stderr)


def test_what_a_model_was_told_when_it_was_made_is_no_axis(toy, fit):
    model = lmfit.models.StepModel(form="erf")
    truth = {"amplitude": 0.8, "center": 0.4, "sigma": 0.2}
    (analysis,) = fit(toy(model=FitModel(model)), truth, shots=10_000)
    assert analysis.verdict.level == "good"
    assert all(abs(analysis[name].value - truth[name]) < 4 * analysis[name].stderr for name in truth)


def test_a_model_that_cannot_guess_starts_at_the_values_it_was_given(toy, fit):
    model = lmfit.models.ExponentialModel(prefix="e_") + lmfit.models.ConstantModel(prefix="c_")
    for name, value in {"e_amplitude": 0.5, "e_decay": 0.5, "c_c": 0.2}.items():
        model.set_param_hint(name, value=value)
    truth = {"e_amplitude": 0.8, "e_decay": 0.3, "c_c": 0.1}
    (analysis,) = fit(toy(model=FitModel(model)), truth)
    assert abs(analysis["e_decay"].value - 0.3) < 4 * analysis["e_decay"].stderr


def test_a_model_that_has_neither_a_guess_nor_values_says_what_to_give(toy, fit):
    with pytest.raises(AnalysisError, match=r"starting values of slope, start: give the FitModel a `guess`"):
        fit(toy(model=FitModel(line)), TRUTH)


BUILT_IN = [
    lmfit.models.GaussianModel(),
    lmfit.models.LorentzianModel(),
    lmfit.models.VoigtModel(),
    lmfit.models.ExponentialModel(),
    lmfit.models.SineModel(),
    lmfit.models.StepModel(form="erf"),
    lmfit.models.DampedOscillatorModel(),
    lmfit.models.QuadraticModel(),
]


@pytest.mark.parametrize("model", BUILT_IN, ids=lambda model: model.func.__name__)
@pytest.mark.parametrize("shots", [1, 1000])
def test_models_of_lmfit_neither_raise_nor_warn_on_poor_data(toy, model, shots):
    experiment = toy(model=FitModel(model))
    size = experiment.axis.size
    kinds = [np.zeros(size), np.full(size, 0.5), np.arange(size) % 2 * 1.0, np.linspace(0, 1, size), np.ones(size)]
    for kind in kinds:
        dataset = drawn(experiment, kind, shots, np.random.default_rng(2))
        (analysis,) = CurveFit().analyze(experiment, dataset)
        assert analysis.verdict.reasons
