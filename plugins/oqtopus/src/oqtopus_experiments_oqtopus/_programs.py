"""
The OpenQASM 3 text that a device runs for each circuit of a batch: native gates on the physical qubits that were asked
for, checked before any of it goes out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments import Batch, DeviceError, UnsupportedOperationError
from oqtopus_experiments.simulation import nanoseconds, step_of
from oqtopus_experiments.transpilation import own_gates_taken_apart
from oqtopus_experiments_oqtopus._download import Reading
from oqtopus_experiments_oqtopus._native import Native
from oqtopus_experiments_oqtopus._program_size import check_size

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def reading(circuit: QuantumCircuit, label: str) -> Reading:
    """
    Return which classical bits a circuit measures.

    Only these go on the wire, contiguous from 0: backends behind the service disagree about any others.

    Raises:
        UnsupportedOperationError: For anything but gates, delays and barriers with final measurements behind them.
    """
    measured: dict[int, int] = {}
    for instruction in circuit.data:
        name = instruction.operation.name
        qubits = tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits)
        known = step_of(instruction, qubits).name  # whatever the user's own are called
        if known == "barrier":
            continue
        again = set(qubits) & set(measured.values())
        if again:
            message = (
                f"{label}: {name!r} acts on qubit {min(again)} of the circuit after its measurement; "
                "the devices measure once, at the end"
            )
            raise UnsupportedOperationError(message)
        if known == "measure":
            clbit = circuit.find_bit(instruction.clbits[0]).index
            if clbit in measured:
                message = f"{label}: two measurements write classical bit {clbit}; give each its own"
                raise UnsupportedOperationError(message)
            measured[clbit] = qubits[0]
        elif known == "reset" or instruction.clbits or getattr(instruction.operation, "blocks", ()):
            message = f"{label}: the devices cannot run {name!r}: no reset, no classical control"
            raise UnsupportedOperationError(message)
    if not measured:
        message = f"{label}: the circuit measures nothing"
        raise UnsupportedOperationError(message)
    return Reading(tuple(sorted(measured)), circuit.num_clbits)


def read_all(batch: Batch) -> tuple[Reading, ...]:
    """Return how the result of each circuit is read."""
    return tuple(reading(circuit, label) for label, circuit in _labelled(batch))


def _labelled(batch: Batch) -> list[tuple[str, QuantumCircuit]]:
    labels = [f"circuit {batch.order.circuit(index)} of {batch.name!r}" for index in range(len(batch.circuits))]
    return [
        (label, own_gates_taken_apart(circuit, label)) for label, circuit in zip(labels, batch.circuits, strict=True)
    ]


def compile_batch(batch: Batch, readings: Sequence[Reading], native: Native, delay_step: float) -> tuple[str, ...]:
    """
    Return the program of each circuit for a device, its qubits named as the device names them.

    Args:
        batch: The circuits.
        readings: Which classical bits each measures, from `read_all`.
        native: What the device runs.
        delay_step: What delays must be multiples of, ns; 0 for anything.

    Raises:
        DeviceError: For a qubit the device lacks, or a pair it does not couple.
        UnsupportedOperationError: For what the device cannot do, a delay that is not a multiple of its step included.
    """
    from qiskit.transpiler.exceptions import TranspilerError
    from qiskit.transpiler.preset_passmanagers import generate_preset_pass_manager

    _check_widths(batch)
    native.check_qubits(batch.physical_qubits)
    size = max(batch.physical_qubits) + 1
    programs = []
    # Level 0 leaves a circuit as it was written: an optimizer would shorten what is to be characterized. No routing:
    # a swap would move the qubit that is to be measured.
    managers = {
        width: generate_preset_pass_manager(
            optimization_level=0,
            target=native.target(),
            initial_layout=list(batch.physical_qubits[:width]),
            routing_method="none",
            seed_transpiler=0,
        )
        for width in {circuit.num_qubits for circuit in batch.circuits}
    }
    for (label, circuit), read in zip(_labelled(batch), readings, strict=True):
        native.check_couplings(circuit, batch.physical_qubits, label)
        native.check_delays_allowed(circuit, label)
        _check_times(circuit, delay_step, batch.physical_qubits, label)
        try:
            compiled = managers[circuit.num_qubits].run(circuit)
        except TranspilerError as error:
            message = f"{label} cannot be written in the gates of {native.name} ({native.gates}): {error.message}"
            raise UnsupportedOperationError(message) from error
        programs.append(_text(_rewritten(compiled, read, range(native.size), size), label))
    return tuple(programs)


def _check_widths(batch: Batch) -> None:
    label, widest = max(_labelled(batch), key=lambda labelled: labelled[1].num_qubits)
    if widest.num_qubits != len(batch.physical_qubits):
        message = (
            f"{label} has {widest.num_qubits} qubits, the batch names {len(batch.physical_qubits)} physical qubits"
        )
        raise DeviceError(message)


def plain_batch(
    batch: Batch, readings: Sequence[Reading], native: Native, delay_step: float, *, with_delays: bool
) -> tuple[str, ...]:
    """
    Return the circuits untranslated, for the transpiler of the service; arguments as for `compile_batch`.

    Raises:
        UnsupportedOperationError: As `compile_batch`; also for delays where they would not survive.
    """
    native.check_qubits(batch.physical_qubits)
    programs = []
    for (label, circuit), read in zip(_labelled(batch), readings, strict=True):
        if not with_delays and any(i.operation.name == "delay" for i in circuit.data):
            message = f"{label}: the service's default transpiler fails on delays; use transpiler='local' or 'service'"
            raise UnsupportedOperationError(message)
        _check_times(circuit, delay_step, batch.physical_qubits, label)
        programs.append(_text(_rewritten(circuit, read, range(circuit.num_qubits), circuit.num_qubits), label))
    return tuple(programs)


def _check_times(circuit: QuantumCircuit, step: float, physical_qubits: Sequence[int], label: str) -> None:
    for instruction in circuit.data:
        if instruction.operation.name != "delay":
            continue
        qubit = physical_qubits[circuit.find_bit(instruction.qubits[0]).index]
        # Times given in other units come with the noise of their conversion.
        duration = round(nanoseconds(instruction.operation, label), 9)
        if not duration > 0:
            message = f"{label}: a delay of {duration:g} ns on qubit {qubit}; leave a delay of zero out"
            raise UnsupportedOperationError(message)
        steps = duration / step if step else 1.0
        if abs(steps - round(steps)) * (step or 1.0) > 1e-6 or round(steps) == 0:
            message = (
                f"{label}: a delay of {duration:.10g} ns on qubit {qubit} is not a multiple of the {step:g} ns step of "
                f"the device, which would round it in silence; nearest: {max(1, round(steps)) * step:.10g} ns"
            )
            raise UnsupportedOperationError(message)


def _rewritten(circuit: QuantumCircuit, read: Reading, qubits: Sequence[int], size: int) -> QuantumCircuit:
    """Return the circuit on one register of qubits and one of the measured bits, with delays in plain nanoseconds."""
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
    from qiskit.circuit import Delay

    measured = read.clbits or ()
    plain = QuantumCircuit(QuantumRegister(size, "q"), ClassicalRegister(len(measured), "c"))
    position = {clbit: wire for wire, clbit in enumerate(measured)}
    for instruction in circuit.data:
        operation = instruction.operation
        on = [plain.qubits[qubits[circuit.find_bit(qubit).index]] for qubit in instruction.qubits]
        into = [plain.clbits[position[circuit.find_bit(clbit).index]] for clbit in instruction.clbits]
        if operation.name == "delay":
            # Qiskit turns times into seconds on the way, with float noise that hardware would round up by a step.
            length = round(nanoseconds(operation, "compiled circuit"), 6)
            operation = Delay(length, unit="ns")
        plain.append(operation, on, into)
    return plain


def _text(circuit: QuantumCircuit, label: str) -> str:
    from qiskit import qasm3

    # Angles as numbers: Qiskit would otherwise write multiples of pi that are only nearly equal.
    # Lengths as the service's own examples write them; the exporter adds ".0".
    text = re.sub(r"(delay\[\d+)\.0ns\]", r"\1ns]", qasm3.Exporter(disable_constants=True).dumps(circuit))
    check_size(text, circuit, label)
    return text
