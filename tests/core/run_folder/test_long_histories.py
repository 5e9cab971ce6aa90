"""Steps and drifts of a history as long as a laboratory is old: the same model, at the cost of the length."""

import tracemalloc

import numpy as np
import pytest

from oqtopus_experiments.reporting._changes import _Fit, changes


def wandering(length, seed=1):
    """Return the values of a quantity that never stands still, with their errors and times."""
    rng = np.random.default_rng(seed)
    errors = rng.uniform(0.5, 2.0, length)
    values = np.cumsum(0.5 * rng.standard_normal(length)) + errors * rng.standard_normal(length)
    return values, errors, np.arange(length) + rng.uniform(0, 0.5, length)


def left_over(values, errors, times, cuts, *, drifts):
    """Return the deviance by least squares over a level for each stretch, and a slope."""
    stretch = np.searchsorted(cuts, np.arange(len(values)), side="right")
    columns = [(stretch == number).astype(float) for number in range(len(cuts) + 1)]
    design = np.column_stack([*columns, times - times.mean()] if drifts else columns) / errors[:, None]
    found, *_ = np.linalg.lstsq(design, values / errors, rcond=None)
    return float(np.sum((values / errors - design @ found) ** 2)), found


@pytest.mark.parametrize("drifts", [False, True])
@pytest.mark.parametrize("cuts", [[], [7], [1, 2, 20], [5, 12, 30, 39]])
def test_what_a_step_gains_is_what_a_fit_with_it_leaves_less(cuts, drifts):
    values, errors, times = wandering(40)
    about = (times - times.mean()) * drifts
    whole, solution = left_over(values, errors, times, cuts, drifts=drifts)

    fit = _Fit(values, errors**-2, about, cuts)

    assert fit.deviance == pytest.approx(whole, rel=1e-9)
    if drifts:
        assert fit.slope == pytest.approx(solution[-1], rel=1e-9)
    gains = [whole - left_over(values, errors, times, sorted([*cuts, c]), drifts=drifts)[0] for c in range(1, 40)]
    gains = [0.0 if cut in cuts else gain for cut, gain in enumerate(gains, 1)]
    assert fit.gains() == pytest.approx(gains, rel=1e-6, abs=1e-7)
    losses = [left_over(values, errors, times, [c for c in cuts if c != cut], drifts=drifts)[0] - whole for cut in cuts]
    assert fit.losses() == pytest.approx(losses, rel=1e-6, abs=1e-7)


def test_the_error_of_a_slope_is_that_of_the_fit():
    values, errors, times = wandering(30)
    design = np.column_stack([np.arange(30) < 11, np.arange(30) >= 11, times - times.mean()]) / errors[:, None]

    fit = _Fit(values, errors**-2, times - times.mean(), [11])

    assert fit.slope_error == pytest.approx(np.sqrt(np.linalg.inv(design.T @ design)[2, 2]), rel=1e-9)


def test_a_history_of_many_steps_takes_no_more_room_than_its_length():
    values, errors, times = wandering(4000)

    tracemalloc.start()
    found = changes(values, errors, times)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(found.steps) > 50
    assert most < 40 * values.nbytes  # a column for each step would be twice that and more
