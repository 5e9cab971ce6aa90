"""The search takes the steps of lmfit's own, to the last bit, and lmfit is there where its notes are needed."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import _search as searching
from oqtopus_experiments_curvefit._drift import when_measured
from oqtopus_experiments_curvefit._fit import _by_likelihood, best_fit
from oqtopus_experiments_curvefit._median import median
from oqtopus_experiments_curvefit._model import bind
from oqtopus_experiments_curvefit._positions import positions
from oqtopus_experiments_curvefit._problem import problem
from oqtopus_experiments_curvefit._search import by_lmfit, search
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_t1 import T1

TRUTHS = [
    (T1(physical_qubits=range(4)), {"t1_time": 25_000.0, "amplitude": 0.95, "offset": 0.02}),
    (T1(physical_qubits=range(4), calibrate_readout=False), {"t1_time": 25_000.0, "amplitude": 1.0, "offset": 0.0}),
    (T1(physical_qubits=range(4)), {"t1_time": 300.0, "amplitude": 0.95, "offset": 0.02}),
    (T1(physical_qubits=range(4)), {"t1_time": 9e6, "amplitude": 0.95, "offset": 0.02}),
    (Rabi(physical_qubits=range(4)), dict(Rabi().fit_model().example)),
]


def problems(experiment, truth, shots):
    dataset = synthetic(experiment, truth, shots, np.random.default_rng(shots))
    model = bind(experiment.fit_model(), dataset.sweep)
    where = positions(dataset.sweep, model.axes)
    with np.errstate(all="ignore"):  # as an analysis does
        when = when_measured(dataset, where)
        return [problem(model, where, dataset, target, when) for target in range(len(dataset.targets))]


@pytest.mark.parametrize(("experiment", "truth"), TRUTHS)
@pytest.mark.parametrize("shots", [5, 1000])
def test_every_search_ends_where_that_of_lmfit_does_to_the_last_bit(experiment, truth, shots):
    for given in problems(experiment, truth, shots):
        with np.errstate(all="ignore"):
            starts = _by_likelihood(given, given.model.starts(given.axes, given.points.mean))
            assert starts
            for start in starts:
                found = search(given, start)
                _, result = by_lmfit(given, start)
                assert found.best.tolist() == [result.params[name].value for name in given.model.free]
                assert found.deviance == result.chisqr


@pytest.mark.parametrize("most", [1, 2, 5, 9])
def test_a_search_that_is_cut_short_ends_where_that_of_lmfit_does(monkeypatch, most):
    monkeypatch.setattr(searching, "most_evaluations", lambda _: most)
    for given in problems(*TRUTHS[0], shots=100):
        (start, *_) = _by_likelihood(given, given.model.starts(given.axes, given.points.mean))
        found = search(given, start)
        _, result = by_lmfit(given, start)

        assert result.aborted or most > 5
        assert found.best.tolist() == [result.params[name].value for name in given.model.free]


def test_a_fit_gives_the_result_of_lmfit_for_the_same_search():
    (given, *_) = problems(*TRUTHS[0], shots=1000)
    fit = best_fit(given, given.model.starts(given.axes, given.points.mean))
    minimizer, result = fit.by_lmfit

    assert [result.params[name].value for name in fit.free] == fit.best.tolist()
    assert minimizer.result is result


def test_the_median_is_that_of_numpy():
    rng = np.random.default_rng(5)
    for count in (1, 2, 3, 50, 51):
        values = rng.normal(size=count)
        assert median(values) == np.median(values)
        values[count // 2] = np.nan
        assert np.isnan(median(values))
    assert np.isnan(median(np.empty(0)))


def test_every_different_start_is_tried_once():
    (given, *_) = problems(*TRUTHS[0], shots=1000)
    usual = {"t1_time": 20_000.0, "amplitude": 0.9, "offset": 0.05}
    starts = [usual, usual, {**usual, "t1_time": 0.0}]
    tried = _by_likelihood(given, starts)

    # One inside of its limits is one start, however often it is guessed; one at a limit is moved off it in two ways.
    assert len(tried) == 3
    assert [20_000.0, 0.9, 0.05] in tried
    assert len({time for time, *_ in tried}) == 3
