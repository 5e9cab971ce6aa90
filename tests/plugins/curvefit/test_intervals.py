"""Profile-likelihood intervals, on request."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import FitModel


def decay(x, t, a):
    return a * np.exp(-x / t)


def guess(x, signal):
    return {"t": 0.3, "a": 0.9}


MODEL = FitModel(decay, guess, bounds={"t": (0, np.inf)}, derived={"rate": "1 / t"})
TRUTH = {"t": 0.5, "a": 0.9}


def test_nobody_pays_for_intervals_unasked(toy, fit):
    (analysis,) = fit(toy(model=MODEL), TRUTH)
    assert not any(quantity.has_interval for quantity in analysis.quantities)


def test_at_many_shots_the_interval_is_one_standard_error_to_either_side(toy, fit):
    (analysis,) = fit(toy(model=MODEL), TRUTH, shots=100_000, intervals=True)
    for name in ("t", "a"):
        quantity = analysis[name]
        assert quantity.value - quantity.low == pytest.approx(quantity.stderr, rel=0.02)
        assert quantity.high - quantity.value == pytest.approx(quantity.stderr, rel=0.02)
    assert not analysis["rate"].has_interval


def test_at_its_ends_the_deviance_has_risen_by_one(toy, fit):
    """With the other parameter free: checked by a fit with the parameter fixed there."""
    import lmfit

    (free,) = fit(toy(model=MODEL), TRUTH, shots=30, intervals=True)
    for end in (free["t"].low, free["t"].high):
        model = lmfit.Model(decay, independent_vars=["x"])
        model.set_param_hint("t", value=end, vary=False)
        (held,) = fit(toy(model=FitModel(model, guess)), TRUTH, shots=30)
        assert held.deviance - free.deviance == pytest.approx(1, abs=0.02)


def test_at_few_shots_a_lifetime_is_less_certain_upwards(toy, fit):
    (analysis,) = fit(toy(model=MODEL), TRUTH, shots=30, intervals=True)
    quantity = analysis["t"]
    assert quantity.high - quantity.value > 1.05 * (quantity.value - quantity.low)


def test_an_undetermined_fit_has_no_intervals_and_no_crash(toy, fit):
    def useless(x, t, a, nothing):
        return a * np.exp(-x / t) + 0 * nothing

    (analysis,) = fit(toy(model=FitModel(useless, guess)), {**TRUTH, "nothing": 1.0}, intervals=True)
    assert analysis.verdict.level == "bad"
    assert not any(quantity.has_interval for quantity in analysis.quantities)
