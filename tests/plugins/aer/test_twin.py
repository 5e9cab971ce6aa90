"""The twin of a device does what was measured there, and refuses to do what was not."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.quantum_info import Choi, Operator, SuperOp, average_gate_fidelity

from oqtopus_experiments import (
    Batch,
    ConfigError,
    CouplingInfo,
    DeviceError,
    DeviceInfo,
    DeviceSummary,
    QubitInfo,
    StoreError,
)
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments_aer._channels import depolarizing, relaxation
from oqtopus_experiments_aer._twin import pair_noise, qubit_noise


def _qubit(index, **changes):
    values = {
        "t1": 20_000.0 + 10_000 * index, "t2": 25_000.0, "gate_error": 0.002, "gate_time": 24.0,
        "readout_error_0": 0.01 * (index + 1), "readout_error_1": 0.05,
    }  # fmt: skip
    return QubitInfo(index=index, **{**values, **changes})


def _device(*qubits, placeholders=(), couplings=((0, 1, 0.02, 300.0), (2, 1, 0.05, 500.0))):
    return DeviceInfo(
        summary=DeviceSummary(name="chip", kind="QPU", status="available", num_qubits=len(qubits)),
        qubits=qubits,
        couplings=tuple(CouplingInfo(control=a, target=b, error=e, gate_time=t) for a, b, e, t in couplings),
        placeholders=placeholders,
    )


def _whole():
    return _device(_qubit(0), _qubit(1), _qubit(2))


def _probability(backend, circuit, qubits):
    return backend.probabilities(circuit, qubits)


def test_every_qubit_relaxes_and_misreads_as_it_was_measured_to():
    twin = LocalBackend("noisy", like=_whole())
    for index in range(3):
        circuit = QuantumCircuit(1, 1)
        circuit.x(0)
        circuit.delay(30_000.0, 0, unit="ns")
        circuit.measure(0, 0)
        noise = twin.profile().of(index)
        excited = (1 - noise.single_qubit_error / 2) * math.exp(-30_024 / noise.t1)
        expected = excited * (1 - 0.05) + (1 - excited) * 0.01 * (index + 1)
        assert noise.t1 == 20_000.0 + 10_000 * index
        assert _probability(twin, circuit, (index,))[1] == pytest.approx(expected, abs=1e-6)


def test_a_gate_of_the_twin_has_the_error_of_the_calibration():
    noise = qubit_noise(_whole())[0]
    channel = relaxation(24.0, noise.t1, noise.t2) @ depolarizing(noise.single_qubit_error, 1)
    infidelity = 1 - average_gate_fidelity(Choi(SuperOp(channel)), Operator(np.eye(2)))
    assert infidelity == pytest.approx(0.002, rel=0.01)


@pytest.mark.parametrize(("pair", "error", "time"), [((0, 1), 0.02, 300.0), ((1, 2), 0.05, 500.0)])
def test_a_two_qubit_gate_of_the_twin_has_the_error_of_its_own_coupling(pair, error, time):
    qubits, noise = qubit_noise(_whole()), pair_noise(_whole())[frozenset(pair)]
    one, other = (SuperOp(relaxation(time, qubits[q].t1, qubits[q].t2)) for q in pair)
    channel = other.tensor(one) @ SuperOp(depolarizing(noise.error, 2))
    infidelity = 1 - average_gate_fidelity(Choi(channel), Operator(np.eye(4)))
    assert infidelity == pytest.approx(error, rel=0.02)
    assert noise.gate_time == time


def test_equal_circuits_on_unequal_couplings_differ():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    for _ in range(10):
        circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    twin = LocalBackend("noisy", like=_device(_qubit(0), _qubit(0 + 1, t1=20_000.0, readout_error_0=0.01), _qubit(2)))
    better, worse = (_probability(twin, circuit, pair)[1] for pair in ((0, 1), (2, 1)))
    assert better > worse + 0.1
    counts = [
        next(iter(LocalBackend("noisy", like=_whole(), seed=1).submit(Batch((circuit,), 4000, pair)).outcomes())).result
        for pair in ((0, 1), (2, 1))
    ]
    assert counts[0]["01"] > counts[1]["01"] + 200


def test_equal_pairs_on_unequal_couplings_of_one_circuit_differ():
    couplings = ((0, 1, 0.02, 300.0), (2, 3, 0.08, 300.0))
    info = _device(*(_qubit(i, t1=20_000.0, readout_error_0=0.01) for i in range(4)), couplings=couplings)
    circuit = QuantumCircuit(4, 4)
    for pair in ((0, 1), (2, 3)):
        circuit.cx(*pair)
    circuit.measure(range(4), range(4))
    found = _probability(LocalBackend("noisy", like=info), circuit, (0, 1, 2, 3)).reshape(4, 4)
    assert found.sum(axis=0)[0] > found.sum(axis=1)[0] + 0.03


def test_a_gate_that_errs_less_than_its_qubits_relax_has_no_error_of_its_own():
    device = _device(_qubit(0, gate_error=1e-6), _qubit(1), _qubit(2), couplings=((0, 1, 1e-6, 300.0),))
    assert qubit_noise(device)[0].single_qubit_error == 0
    assert pair_noise(device)[frozenset((0, 1))].error == 0


def test_an_echo_time_beyond_two_t1_is_taken_as_two_t1():
    assert qubit_noise(_device(_qubit(0, t2=90_000.0)))[0].t2 == 40_000.0


def test_the_gates_of_a_pair_relax_as_long_as_its_qubits_do():
    beyond, limit = (_device(_qubit(0, t2=t2), _qubit(1), _qubit(2)) for t2 in (90_000.0, 40_000.0))
    assert pair_noise(beyond) == pair_noise(limit)


def test_a_qubit_with_a_placeholder_is_refused_by_name_and_the_others_are_not():
    told = "t1 of qubit 1 is 100, which the service writes where nothing was measured"
    info = _device(_qubit(0), _qubit(1, t1=None), _qubit(2), placeholders=(told,))
    twin = LocalBackend("noisy", like=info)
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    assert list(twin.submit(Batch((circuit,), 10, (0,))).outcomes())
    with pytest.raises(DeviceError, match=f"no twin of qubit 1 of 'chip': t1 not measured.*{told}"):
        twin.submit(Batch((circuit,), 10, (1,)))
    with pytest.raises(DeviceError, match="has no qubit 7"):
        twin.submit(Batch((circuit,), 10, (7,)))


def test_a_qubit_that_is_only_declared_needs_no_measurement():
    twin = LocalBackend("noisy", like=_device(_qubit(0), _qubit(1, t1=None)))
    circuit = QuantumCircuit(2, 1)
    circuit.barrier()
    circuit.measure(0, 0)
    assert list(twin.submit(Batch((circuit,), 10, (0, 1))).outcomes())
    circuit.x(1)
    with pytest.raises(DeviceError, match="no twin of qubit 1"):
        twin.submit(Batch((circuit,), 10, (0, 1)))


def test_exact_probabilities_too_are_of_what_was_measured():
    twin = LocalBackend("noisy", like=_device(_qubit(0), _qubit(1, t1=None)))
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    assert twin.probabilities(circuit, (0,))[1] == pytest.approx(0.01)
    with pytest.raises(DeviceError, match="no twin of qubit 1"):
        twin.probabilities(circuit, (1,))


def test_an_own_value_may_stand_for_one_that_was_not_measured():
    info = _device(_qubit(0, t1=None, t2=None), _qubit(1))
    twin = LocalBackend("noisy", like=info, qubits={0: {"t1": 7_000.0, "t2": 8_000.0, "single_qubit_error": 0.1}})
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    assert list(twin.submit(Batch((circuit,), 10, (0,))).outcomes())
    noise = twin.profile().of(0)
    assert (noise.t1, noise.single_qubit_error, noise.readout_error_1) == (7_000.0, 0.1, 0.05)


def test_a_pair_that_was_not_measured_has_no_twin():
    circuit = QuantumCircuit(2, 2)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    with pytest.raises(DeviceError, match="no twin of 'cx' on qubits 0 and 2 of 'chip'"):
        LocalBackend("noisy", like=_whole()).submit(Batch((circuit,), 10, (0, 2)))


def test_a_device_of_which_nothing_was_measured_is_refused():
    told = ("sim is a simulator: the values in its file are defaults, not measurements",)
    with pytest.raises(ConfigError, match="no measured qubit to be like: sim is a simulator"):
        LocalBackend("noisy", like=_device(_qubit(0, t1=None), placeholders=told, couplings=()))


def test_a_snapshot_is_the_device_it_was_made_of(tmp_path):
    file = tmp_path / "chip.json"
    file.write_text(json.dumps(_whole().to_json()))
    live, saved = LocalBackend("noisy", like=_whole()), LocalBackend("noisy", like=str(file))
    assert saved.profile() == live.profile()
    assert LocalBackend("noisy", **_options(saved)).profile() == live.profile()


@pytest.mark.parametrize(("text", "meant"), [("all", [0, 1, 2]), ("all except 1", [0, 2])])
def test_all_qubits_of_a_twin_are_those_of_its_device(tmp_path, text, meant):
    from oqtopus_experiments.runfile._reading import load

    snapshot, file = tmp_path / "chip.json", tmp_path / "run.toml"
    snapshot.write_text(json.dumps(_whole().to_json()))
    head = '[[experiments]]\nuse = "t1"\n'
    file.write_text(f'{head}physical_qubits = "{text}"\n[backend]\nuse = "noisy"\nlike = "{snapshot}"\n')
    (entry,) = load(file).experiments
    assert entry.experiment.targets == tuple((qubit,) for qubit in meant)

    file.write_text(f'{head}physical_qubits = "{text}"\n[backend]\nuse = "noisy"\n')
    with pytest.raises(ConfigError, match="\"all\" are the qubits of the device, but 'noisy' is like no device"):
        load(file)


def _options(backend):
    """The options as a run folder keeps them."""
    return json.loads(json.dumps(backend.configuration()["options"]))


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}', '{"format": 2, "qubits": []}'])
def test_a_file_that_is_no_snapshot_is_refused(tmp_path, text):
    file = tmp_path / "chip.json"
    file.write_text(text)
    with pytest.raises((ConfigError, StoreError), match="snapshot"):
        LocalBackend("noisy", like=str(file))
