"""The drive, measured by repeating a pulse that every device has."""

from __future__ import annotations

import numpy as np
import pytest
from qiskit import transpile

from oqtopus_experiments import ParameterError
from oqtopus_experiments.experiments import Rabi
from oqtopus_experiments.testing import coverage, drawn
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi._sx_pulse import excited, ground, guess, oscillation

TRUTH = {"pi_amplitude": 1.25, "contrast": 0.95, "offset": 0.495, "pulse_loss": 0.002}


def amplitudes(**parameters):
    return Rabi(pulse="sx", **parameters).sweep().grid()["amplitude"]


def test_every_number_of_pulses_has_a_point_unless_a_larger_window_is_asked_for():
    assert amplitudes().tolist() == [n / 2 for n in range(30)]
    assert amplitudes(amplitude_points=9).tolist() == [n / 2 for n in range(9)]
    assert amplitudes(max_amplitude=3.5, amplitude_points=8).tolist() == [n / 2 for n in range(8)]


@pytest.mark.parametrize(
    ("points", "largest"), [(13, 1000), (30, 15), (30, 60), (31, 1000), (200, 100.5), (2001, 1000)]
)
def test_fewer_points_than_numbers_of_pulses_are_all_different_and_reach_to_the_end_of_the_window(points, largest):
    numbers = 2 * amplitudes(amplitude_points=points, max_amplitude=largest)

    assert len(numbers) == points
    assert (numbers == np.rint(numbers)).all()
    assert numbers[:3].tolist() == [0, 1, 2]
    assert numbers[-1] == 2 * largest
    assert np.diff(numbers).min() >= 1
    assert (numbers[2:] <= 2 * numbers[1:-1]).all()


@pytest.mark.parametrize(
    ("parameters", "name", "says"),
    [
        ({"pulse": "gauss"}, "pulse", "'rx', 'sx'"),
        ({"max_amplitude": 2.3}, "max_amplitude", "steps of one half.*2.5 is near"),
        ({"max_amplitude": 1000.5}, "max_amplitude", "at most 1000 .* 2000 pulses"),
        (
            {"max_amplitude": 5.0},
            "amplitude_points",
            "at most 11 .*for 30 points leave .*or make it 14.5",
        ),
        ({"amplitude_points": 4}, "amplitude_points", ">= 5"),
        ({"amplitude_points": 5000}, "amplitude_points", r"at most 2001 .* up to 2000$"),
        ({"amplitude_points": 9, "max_amplitude": 400}, "amplitude_points", "at least 12 .* other numbers of turns"),
    ],
)
def test_a_window_that_no_number_of_pulses_fills_is_refused_with_what_would_do(parameters, name, says):
    with pytest.raises(ParameterError, match=says) as refused:
        Rabi(**{"pulse": "sx", **parameters})
    assert refused.value.field == name


def test_with_rx_nothing_has_changed():
    assert Rabi().max_amplitude == 2.0
    assert Rabi().driven == ("rx",)
    assert Rabi(pulse="sx").driven == ()
    assert Rabi(max_amplitude=2.3).circuit(0.3).count_ops() == {"rx": 1, "measure": 1}


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_no_compiler_makes_fewer_pulses_of_them(level):
    for number in (0, 1, 2, 7):
        made = transpile(
            Rabi(pulse="sx").circuit(number / 2), basis_gates=["sx", "x", "rz", "cx"], optimization_level=level
        )
        assert made.count_ops().get("sx", 0) == number
        assert "x" not in made.count_ops()


def test_the_model_is_that_of_the_pulses():
    numbers = np.arange(20)
    turned = np.pi / 2 / TRUTH["pi_amplitude"] * numbers
    expected = TRUTH["offset"] - TRUTH["contrast"] / 2 * np.exp(-TRUTH["pulse_loss"] * numbers) * np.cos(turned)
    assert oscillation(numbers / 2, **TRUTH) == pytest.approx(expected)


def test_references_are_the_ground_state_and_two_pulses():
    """Not an x gate: its calibration is its own."""
    named = Rabi(pulse="sx", calibrate_readout=True).references()
    pulses = {name: circuit.count_ops() for name, circuit in named.items()}
    assert pulses["ground 1"] == {"measure": 1}
    assert pulses["excited 3"] == {"sx": 2, "barrier": 2, "measure": 1}
    assert excited(**TRUTH) == pytest.approx(oscillation(np.array([1.0]), **TRUTH)[0])
    assert ground(TRUTH["contrast"], TRUTH["offset"]) == pytest.approx(oscillation(np.array([0.0]), **TRUTH)[0])


@pytest.mark.parametrize("parameters", [{}, {"max_amplitude": 200.0}, {"amplitude_points": 5}])
@pytest.mark.parametrize("scale", [0.31, 0.8, 0.9, 1.0, 1.1, 1.49])
def test_the_drive_is_found_without_taking_an_alias(scale, parameters):
    experiment = Rabi(pulse="sx", physical_qubits=range(20), **parameters)
    signal = oscillation(experiment.sweep().grid()["amplitude"], 1 / scale, 0.95, 0.495, 0.002)

    found = CurveFit().analyze(experiment, drawn(experiment, signal, 1000, np.random.default_rng(5)))

    pulls = [(one["pi_amplitude"].value - 1 / scale) / one["pi_amplitude"].stderr for one in found]
    # At 5 points and 4 parameters a start may be no better than another; the others leave no doubt.
    assert np.sum(np.abs(pulls) > 4) <= (2 if parameters.get("amplitude_points") else 0)


@pytest.mark.parametrize("scale", [0.05, 0.5, 1.0, 1.9])
def test_one_of_the_guesses_is_near_enough_to_walk(scale):
    x = amplitudes()
    signal = oscillation(x, 1 / scale, 0.95, 0.5, 0.01) + np.random.default_rng(4).normal(0, 0.02, 30)
    assert min(abs(1 / start["pi_amplitude"] - scale) for start in guess(x, signal)) < 0.03


def analyzed(scale, **parameters):
    experiment = Rabi(pulse="sx", **parameters)
    signal = oscillation(experiment.sweep().grid()["amplitude"], 1 / scale, 0.95, 0.495, 0.002)
    (found,) = CurveFit().analyze(experiment, drawn(experiment, signal, 1000, np.random.default_rng(6)))
    return found


def test_what_whole_numbers_of_pulses_cannot_tell_is_doubted():
    assert analyzed(1.2).verdict.level == "good"
    strong = analyzed(1.7)
    assert strong.verdict.level == "suspect"
    assert "undersampled" in strong.verdict.codes
    assert "2.3 times as strong" in strong.verdict.why
    # 2.3 times too strong gives the same signal: what is said of the one is said of the other.
    assert analyzed(2.3).verdict.codes == strong.verdict.codes


def test_less_than_half_a_turn_is_too_little():
    assert "window_too_short" in analyzed(0.4, amplitude_points=5).verdict.codes


@pytest.mark.parametrize("scale", [0.8, 1.0])
def test_error_bars_hold_the_truth_as_often_as_they_say(scale):
    truth = {**TRUTH, "pi_amplitude": 1 / scale}
    found = coverage(Rabi(pulse="sx"), truth, 1000, runs=200, seed=1)["pi_amplitude"]
    assert abs(found.within(1) - 0.683) < 3 * np.sqrt(0.683 * 0.317 / 200)
    assert abs(found.within(2) - 0.954) < 3 * np.sqrt(0.954 * 0.046 / 200)
    assert abs(found.mean_pull) < 3 / np.sqrt(200)
    assert found.good >= 0.97


def test_alternatives_are_windows_that_pulses_have():
    made = Rabi(pulse="sx", max_amplitude=400.0).alternatives()
    assert {(one.max_amplitude, one.calibrate_readout) for one in made} == {
        (400.0, True), (400.0, False), (800.0, True), (800.0, False),
    }  # fmt: skip
    assert {one.max_amplitude for one in Rabi(pulse="sx", amplitude_points=5).alternatives()} == {2.0, 4.0}
