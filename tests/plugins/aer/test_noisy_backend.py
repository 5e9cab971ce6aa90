from __future__ import annotations

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch, DeviceError, ParameterError, UnsupportedOperationError
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_aer import NoisyBackend


def counts(backend, circuit, shots=1000):
    qubits = tuple(range(circuit.num_qubits))
    return next(backend.submit(Batch((circuit,), shots, qubits)).outcomes()).result


def test_t2_beyond_twice_t1_is_refused():
    with pytest.raises(ParameterError, match="'t2' must be at most 2 t1 = 20000 ns: 30000"):
        NoisyBackend(t1=10_000.0, t2=30_000.0)
    with pytest.raises(ParameterError, match="t2 of qubit 3"):
        NoisyBackend(qubits={3: {"t1": 10_000.0, "t2": 30_000.0}})


def test_t2_not_given_stays_within_twice_t1():
    assert NoisyBackend(t1=10_000.0).t2 == 20_000.0
    assert NoisyBackend(t1=200_000.0).t2 == 30_000.0


def test_infinity_and_none_both_switch_a_time_off():
    assert NoisyBackend(t1=math.inf, t2=math.inf) == NoisyBackend(t1=None, t2=None)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("t1", 0.0),
        ("t1", -1.0),
        ("t1", "fast"),
        ("single_qubit_error", 1.5),
        ("readout_error_0", -0.1),
        ("drive_scale", 0.0),
        ("two_qubit_gate_time", -5.0),
        ("seed", 1.5),
    ],
)
def test_values_out_of_range_are_refused_by_name(option, value):
    with pytest.raises(ValueError, match=option if not isinstance(value, str) else "write for example|finite"):
        LocalBackend(device="noisy", **{option: value})


def test_an_unknown_option_is_refused_with_the_nearest():
    with pytest.raises(ValueError, match="did you mean 'drive_scale'"):
        LocalBackend(device="noisy", drive_scal=1.0)


def test_an_unknown_device_is_refused_with_a_list_of_devices():
    with pytest.raises(DeviceError, match=r"no local device 'nosiy'.*did you mean 'noisy'\?.*noisy"):
        LocalBackend(device="nosiy")


def test_the_counts_follow_the_exact_probabilities():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [1, 0])
    backend = NoisyBackend(seed=11)

    found = counts(backend, circuit, 100_000)

    for index, probability in enumerate(backend.probabilities(circuit)):
        sigma = math.sqrt(probability * (1 - probability) / 100_000)
        assert abs(found[f"{index:02b}"] / 100_000 - probability) < 4 * sigma


def test_one_seed_one_result():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)

    assert counts(NoisyBackend(seed=5), circuit) == counts(NoisyBackend(seed=5), circuit)
    assert counts(NoisyBackend(seed=5), circuit) != counts(NoisyBackend(seed=8), circuit)


def test_a_delay_without_a_unit_of_time_is_refused():
    circuit = QuantumCircuit(1, 1)
    circuit.delay(100, 0)
    circuit.measure(0, 0)

    with pytest.raises(UnsupportedOperationError, match="a delay in 'dt' has no length here"):
        counts(NoisyBackend(), circuit)


def test_a_reset_and_a_mid_circuit_measurement_are_run_shot_by_shot():
    circuit = QuantumCircuit(1, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.measure(0, 1)

    found = counts(NoisyBackend(seed=2), circuit, 20_000)

    def share(bit):
        return sum(n for key, n in found.items() if key[1 - bit] == "1") / 20_000

    # x leaves p/2 = 0.0005 and relaxes for 25 ns; then the readout errs by 0.03 and 0.02.
    excited = 0.9995 * np.exp(-25 / 25_000)
    assert share(0) == pytest.approx(excited * 0.97 + (1 - excited) * 0.02, abs=4 * math.sqrt(0.03 / 20_000))
    assert share(1) == pytest.approx(0.02, abs=4 * math.sqrt(0.02 / 20_000))


def test_a_qubit_read_twice_errs_twice():
    circuit = QuantumCircuit(1, 2)
    circuit.measure(0, 0)
    circuit.measure(0, 1)

    found = counts(NoisyBackend(seed=3), circuit, 100_000)

    # Independent readings of |0>: both wrong with probability 0.02 squared.
    assert found["11"] / 100_000 == pytest.approx(0.0004, abs=4 * math.sqrt(0.0004 / 100_000))


def test_control_flow_is_a_typed_error_that_names_it():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)

    with pytest.raises(UnsupportedOperationError, match="if_else"):
        counts(NoisyBackend(), circuit)


def test_the_noise_profile_is_in_the_provenance():
    described = NoisyBackend(t1=40_000.0, qubits={2: {"t1": 9_000.0}}).configuration()

    assert described["use"] == "noisy"
    assert described["options"]["t1"] == 40_000.0
    assert described["options"]["qubits"] == {"2": {"t1": 9_000.0}}


def test_t2_may_be_twice_t1_and_not_a_thousandth_more_for_the_device_and_for_a_qubit():
    assert NoisyBackend(t1=10_000.0, t2=20_000.0).t2 == 20_000.0
    with pytest.raises(ParameterError, match="'t2' must be at most"):
        NoisyBackend(t1=10_000.0, t2=20_020.0)
    for noise in ({"t2": 20_000.0}, {"t1": 50_000.0, "t2": 100_000.0}):
        assert NoisyBackend(t1=10_000.0, t2=5_000.0, qubits={3: noise}).profile().of(3).t2 == noise["t2"]
    for noise in ({"t2": 20_020.0}, {"t1": 50_000.0, "t2": 100_100.0}, {"t1": 1_000.0, "t2": 2_002.0}):
        with pytest.raises(ParameterError, match="t2 of qubit 3 must be at most 2 t1"):
            NoisyBackend(t1=10_000.0, t2=5_000.0, qubits={3: noise})


def test_a_qubit_that_relaxes_sooner_dephases_within_twice_that():
    device = NoisyBackend(t1=25_000.0, t2=30_000.0, qubits={"3": {"t1": 5_000.0}, 4: {"t1": 20_000.0}})

    assert {q: (noise.t1, noise.t2) for q, noise in device.profile().exceptions.items()} == {
        3: (5_000.0, 10_000.0),
        4: (20_000.0, 30_000.0),
    }


def test_a_qubit_read_before_and_after_a_delay_relaxes_in_between():
    circuit = QuantumCircuit(1, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.delay(25, 0, unit="us")
    circuit.measure(0, 1)
    options = {"single_qubit_error": 0.0, "single_qubit_gate_time": 0.0, "readout_error_0": 0.0, "readout_error_1": 0.0}

    found = counts(NoisyBackend(seed=4, **options), circuit, 4000)

    assert set(found) == {"01", "11"}
    assert found["11"] / 4000 == pytest.approx(math.exp(-1), abs=4 * math.sqrt(0.25 / 4000))


def test_shot_by_shot_every_qubit_has_noise_and_chance_of_its_own():
    circuit = QuantumCircuit(2, 4)
    circuit.h([0, 1])
    circuit.measure([0, 1], [0, 1])
    circuit.reset([0, 1])
    circuit.measure([0, 1], [2, 3])
    device = NoisyBackend(seed=6, readout_error_0=0.0, readout_error_1=0.0, qubits={5: {"readout_error_0": 1.0}})

    found = next(device.submit(Batch((circuit,), 1000, (5, 3))).outcomes()).result

    # After the reset qubit 5 reads 1 and qubit 3 reads 0, always; before it qubit 5 reads 1 in any state.
    assert {key[:2] for key in found} == {"01"}
    assert {key[3] for key in found} == {"1"}
    equal = NoisyBackend(seed=6, readout_error_0=0.0, readout_error_1=0.0)
    found = next(equal.submit(Batch((circuit,), 1000, (5, 3))).outcomes()).result
    same = sum(count for key, count in found.items() if key[2] == key[3])
    assert same / 1000 == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / 1000))
