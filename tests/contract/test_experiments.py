"""The circuits of an experiment do what its model says they do, point by point and exactly."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.experiments import T1, Rabi
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_qulacs import QulacsBackend

READOUT = {"readout_error_0": 0.03, "readout_error_1": 0.08}
SUDDEN = {"single_qubit_gate_time": 0.0, "single_qubit_error": 0.0}


def read(device, experiment):
    """P(1) of every circuit: points, then references by name."""
    points = [device.probabilities(experiment.circuit(**point))[1] for point in experiment.sweep().points()]
    return points, {name: device.probabilities(circuit)[1] for name, circuit in experiment.references().items()}


@pytest.mark.parametrize("scale", [1.0, 0.8, 1.3])
def test_rabi_reads_the_oscillation_of_its_model_and_so_do_its_references(scale):
    experiment = Rabi(calibrate_readout=True, amplitude_points=21, max_amplitude=2.3)
    device = NoisyBackend(t1=None, t2=None, drive_scale=scale, **SUDDEN, **READOUT)
    model = experiment.fit_model()
    truth = {"pi_amplitude": 1 / scale, "contrast": 1 - 0.03 - 0.08, "offset": (1 + 0.03 - 0.08) / 2}

    points, references = read(device, experiment)

    assert points == pytest.approx(model.function(experiment.sweep().grid()["amplitude"], **truth), abs=1e-12)
    assert references["ground 1"] == pytest.approx(model.references["ground 1"](truth["contrast"], truth["offset"]))
    assert references["excited 2"] == pytest.approx(model.references["excited 2"](**truth))


def test_on_a_perfect_device_amplitude_1_inverts():
    assert QulacsBackend().probabilities(Rabi().circuit(1.0))[1] == pytest.approx(1)
    assert QulacsBackend().probabilities(Rabi().circuit(0.5))[1] == pytest.approx(0.5)


def test_t1_reads_the_decay_of_its_model_in_ns_and_so_do_its_references():
    experiment = T1(calibrate_readout=True, delay_points=11, max_delay=60_000.0)
    device = NoisyBackend(t1=20_000.0, **SUDDEN, **READOUT)
    model = experiment.fit_model()
    truth = {"t1_time": 20_000.0, "amplitude": 1 - 0.03 - 0.08, "offset": 0.03}

    points, references = read(device, experiment)

    assert points == pytest.approx(model.function(experiment.sweep().grid()["delay"], **truth), abs=1e-12)
    assert references["ground 2"] == pytest.approx(model.references["ground 2"](truth["offset"]))
    assert references["excited 1"] == pytest.approx(model.references["excited 1"](truth["amplitude"], truth["offset"]))
    assert model.units["t1_time"] == experiment.sweep().axes[0].unit == "ns"


def test_no_delay_of_zero_is_sent_to_hardware():
    assert "delay" not in T1().circuit(0.0).count_ops()
    assert T1().circuit(10.0).count_ops()["delay"] == 1


def test_delays_are_the_nearest_the_clock_can_make_from_zero_to_the_longest():
    delays = T1(max_delay=1000.0, delay_points=8, delay_step=16.0).sweep().grid()["delay"]

    assert (delays % 16 == 0).all()
    assert np.abs(delays - np.linspace(0, 1000, 8)).max() <= 8
    assert (delays[0], delays[-1]) == (0, 992)


def test_delays_closer_than_the_clock_stay_apart():
    delays = T1(max_delay=4.0, delay_points=9, delay_step=2.0).sweep().grid()["delay"]

    assert len(set(delays)) == 9
    assert (delays[0], delays[-1]) == (0, 4)
