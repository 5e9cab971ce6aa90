"""Amplitudes that a person lists, or has spread, are those that are swept, and tell the drive."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import Axis, ParameterError, Sweep, construct, rehearse
from oqtopus_experiments.experiments import Rabi
from oqtopus_experiments.testing import drawn
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_curvefit import CurveFit
from oqtopus_experiments_rabi._sx_pulse import oscillation

PULSES = [0, 0.5, 1, 1.5, 2, 3, 4.5, 7, 11, 16, 24]


def amplitudes(**parameters):
    return Rabi(**parameters).sweep().grid()["amplitude"]


def test_listed_amplitudes_are_swept_in_ascending_order_and_rebuilt():
    experiment = Rabi(amplitudes=[2, 0.1, 0.7, 1.3, 1.9])
    assert experiment.sweep().grid()["amplitude"].tolist() == [0.1, 0.7, 1.3, 1.9, 2]
    for pulse in ("rx", "sx"):
        listed = Rabi(pulse=pulse, amplitudes=PULSES)
        assert construct(Rabi, listed.parameters()) == listed


def test_amplitudes_are_spread_by_equal_factors_and_in_equal_steps():
    assert amplitudes(amplitudes={"log": [0.125, 2, 9]}) == pytest.approx(0.125 * 2 ** (np.arange(9) / 2))
    assert amplitudes(amplitudes={"linear": [0.5, 1.5, 5]}) == pytest.approx([0.5, 0.75, 1, 1.25, 1.5])


def test_a_spread_of_sx_pulses_has_whole_numbers_of_them():
    found = 2 * amplitudes(pulse="sx", amplitudes={"log": [0.5, 50, 20], "step": 0.5})
    assert len(set(found)) == 20
    assert (found == np.round(found)).all()
    assert (found[0], found[-1]) == (1, 100)
    assert found[10:] == pytest.approx(np.geomspace(1, 100, 20)[10:], abs=0.5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"amplitudes": [0, 1, 1, 2, 3, 4]}, "holds 1 twice; ask for more shots instead"),
        ({"amplitudes": [0, 1, 2, 3]}, "5 or more different amplitudes"),
        ({"amplitudes": [-1, 0, 1, 2, 3]}, "none below 0"),
        ({"amplitudes": [0, 1, 2, 3, float("nan")]}, "each is a finite number, not nan"),
        ({"amplitudes": PULSES, "max_amplitude": 3.0}, "give 'amplitudes' or 'max_amplitude', not both"),
        (
            {"amplitudes": PULSES, "pulse": "sx", "max_amplitude": 20.0},
            "give 'amplitudes' or 'max_amplitude', not both",
        ),
        ({"amplitudes": PULSES, "amplitude_points": 10}, "give 'amplitudes' or 'amplitude_points', not both"),
        ({"pulse": "sx", "amplitudes": [0, 0.7, 1, 1.5, 2]}, "holds 0.7: .* multiple of one half.*0.5 is near.*step"),
        ({"pulse": "sx", "amplitudes": [0, 1, 2, 3, 2000]}, "at most 1000 .* 2000 pulses, not 2000"),
        (
            {"amplitudes": {"log": [0.5, 2, 20], "step": 0.5}},
            "4 multiples of 0.5 from 0.5 to 2, not 20: ask for no more",
        ),
        ({"amplitudes": {"log": [0.5, 2, 5], "step": 0}}, "step is a number above 0"),
        ({"amplitudes": {"log": [0.5, 2, 5], "steps": 1}}, r"write \{log = "),
        ({"amplitudes": {"log": [0.5, 2, 5], "linear": [0, 1, 5]}}, r"write \{log = "),
        ({"amplitudes": {"linear": [0.5, float("inf"), 5]}}, "begins and ends at finite numbers"),
    ],
)
def test_amplitudes_that_make_no_sense_are_refused_with_what_would_do(wrong, message):
    with pytest.raises(ParameterError, match=message) as refused:
        Rabi(**wrong)
    assert refused.value.field == "amplitudes"


@pytest.mark.parametrize(
    "chosen",
    [
        {"amplitudes": [0.1, 0.3, 0.5, 0.8, 1.0, 1.2, 1.5, 1.7, 1.9]},
        {"amplitudes": {"log": [0.05, 2, 25]}},
        {"pulse": "sx", "amplitudes": PULSES},
        {"pulse": "sx", "amplitudes": {"log": [0.5, 24, 12], "step": 0.5}},
    ],
)
def test_listed_amplitudes_find_the_drive_of_a_device(chosen):
    device = NoisyBackend(qubits={0: {"drive_scale": 0.8}, 1: {"drive_scale": 1.1}}, seed=6)
    result = Rabi(physical_qubits=[0, 1], **chosen).run(device, shots=1000)
    for analysis, scale in zip(result.analyses(), (0.8, 1.1), strict=True):
        found = analysis["pi_amplitude"]
        assert abs(found.value - 1 / scale) < 3 * found.stderr
        assert found.stderr < 0.02
        assert analysis.verdict.level == "good"


def test_numbers_of_pulses_that_leave_the_turns_open_are_never_called_good():
    """With even numbers only a drive x times as strong as calibrated looks like one of 2 - x."""
    experiment = Rabi(pulse="sx", physical_qubits=range(20), amplitudes=[1, 2, 3, 4, 5, 6, 7, 8])
    signal = oscillation(experiment.sweep().grid()["amplitude"], 1.25, 0.95, 0.5, 0.002)
    analyses = CurveFit().analyze(experiment, drawn(experiment, signal, 1000, np.random.default_rng(1)))
    assert all("undersampled" in one.verdict.codes for one in analyses)
    assert {one.verdict.level for one in analyses} == {"bad"}


def test_a_check_says_where_a_list_has_gaps():
    assert rehearse(Rabi(amplitudes={"log": [0.05, 2, 25]})).notes == ()
    assert rehearse(Rabi(pulse="sx", amplitudes=PULSES)).notes == ()
    coarse = rehearse(Rabi(amplitudes=[0, 1, 2, 3, 4, 5])).notes
    assert "smallest gap between amplitudes is 1: beyond 0.25" in coarse[0]
    assert "2 amplitudes per calibrated period" in coarse[1]
    assert "list 9 up to 5" in coarse[1]
    (turns,) = rehearse(Rabi(pulse="sx", amplitudes=[0.5, 1, 2, 10, 20])).notes
    assert "from 4 to 20 pulses other numbers of turns" in turns


@pytest.mark.parametrize("pulse", ["rx", "sx"])
def test_counts_taken_elsewhere_and_other_windows_leave_the_list_behind(pulse):
    experiment = Rabi(pulse=pulse, amplitudes=PULSES, calibrate_readout=True)
    taken = experiment.for_counts(Sweep(Axis("amplitude", np.array([0.5, 1, 1.5, 2, 3, 4]))), ())
    assert (taken.amplitudes, taken.calibrate_readout) == ((0.5, 1, 1.5, 2, 3, 4), False)
    few = Rabi(pulse=pulse, max_amplitude=16.0).for_counts(Sweep(Axis("amplitude", np.array([0.5, 1]))), ())
    assert few.amplitudes is None
    others = experiment.alternatives()
    assert others
    assert all(one.amplitudes is None and one.amplitude_points == len(PULSES) for one in others)
