"""What is sent: native gates on the qubits that were asked for, and nothing a device would fail on in silence."""

from __future__ import annotations

import json

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm3
from qiskit.circuit import Clbit, Gate, Parameter
from qiskit.quantum_info import Operator

from oqtopus_experiments import (
    Batch,
    ConfigError,
    CouplingInfo,
    DeviceError,
    DeviceInfo,
    DeviceSummary,
    QubitInfo,
    UnsupportedOperationError,
)
from oqtopus_experiments_oqtopus import OqtopusBackend, _program_size
from oqtopus_experiments_oqtopus._download import Reading, counts_from
from oqtopus_experiments_oqtopus._job_registry import describe, parse_description
from oqtopus_experiments_oqtopus._native import Native
from oqtopus_experiments_oqtopus._programs import compile_batch, read_all
from oqtopus_experiments_oqtopus._submission_requests import SubmissionRequests
from oqtopus_experiments_oqtopus_emulator import _limits as emulated

BASIS = ("sx", "x", "rz", "cx")
EXTRA = ("measure", "barrier", "delay")


def _native(pairs=((0, 1), (2, 1)), qubits=4, kind="QPU", instructions=EXTRA):
    info = DeviceInfo(
        summary=DeviceSummary(name="dev", kind=kind, status="available", num_qubits=qubits),
        qubits=tuple(QubitInfo(index=i) for i in range(qubits)),
        couplings=tuple(CouplingInfo(control=a, target=b) for a, b in pairs),
    )
    return Native.of(info, BASIS, instructions)


def _compiled(circuit, physical_qubits, native=None, step=2.0):
    batch = Batch((circuit,), 100, tuple(physical_qubits), "b")
    return compile_batch(batch, read_all(batch), native or _native(), step)[0]


def _lines(program):
    return program.splitlines()


def test_excite_wait_measure_reaches_the_device_as_written():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.delay(3448.0, 0, unit="ns")
    circuit.measure(0, 0)
    assert _lines(_compiled(circuit, [3])) == [
        "OPENQASM 3.0;",
        'include "stdgates.inc";',
        "bit[1] c;",
        "qubit[4] q;",
        "x q[3];",
        "delay[3448ns] q[3];",
        "c[0] = measure q[3];",
    ]


def test_targets_in_any_order_get_the_qubits_in_that_order():
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.delay(100, 1, unit="ns")
    circuit.measure([0, 1], [0, 1])
    lines = _lines(_compiled(circuit, [3, 1]))
    assert "x q[3];" in lines
    assert "delay[100ns] q[1];" in lines
    assert "c[0] = measure q[3];" in lines
    assert "c[1] = measure q[1];" in lines


def test_the_service_is_told_the_targets_in_their_order():
    circuit = QuantumCircuit(2, 2)
    circuit.measure([0, 1], [0, 1])
    backend = OqtopusBackend("dev", transpiler="service")
    request = SubmissionRequests.make(backend, Batch((circuit,), 100, (3, 1), "b"), _native()).request(
        0, "oqx-0123456789ab", "dev"
    )
    assert request.body["transpiler_info"]["transpiler_options"]["initial_layout"] == [3, 1]


def test_what_is_to_be_characterized_is_not_optimized_away():
    circuit = QuantumCircuit(1, 1)
    for _ in range(3):
        circuit.x(0)
    circuit.rz(0.0, 0)
    circuit.barrier(0)
    circuit.sx(0)
    circuit.sx(0)
    circuit.measure(0, 0)
    gates = [line.partition(" ")[0] for line in _lines(_compiled(circuit, [0]))[4:-1]]
    assert gates == ["x", "x", "x", "rz(0.0)", "barrier", "sx", "sx"]


def test_angles_arrive_to_the_last_digit():
    angle = np.pi * (1 + 1e-11)  # near enough to pi for Qiskit to write "pi"
    circuit = QuantumCircuit(1, 1)
    circuit.rz(angle, 0)
    circuit.measure(0, 0)
    back = qasm3.loads(_compiled(circuit, [0]))
    assert back.data[0].operation.params[0] == angle


@pytest.mark.parametrize(
    ("limit", "size", "found"),
    [
        ("MAX_PROGRAM", lambda text: len(json.dumps(text)), "a program of {} bytes"),
        ("MAX_STATEMENTS", lambda text: text.count(";"), "a program of {} statements"),
    ],
)
def test_a_program_too_large_for_the_service_is_refused_here_with_what_to_do(monkeypatch, limit, size, found):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    largest = size(_compiled(circuit, [0]))
    monkeypatch.setattr(_program_size, limit, largest)
    _compiled(circuit, [0])
    monkeypatch.setattr(_program_size, limit, largest - 1)
    with pytest.raises(UnsupportedOperationError, match=f"{found.format(largest)}.*take shorter sequences, or fewer"):
        _compiled(circuit, [0])


def test_a_gate_that_a_program_defines_counts_as_what_it_is_made_of(monkeypatch):
    inner = QuantumCircuit(1, name="many")
    for _ in range(50):
        inner.sx(0)
    circuit = QuantumCircuit(1, 1)
    for _ in range(4):
        circuit.append(inner.to_gate(), [0])
    monkeypatch.setattr(_program_size, "MAX_STATEMENTS", 200)
    with pytest.raises(UnsupportedOperationError, match="statements; the service reads 200"):
        _program_size.check_size("many q[0];" * 4, circuit, "circuit 1")


def test_the_emulator_reads_whatever_is_not_refused_here():
    assert _program_size.MAX_STATEMENTS <= emulated.MAX_STATEMENTS
    assert _program_size.MAX_PROGRAM <= emulated.MAX_PROGRAM


def test_as_many_qubits_are_named_as_a_circuit_has():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with pytest.raises(DeviceError, match="has 1 qubits, the batch names 2 physical qubits"):
        _compiled(circuit, [0, 1])


@pytest.mark.parametrize("transpiler", ["default", "service"])
def test_a_circuit_for_the_transpiler_of_the_service_is_checked_as_one_for_ours(transpiler):
    def made(circuit, physical_qubits):
        backend = OqtopusBackend("dev", transpiler=transpiler)
        requests = SubmissionRequests.make(backend, Batch((circuit,), 100, physical_qubits, "b"), _native())
        return requests.request(0, "oqx-0123456789ab", "dev").program

    plain = QuantumCircuit(2, 3)
    plain.h(1)
    plain.measure(1, 2)
    lines = _lines(made(plain, (3, 1)))
    assert lines[2:] == ["bit[1] c;", "qubit[2] q;", "h q[1];", "c[0] = measure q[1];"]
    with pytest.raises(DeviceError, match="no qubit 9"):
        made(plain, (0, 9))


@pytest.mark.parametrize(("length", "unit"), [(100, "ns"), (0.1, "us"), (1e-7, "s")])
def test_delays_for_the_transpiler_of_the_service_are_in_nanoseconds(length, unit):
    circuit = QuantumCircuit(1, 1)
    circuit.delay(length, 0, unit=unit)
    circuit.measure(0, 0)
    backend = OqtopusBackend("dev", transpiler="service")

    def made(circuit):
        return SubmissionRequests.make(backend, Batch((circuit,), 1, (2,), "b"), _native()).request(
            0, "oqx-0123456789ab", "dev"
        )

    assert "delay[100ns] q[0];" in _lines(made(circuit).program)
    odd = QuantumCircuit(1, 1)
    odd.delay(1.01 * length, 0, unit=unit)
    odd.measure(0, 0)
    with pytest.raises(UnsupportedOperationError, match="a delay of 101 ns on qubit 2"):
        made(odd)


@pytest.mark.parametrize(("length", "unit"), [(100, "ns"), (0.1, "us"), (1e-7, "s"), (100_000, "ps"), (1e-4, "ms")])
def test_delays_survive_exactly_in_any_unit(length, unit):
    circuit = QuantumCircuit(1, 1)
    circuit.delay(length, 0, unit=unit)
    circuit.measure(0, 0)
    assert "delay[100ns] q[0];" in _lines(_compiled(circuit, [0]))


def test_every_multiple_of_the_step_survives_without_float_noise():
    for steps in range(1, 3000, 37):
        circuit = QuantumCircuit(1, 1)
        circuit.delay(2.0 * steps, 0, unit="ns")
        circuit.measure(0, 0)
        assert f"delay[{2 * steps}ns] q[0];" in _lines(_compiled(circuit, [0]))


@pytest.mark.parametrize(("length", "unit", "match"), [
    (0, "ns", "leave a delay of zero out"),
    (101, "ns", r"101 ns on qubit 0 is not a multiple of the 2 ns step.*nearest: 100 ns|nearest: 102 ns"),
    (100000 / 29, "ns", "not a multiple of the 2 ns step"),
    (1, "ns", "not a multiple"),
    (5, "dt", "write circuit.delay"),
])  # fmt: skip
def test_a_delay_the_device_would_round_or_refuse_is_refused_here(length, unit, match):
    circuit = QuantumCircuit(1, 1)
    circuit.delay(length, 0, unit=unit)
    circuit.measure(0, 0)
    with pytest.raises(UnsupportedOperationError, match=match):
        _compiled(circuit, [0])


def test_a_two_qubit_gate_against_its_direction_is_turned_round():
    circuit = QuantumCircuit(2, 2)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    program = _compiled(circuit, [1, 0])
    assert "cx q[0], q[1];" in program
    assert "cx q[1], q[0];" not in program


def test_compiled_programs_do_what_the_circuit_does():
    rng = np.random.default_rng(4)
    for _ in range(4):
        circuit = QuantumCircuit(3)
        for _ in range(12):
            one, other = rng.permutation([0, 1, 2])[:2]
            circuit.u(*rng.uniform(-3, 3, 3), int(one))
            pair = (int(one), 1) if one != 1 else (1, int(other))
            circuit.cz(*pair)
        measured = circuit.copy()
        measured.add_register(ClassicalRegister(3))
        measured.measure(range(3), range(3))
        program = _compiled(measured, [0, 1, 2])
        back = qasm3.loads(program)
        back.remove_final_measurements()
        assert set(back.count_ops()) <= set(BASIS)
        assert Operator(back).equiv(Operator(circuit))


def test_a_pair_that_is_not_coupled_is_an_error_that_lists_the_couplings():
    circuit = QuantumCircuit(2, 2)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    with pytest.raises(DeviceError, match=r"'cx' on qubits 0 and 2, which dev does not couple \(couplings: 0->1, 2->1"):
        _compiled(circuit, [0, 2])
    assert "cx q[0], q[2];" in _compiled(circuit, [0, 2], _native(kind="simulator"))


def test_a_qubit_the_device_lacks_is_an_error_that_names_its_qubits():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with pytest.raises(DeviceError, match=r"no qubit 4; it has 0\.\.3"):
        _compiled(circuit, [4])


def test_what_devices_cannot_run_is_named():
    def circuit():
        return QuantumCircuit(QuantumRegister(1), ClassicalRegister(2))

    reset, twice, after, nothing, overwritten, conditional = (circuit() for _ in range(6))
    reset.reset(0)
    reset.measure(0, 0)
    twice.measure(0, 0)
    twice.measure(0, 1)
    after.measure(0, 0)
    after.x(0)
    nothing.x(0)
    overwritten = QuantumCircuit(2, 1)
    overwritten.measure([0, 1], [0, 0])
    conditional.measure(0, 0)
    with conditional.if_test((conditional.clbits[0], 1)):
        conditional.x(0)
    for bad, match in [
        (reset, "'reset'"),
        (twice, "after its measurement"),
        (after, "'x' acts on qubit 0 of the circuit after its measurement"),
        (nothing, "measures nothing"),
        (conditional, "'if_else'"),
    ]:
        with pytest.raises(UnsupportedOperationError, match=match):
            _compiled(bad, [0])
    with pytest.raises(UnsupportedOperationError, match="two measurements write classical bit 0"):
        _compiled(overwritten, [0, 1])


def _own(name, *gates, qubits=1):
    definition = QuantumCircuit(qubits, name=name)
    for gate, *arguments in gates:
        getattr(definition, gate)(*arguments)
    return definition.to_instruction()


@pytest.mark.parametrize("name", ["measure", "barrier", "delay", "reset", "x", "h", "mine"])
def test_a_gate_of_the_users_own_is_what_it_is_made_of_whatever_it_is_called(name):
    own, plain = QuantumCircuit(1, 1), QuantumCircuit(1, 1)
    own.append(_own("outer", ("append", _own(name, ("sx", 0), ("rz", 0.25, 0)), [0])), [0])
    plain.sx(0)
    plain.rz(0.25, 0)
    for circuit in (own, plain):
        circuit.measure(0, 0)
    assert _compiled(own, [3]) == _compiled(plain, [3])
    requests = [
        SubmissionRequests.make(OqtopusBackend("dev", transpiler="service"), Batch((circuit,), 1, (3,), "b"), _native())
        for circuit in (own, plain)
    ]
    first, second = (made.request(0, "oqx-0123456789ab", "dev").program for made in requests)
    assert first == second


@pytest.mark.parametrize("name", ["measure", "barrier"])
def test_a_gate_of_the_users_own_after_the_measurement_is_refused_whatever_it_is_called(name):
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    circuit.append(_own(name, ("x", 0)), [0])
    with pytest.raises(UnsupportedOperationError, match="'x' acts on qubit 0 of the circuit after its measurement"):
        _compiled(circuit, [0])


@pytest.mark.parametrize("name", ["measure", "barrier"])
def test_an_instruction_of_the_users_own_on_classical_bits_is_refused_whatever_it_is_called(name):
    inner = QuantumCircuit(1, 1, name=name)
    inner.reset(0)
    inner.measure(0, 0)
    circuit = QuantumCircuit(2, 2)
    circuit.append(inner.to_instruction(), [0], [0])
    circuit.measure(1, 1)
    with pytest.raises(UnsupportedOperationError, match=f"the devices cannot run '{name}'"):
        _compiled(circuit, [0, 1])


def test_delays_couplings_and_resets_are_found_inside_of_gates():
    for inside, match, error in [
        (("delay", 101, 0, "ns"), "not a multiple of the 2 ns step", UnsupportedOperationError),
        (("cx", 0, 1), "'cx' on qubits 0 and 2, which dev does not couple", DeviceError),
        (("reset", 0), "'reset'", UnsupportedOperationError),
    ]:
        circuit = QuantumCircuit(2, 1)
        circuit.append(_own("mine", inside, qubits=2), [0, 1])
        circuit.measure(0, 0)
        with pytest.raises(error, match=match):
            _compiled(circuit, [0, 2])


@pytest.mark.parametrize("name", ["x", "mine"])
def test_a_gate_nothing_is_known_of_but_its_name_is_refused(name):
    circuit = QuantumCircuit(1, 1)
    circuit.append(Gate(name, 1, []), [0])
    circuit.measure(0, 0)
    with pytest.raises(UnsupportedOperationError, match=f"circuit 0 of 'b': '{name}' is a gate of your own without"):
        _compiled(circuit, [0])


def test_a_device_without_delays_gets_none():
    circuit = QuantumCircuit(1, 1)
    circuit.delay(100, 0, unit="ns")
    circuit.measure(0, 0)
    with pytest.raises(UnsupportedOperationError, match="takes no delays"):
        _compiled(circuit, [0], _native(instructions=("measure", "barrier")))


def test_only_measured_bits_go_on_the_wire_and_come_back_to_their_places():
    circuit = QuantumCircuit(QuantumRegister(3, "a"), ClassicalRegister(2, "x"), [Clbit()], ClassicalRegister(2, "y"))
    circuit.x(2)
    circuit.measure(2, 4)
    circuit.measure(0, 1)
    program = _compiled(circuit, [0, 1, 3])
    assert "bit[2] c;" in program
    assert "c[1] = measure q[3];" in program
    assert "c[0] = measure q[0];" in program
    counts = counts_from({"sampling": {"counts": {"10": 100}}}, (1, 4), 5, 100, mitigated=False)
    assert counts == {"10000": 100}


def test_names_and_shots_out_of_range_never_reach_the_service():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    with pytest.raises(ConfigError, match=r"too long: .* of 256 characters"):
        SubmissionRequests.make(OqtopusBackend("dev"), Batch((circuit,), 100, (0,), "n" * 256), _native())
    with pytest.raises(ConfigError, match="10000001 shots"):
        SubmissionRequests.make(OqtopusBackend("dev"), Batch((circuit,), 10_000_001, (0,), "n"), _native())


def test_mitigation_is_refused_where_the_service_would_take_the_wrong_qubits():
    with pytest.raises(ValueError, match="needs transpiler='local'"):
        OqtopusBackend("dev", mitigate_readout=True, transpiler="service")


@pytest.mark.parametrize(("transpiler", "expected"), [
    ("local", {"transpiler_lib": None}),
    ("default", {}),
    ("service", {"transpiler_lib": "qiskit", "transpiler_options": {
        "optimization_level": 0, "initial_layout": [2], "basis_gates": ["x", "sx", "rz", "cx", "delay"]}}),
])  # fmt: skip
def test_the_transpiler_of_the_service_is_off_unless_asked_for(transpiler, expected):
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    batch = Batch((circuit,), 100, (2,), "b")
    request = SubmissionRequests.make(OqtopusBackend("dev", transpiler=transpiler), batch, _native()).request(
        0, "oqx-0123456789ab", "dev"
    )
    assert request.body["transpiler_info"] == expected
    assert ("h q[0];" in request.program) == (transpiler != "local")


def test_the_default_transpiler_never_gets_a_delay():
    circuit = QuantumCircuit(1, 1)
    circuit.delay(100, 0, unit="ns")
    circuit.measure(0, 0)
    with pytest.raises(UnsupportedOperationError, match="fails on delays"):
        SubmissionRequests.make(OqtopusBackend("dev", transpiler="default"), Batch((circuit,), 1, (0,), "b"), _native())


@pytest.mark.parametrize("reading", [Reading((0, 1, 2), 3), Reading((1, 4), 5), Reading((2,), 3)])
def test_a_description_says_again_what_it_was_made_of(reading):
    said = parse_description(describe("oqx-0123456789ab", 3, 50, reading))
    assert (said.batch_id, said.index, said.count, said.reading) == ("oqx-0123456789ab", 3, 50, reading)


@pytest.mark.parametrize("text", ["", "my job", None, "oqx-0123456789ab", "oqx-0123456789ab 1/2 3 4"])
def test_descriptions_of_others_are_not_ours(text):
    assert parse_description(text) is None


def test_a_narrower_circuit_of_a_batch_is_on_the_first_of_its_qubits():
    narrow, wide = QuantumCircuit(1, 1), QuantumCircuit(2, 2)
    narrow.x(0)
    narrow.measure(0, 0)
    wide.measure([0, 1], [0, 1])
    batch = Batch((narrow, wide), 100, (2, 1), "b")

    for transpiler in ("local", "service"):
        requests = SubmissionRequests.make(OqtopusBackend("dev", transpiler=transpiler), batch, _native())
        sent = [requests.request(index, "oqx-0123456789ab", "dev") for index in range(2)]
        if transpiler == "local":
            assert "x q[2];" in sent[0].program
        else:
            layouts = [one.body["transpiler_info"]["transpiler_options"]["initial_layout"] for one in sent]
            assert layouts == [[2], [2, 1]]


def test_an_angle_without_a_value_is_refused_before_anything_is_sent():
    circuit = QuantumCircuit(1, 1)
    circuit.rx(Parameter("theta"), 0)
    circuit.measure(0, 0)

    with pytest.raises(UnsupportedOperationError, match=r"circuit 0 of 'b' has unbound parameters \(theta\)"):
        SubmissionRequests.make(OqtopusBackend("dev"), Batch((circuit,), 100, (0,), "b"), _native())
