"""A mitigation counts before anything is measured: plans grow the errors by it, and a twin is mitigated alike."""

from __future__ import annotations

import json

import numpy as np
import pytest

from oqtopus_experiments import (
    AnalysisError,
    CalibrationError,
    DeviceInfo,
    DeviceSummary,
    Mitigation,
    QubitInfo,
    forecast,
    mitigated,
    price,
)
from oqtopus_experiments.contracts.calibration import Calibration
from oqtopus_experiments.execution import _pipeline as pipeline
from oqtopus_experiments.execution._twin import predict
from oqtopus_experiments.experiments import GHZ, T1
from oqtopus_experiments.runfile._reading import load
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_readout import ReadoutMitigation

POOR = QubitInfo(index=0, t1=30_000.0, readout_error_0=0.06, readout_error_1=0.18)
DEVICE = DeviceInfo(summary=DeviceSummary(name="far", kind="QPU", status="available"), qubits=(POOR,))
TRUTH = {"t1_time": 30_000.0, "amplitude": 1.0, "offset": 0.0}
T1_OF_30_US = {"max_delay": 90_000.0, "delay_points": 12}


def calibration(shots):
    """Return what a readout of the poor qubit would come to by so many shots of each state."""

    class Once:
        repetitions = 1

    return ReadoutMitigation().expected(Once(), [POOR], shots)


@pytest.mark.parametrize("shots", [40, 4000])
def test_the_errors_forecast_are_those_a_mitigated_fit_then_has(shots):
    asked = T1(mitigation="readout", **T1_OF_30_US)
    analyses = calibration(shots)
    (told,) = forecast(asked, 800, truth=TRUTH, calibration=Calibration("readout", analyses, "", "", "", "", {}))

    # What is read is what the matrix makes of the truth.
    read = {"t1_time": 30_000.0, "amplitude": 1 - 0.06 - 0.18, "offset": 0.06}
    raw = synthetic(T1(**T1_OF_30_US), read, 800, np.random.default_rng(2))
    correction = ReadoutMitigation().correction((0,), analyses)
    (found,) = CurveFit().analyze(asked, mitigated(asked, raw, [correction]))

    for name in ("t1_time", "amplitude", "offset"):
        assert told.analysis[name].stderr == pytest.approx(found[name].stderr, rel=0.15), name


def test_a_mitigation_makes_errors_larger_and_a_precision_dearer():
    plain, asked = T1(**T1_OF_30_US), T1(mitigation="readout", **T1_OF_30_US)

    (raw,), (grown,) = (forecast(one, 800, truth=TRUTH, device=DEVICE) for one in (plain, asked))

    assert raw.mitigated_by == ""
    assert grown.mitigated_by.startswith("mitigated by 'readout' to expect: assignment_fidelity = 0.880")
    assert grown.analysis["t1_time"].stderr > 1.3 * raw.analysis["t1_time"].stderr
    dearer, cheaper = (price(one, {"t1_time": "2 %"}, truth=TRUTH, device=DEVICE) for one in (asked, plain))
    assert dearer.as_asked.shots > 1.6 * cheaper.as_asked.shots


def test_what_is_mitigated_is_expected_without_the_errors_that_are_undone():
    (raw,), (undone,) = (forecast(T1(mitigation=name), 100, device=DEVICE) for name in ("", "readout"))

    assert raw.truth.values["amplitude"] == pytest.approx(0.76)
    assert undone.truth.values == pytest.approx(TRUTH)


def test_nothing_is_forecast_of_what_a_mitigation_gives_more_than_two_values():
    with pytest.raises(AnalysisError, match="a mitigated signal of several bits is such a one"):
        forecast(GHZ(num_qubits=2, mitigation="readout"), 100)


def test_a_mitigation_that_says_nothing_of_its_calibration_has_no_forecast(monkeypatch):
    monkeypatch.setattr(ReadoutMitigation, "expected", Mitigation.expected)

    with pytest.raises(CalibrationError, match="run 'readout' first, or plan without"):
        forecast(T1(mitigation="readout"), 100)


RUN = """
shots = 1000
seed = 3
runs = "runs"
backend = "noisy"
[backends.noisy]
readout_error_0 = 0.08
readout_error_1 = 0.15
single_qubit_error = 0.0
[backends.qiskit]
device = "fake_manila"
"""
READOUT = '[[experiments]]\nuse = "readout"\nphysical_qubits = [0, 1]\n'
USE = '[[experiments]]\nuse = "t1"\nphysical_qubits = [0, 1]\nmitigation = "readout"\n'
RAW = '[[experiments]]\nuse = "t1"\nname = "raw"\nphysical_qubits = [0, 1]\n'


def written(folder, text):
    (folder / "run.toml").write_text(RUN + text)
    return folder / "run.toml"


def test_a_plan_says_by_which_calibration_errors_have_grown(tmp_path, monkeypatch, oqx):
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path, READOUT + USE)

    def planned():
        code, out, _ = oqx("plan", file, "--json")
        assert code == 0
        return json.loads(out)["experiments"][1]["expected"][0]

    before = planned()
    path = pipeline.run(load(file)).path
    after = planned()

    assert before["mitigated_by"].startswith("mitigated by 'readout' to expect: assignment_fidelity = 0.980")
    assert after["mitigated_by"].startswith(f"mitigated by 'readout' of {path.name}: assignment_fidelity = 0.8")
    errors = [one["quantities"][0]["stderr"] for one in (before, after)]
    assert errors[1] > 1.3 * errors[0]


@pytest.mark.parametrize("measured", ["in the same run", "in another run"])
def test_a_twin_is_mitigated_by_a_calibration_of_its_own(tmp_path, measured):
    text = (READOUT if measured == "in the same run" else "") + USE + RAW
    config = load(written(tmp_path, text), backend="qiskit")

    predictions = predict(config)

    mitigated_one, raw = predictions["t1"], predictions["raw"]
    assert mitigated_one.result.calibration.experiment == "readout"
    assert mitigated_one.result.dataset.raw is not None
    for undone, plain in zip(mitigated_one.analyses, raw.analyses, strict=True):
        assert abs(undone["amplitude"].value - 1) < 4 * undone["amplitude"].stderr
        assert plain["amplitude"].value < 0.97


def test_what_a_twin_cannot_mitigate_is_no_prediction_and_no_end_of_a_run(tmp_path, caplog, monkeypatch):
    def refused(self, qubits, calibration):
        message = "the readout of 0 is bad"
        raise CalibrationError(message)

    monkeypatch.setattr(ReadoutMitigation, "correction", refused)
    config = load(written(tmp_path, USE + RAW), backend="qiskit")

    predictions = predict(config)

    assert set(predictions) == {"raw"}
    assert "predicts nothing of 't1'" in caplog.text
