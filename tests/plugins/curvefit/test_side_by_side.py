"""Targets are fitted side by side, and what is said of one is what would be said of it alone, to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from attrs import evolve

from oqtopus_experiments import FitModel
from oqtopus_experiments.contracts.part import part
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi import Rabi
from oqtopus_experiments_ramsey import Ramsey
from oqtopus_experiments_rb import RandomizedBenchmarking
from oqtopus_experiments_t1 import T1

QUBITS = range(9)


def whole(analysis):
    """All of an analysis, arrays to the last bit."""
    curves = [(one.axis, one.series, one.x, one.y, one.stderr) for one in analysis.curves]
    arrays = [analysis.fitted, analysis.covariance, *(array for curve in curves for array in curve[2:])]
    return (
        repr(analysis.quantities), analysis.verdict, analysis.target, analysis.axes, analysis.deviance.hex(),
        analysis.degrees_of_freedom, [curve[:2] for curve in curves],
        [None if array is None else (array.shape, array.tobytes()) for array in arrays],
    )  # fmt: skip


def damaged(experiment, shots):
    """Targets that differ: clean, without some counts, without a signal, with a burst, with an outlier."""
    rng = np.random.default_rng([shots, 3])
    dataset = synthetic(experiment, dict(experiment.fit_model().example), shots, rng)
    mean, counted = dataset.points.mean.copy(), dataset.points.shots.copy()
    lost = rng.random(mean.shape[1]) < 0.2
    mean[1, lost], counted[1, lost] = np.nan, 0
    mean[2] = np.rint(shots / 2) / shots
    mean[3, 4:8] = np.rint(shots * rng.random(4)) / shots
    mean[5, 6] = 1 - mean[5, 6]
    mean[6] = np.clip(mean[6], 0.3, 0.7)
    mean[7], counted[7] = np.nan, 0
    return evolve(dataset, points=evolve(dataset.points, mean=mean, shots=counted))


@pytest.mark.parametrize("shots", [10, 1000])
@pytest.mark.parametrize("kind", [T1, Rabi, Ramsey, RandomizedBenchmarking])
def test_nothing_of_a_result_depends_on_its_neighbours(kind, shots):
    experiment = kind(physical_qubits=QUBITS)
    dataset = damaged(experiment, shots)
    together = CurveFit().analyze(experiment, dataset)
    for target, analysis in enumerate(together):
        (alone,) = CurveFit().analyze(experiment, part(dataset, [target]))
        assert whole(alone) == whole(analysis)
    assert len({analysis.verdict.codes for analysis in together}) > 2


def test_where_a_target_stands_changes_nothing_of_it():
    experiment = T1(physical_qubits=QUBITS)
    dataset = damaged(experiment, 300)
    order = [5, 2, 8, 0, 3, 7, 1, 6, 4]
    forth, back = CurveFit().analyze(experiment, dataset), CurveFit().analyze(experiment, part(dataset, order))
    for place, target in enumerate(order):
        assert whole(back[place]) == whole(forth[target])


def of_all(x, rate, size):
    """A decay that turns upside down when any rate is large, whoever's it is."""
    return size * np.exp(-x / rate) if not np.any(np.abs(rate - 0.5) < 0.1) else size * np.exp(-x / rate) + 0.2


def test_a_model_that_looks_at_all_targets_is_asked_of_each_alone(toy):
    model = FitModel(of_all, lambda _, signal: {"rate": 0.45 if signal[0] < 0.5 else 2.0, "size": signal[0]})
    rng = np.random.default_rng(1)
    experiment = toy(model=model, physical_qubits=(0, 1))
    dataset = synthetic(experiment, {"rate": 2.0, "size": 0.9}, 1000, rng)
    other = synthetic(experiment, {"rate": 0.5, "size": 0.2}, 1000, rng)
    mean = np.stack([dataset.points.mean[0], other.points.mean[1]])
    mixed = evolve(dataset, points=evolve(dataset.points, mean=mean))
    for target, analysis in enumerate(CurveFit().analyze(experiment, mixed)):
        (alone,) = CurveFit().analyze(experiment, part(mixed, [target]))
        assert analysis.verdict.codes == alone.verdict.codes
        for one, own in zip(analysis.quantities, alone.quantities, strict=True):
            assert one.value == pytest.approx(own.value, abs=1e-3 * own.stderr)
