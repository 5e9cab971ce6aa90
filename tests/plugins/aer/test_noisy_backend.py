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


def test_too_many_entangled_qubits_are_refused_before_memory_runs_out():
    circuit = QuantumCircuit(20, 20)
    for qubit in range(19):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(20), range(20))

    with pytest.raises(DeviceError, match="20 entangled qubits"):
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
    described = NoisyBackend(t1=40_000.0, qubits={2: {"t1": 9_000.0}}).description()

    assert described["use"] == "noisy"
    assert described["options"]["t1"] == 40_000.0
    assert described["options"]["qubits"] == {"2": {"t1": 9_000.0}}
