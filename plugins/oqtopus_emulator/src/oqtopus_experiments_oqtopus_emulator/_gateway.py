"""The device: what it accepts, and the counts it returns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from oqtopus_experiments_oqtopus_emulator._calibration import device_info
from oqtopus_experiments_oqtopus_emulator._devices import EVERY, Device
from oqtopus_experiments_oqtopus_emulator._errors import DEVICE_INACTIVE, GATEWAY_FAILED, JobFailure

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from oqtopus_experiments import Backend

NATIVE = ("x", "sx", "rz", "cx", "measure", "barrier", "delay")
STEP_NS = 2
"""Delays of a QPU are rounded up to multiples of this."""
_NANOSECONDS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9, "dt": float(STEP_NS)}


def run(circuit: QuantumCircuit, device: Device, shots: int, seed: int | None, name: str) -> dict[str, int]:
    """
    Run a circuit whose qubit i is qubit i of the device.

    A simulator reads all declared classical bits and measures the final state only. A QPU reads the measured bits
    only; what it does with a gate after a measurement is not known, so that fails here.

    Args:
        circuit: Native gates.
        device: Where.
        shots: How often.
        seed: Of the random numbers; None for fresh ones.
        name: Distinguishes the random numbers of jobs of one seed.

    Raises:
        JobFailure: When the device cannot run it; the text does not tell why.
    """
    from oqtopus_experiments import BackendError, Batch, Counts

    if device.status != "available":
        raise JobFailure(DEVICE_INACTIVE)
    accepted = _on_qpu(circuit, device) if device.noisy else _on_simulator(circuit, device)
    if not accepted.num_clbits:
        if device.noisy:
            raise JobFailure(GATEWAY_FAILED)
        return {"": shots}
    backend = _backend(device, seed)
    batch = Batch((accepted,), shots, tuple(range(accepted.num_qubits)), name)
    try:
        (outcome,) = backend.submit(batch).outcomes()
    except BackendError as error:
        raise JobFailure(GATEWAY_FAILED) from error
    if not isinstance(outcome.result, Counts):
        raise JobFailure(GATEWAY_FAILED)
    counts = dict(outcome.result)
    return _only_measured(counts, accepted) if device.noisy else counts


def _backend(device: Device, seed: int | None) -> Backend:
    """Return what does the work: for a QPU the twin of its calibration, for a simulator an exact one."""
    from oqtopus_experiments import construct
    from oqtopus_experiments_aer import NoisyBackend
    from oqtopus_experiments_qulacs import QulacsBackend

    if device.noisy:
        options: dict[str, Any] = {n: float(table[EVERY]) for n, table in device.faults.items() if EVERY in table}
        options["qubits"] = {
            qubit: {name: float(table[qubit]) for name, table in device.faults.items() if qubit in table}
            for table in device.faults.values()
            for qubit in table
            if qubit != EVERY
        }
        like = device_info(device.device_id, device.info or {})
        made: Backend = construct(NoisyBackend, {"like": like, "seed": seed, **options})
        return made
    return QulacsBackend(seed=seed)


def _check(circuit: QuantumCircuit, device: Device) -> None:
    if circuit.num_qubits > device.n_qubits or any(i.operation.name not in NATIVE for i in circuit.data):
        raise JobFailure(GATEWAY_FAILED)


def _on_simulator(circuit: QuantumCircuit, device: Device) -> QuantumCircuit:
    """Return the circuit with all measurements at its end and without delays."""
    _check(circuit, device)
    made = circuit.copy_empty_like()
    measured: dict[Any, Any] = {}
    for instruction in circuit.data:
        if instruction.operation.name == "measure":
            measured[instruction.clbits[0]] = instruction.qubits[0]
        elif instruction.operation.name != "delay":
            made.append(instruction)
    for clbit, qubit in measured.items():
        made.measure(qubit, clbit)
    return made


def _on_qpu(circuit: QuantumCircuit, device: Device) -> QuantumCircuit:
    """Return the circuit with its delays rounded up, if couplings and delays are the device's."""
    _check(circuit, device)
    numbers = {qubit: i for i, qubit in enumerate(circuit.qubits)}
    made = circuit.copy_empty_like()
    measured: set[Any] = set()
    for instruction in circuit.data:
        name = instruction.operation.name
        pair = tuple(numbers[qubit] for qubit in instruction.qubits)
        if (name == "cx" and pair not in device.couplings) or (
            name not in ("barrier", "delay") and not measured.isdisjoint(instruction.qubits)
        ):
            raise JobFailure(GATEWAY_FAILED)
        if name == "measure":
            measured.update(instruction.qubits)
        if name == "delay":
            made.delay(_rounded(instruction.operation), instruction.qubits[0], unit="ns")
        else:
            made.append(instruction)
    return made


def _rounded(delay: Any) -> int:
    duration = float(delay.duration) * _NANOSECONDS.get(delay.unit, math.nan)
    if not duration > 0:
        raise JobFailure(GATEWAY_FAILED)
    return STEP_NS * math.ceil(duration / STEP_NS)


def _only_measured(counts: dict[str, int], circuit: QuantumCircuit) -> dict[str, int]:
    numbers = {bit: i for i, bit in enumerate(circuit.clbits)}
    kept = sorted({numbers[i.clbits[0]] for i in circuit.data if i.operation.name == "measure"}, reverse=True)
    seen: dict[str, int] = {}
    for key, count in counts.items():
        text = "".join(key[len(key) - 1 - bit] for bit in kept)
        seen[text] = seen.get(text, 0) + count
    return seen
