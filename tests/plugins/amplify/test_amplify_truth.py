"""Errors of angles: found with their sign from nothing to 0.3 rad, whatever the readout and the loss."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import Amplify
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_curvefit import CurveFit

FULL = {"x": np.pi, "sx": np.pi / 2}
NATIVE = ["sx", "x", "rz", "cx"]


def measured(gate, error, shots=1000, qubits=(0,), **device):
    backend = LocalBackend(device="noisy", drive_scale=1 + error / FULL[gate], native_gates=NATIVE, seed=5, **device)
    return Amplify(gate=gate, physical_qubits=qubits).run(backend, shots=shots).analyses()


def pull(analysis, truth, name="angle_error"):
    return (analysis[name].value - truth) / analysis[name].stderr


@pytest.mark.parametrize("gate", ["x", "sx"])
@pytest.mark.parametrize("error", [0.0, 1e-4, -0.003, 0.05, -0.3, 0.3])
def test_an_error_is_found_with_its_sign_and_never_undetermined(gate, error):
    analyses = measured(gate, error, qubits=range(2))
    assert [one.verdict.level for one in analyses] == ["good"] * 2
    assert max(one["angle_error"].stderr for one in analyses) < 1e-3
    assert max(abs(pull(one, error)) for one in analyses) < 4
    assert max(abs(pull(one, 1 + error / FULL[gate], "drive_scale")) for one in analyses) < 4


def exact(gate, error, **device):
    """Analyze what a device reads at a million shots a circuit."""
    (analysis,) = measured(gate, error, shots=1_000_000, **device)
    return analysis


@pytest.mark.parametrize("gate", ["x", "sx"])
@pytest.mark.parametrize("error", [0.0, 0.005, 0.05])
def test_relaxation_in_the_gates_is_no_angle(gate, error):
    """T2 of 5 us is a loss across that is five times that along: a twentieth of the contrast at 60 repeats."""
    found = exact(gate, error, t1=25_000, t2=5_000)
    assert abs(found["angle_error"].value - error) < 1e-4


def test_a_poor_readout_is_contrast_and_no_angle():
    (found,) = measured("x", 0.02, readout_error_0=0.2, readout_error_1=0.1)
    assert abs(pull(found, 0.02)) < 4
    assert found["contrast"].value == pytest.approx(0.7, abs=0.03)


def test_an_x_that_the_device_makes_of_two_sx_gives_no_number():
    """It may turn the other way round: a drive too strong would look too weak."""
    backend = LocalBackend(device="noisy", drive_scale=1.01, native_gates=["sx", "rz", "cx"], seed=5)
    (found,) = Amplify().run(backend, shots=1000).analyses()
    assert "not_driven" in found.verdict.codes
    assert 'set gate = "sx"' in found.verdict.why
    assert np.isnan(found["angle_error"].value)
    (other,) = Amplify(gate="sx").run(backend, shots=1000).analyses()
    assert other.verdict.level == "good"
    assert abs(pull(other, 0.01 * np.pi / 2)) < 4


def test_an_sx_of_its_own_error_is_not_taken_for_that_of_x():
    assert abs(pull(analyzed({"preparation_error": -0.08})[0], 0.01)) < 5


def analyzed(changed, spoilt=None, gate="x", runs=10):
    """Analyze data sets of the model, some of its parameters changed, and the signal spoilt afterwards."""
    experiment = Amplify(gate=gate, physical_qubits=range(runs))
    model = experiment.fit_model()
    truth = {**model.example, "angle_error": 0.01, **changed}
    points = experiment.sweep().grid()
    signal = model.function(points["ends"], points["repeats"], **truth)
    signal = spoilt(points, signal) if spoilt else signal
    return CurveFit().analyze(experiment, drawn(experiment, signal, 1000, np.random.default_rng(7)))


SPOILT = {
    "coin flips": (lambda _, signal: 0.5 + 0 * signal, "no_signal"),
    "a dead qubit": (lambda _, signal: 0.02 + 0 * signal, "no_signal"),
    "0 read as 1": (lambda _, signal: 1 - signal, "inverted"),
    "an angle that grows with the repeats": (
        lambda points, signal: signal + 0.2 * np.sin(points["repeats"] / 15) * (points["ends"] == "rising"),
        "poor_fit",
    ),
}


@pytest.mark.parametrize("case", SPOILT)
@pytest.mark.parametrize("gate", ["x", "sx"])
def test_it_is_never_good(case, gate):
    spoilt, code = SPOILT[case]
    analyses = analyzed({}, spoilt, gate)
    assert {analysis.verdict.level for analysis in analyses} <= {"suspect", "bad"}
    assert np.mean([code in analysis.verdict.codes for analysis in analyses]) > 0.9


def test_an_angle_that_is_far_off_is_doubted():
    assert all("implausible" in one.verdict.codes for one in analyzed({"angle_error": 0.8}, gate="sx", runs=4))


def test_coin_flips_have_no_angle_and_bound_none():
    """The likelihood of chance would have it between 0.77 and 0.91 rad."""
    experiment = Amplify()
    for seed in range(4):
        dataset = drawn(experiment, np.full((1, experiment.sweep().size), 0.5), 300, np.random.default_rng(seed))
        (analysis,) = CurveFit().analyze(experiment, dataset)
        assert analysis.verdict.level == "bad"
        assert not analysis["angle_error"].is_known
        assert not analysis["angle_error"].is_bounded
