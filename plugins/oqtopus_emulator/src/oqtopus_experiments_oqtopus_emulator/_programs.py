"""OpenQASM 3 programs: reading them, and putting several side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments_oqtopus_emulator._bounds import excess
from oqtopus_experiments_oqtopus_emulator._errors import JobFailure
from oqtopus_experiments_oqtopus_emulator._limits import MAX_PROGRAM
from oqtopus_experiments_oqtopus_emulator._zips import unpack

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def read_input(content: bytes) -> dict[str, Any]:
    """
    Return the document in an ``input.zip``.

    Raises:
        JobFailure: When the zip or its JSON is not as documented.
    """
    try:
        document = json.loads(unpack(content))
    except (ValueError, RecursionError) as error:
        message = f"Job input validation failed: {error}"
        raise JobFailure(message) from error
    if not isinstance(document, dict):
        message = "Job input validation failed: the input must be a JSON object"
        raise JobFailure(message)
    return document


def programs_of(document: Mapping[str, Any]) -> list[str]:
    """
    Return the programs of an input.

    Raises:
        JobFailure: When there are none, or one is too large to be read.
    """
    programs = document.get("program")
    if not (isinstance(programs, list) and programs and all(isinstance(text, str) for text in programs)):
        message = "Job input validation failed: program must be a list of texts"
        raise JobFailure(message)
    for text in programs:
        check_size(text)
    if sum(map(len, programs)) > MAX_PROGRAM:
        message = f"the emulator reads no {len(programs)} programs of more than {MAX_PROGRAM} characters together"
        raise JobFailure(message)
    return programs


def check_size(text: str) -> None:
    """
    Refuse a program that would be much larger than its text when it is read.

    Raises:
        JobFailure: Saying what of it is too large.
    """
    if found := excess(text):
        message = f"the emulator reads no program of {found}"
        raise JobFailure(message)


def parse(text: str, failure: str) -> QuantumCircuit:
    """
    Return the circuit of a program.

    Args:
        text: OpenQASM 3.
        failure: What its user is told when it cannot be read.

    Raises:
        JobFailure: With that text.
    """
    from qiskit import qasm3

    try:
        return qasm3.loads(text)
    except MemoryError:
        raise
    except Exception as error:  # strangers' programs break the importer in many ways; the service answers all alike
        raise JobFailure(failure) from error


@frozen
class Combined:
    """
    Several programs as one.

    Args:
        circuit: All of them; the first has the lowest qubits and classical bits.
        widths: Classical bits of each.
    """

    circuit: QuantumCircuit
    widths: Sequence[int]


def combine(texts: Sequence[str], limit: int) -> Combined:
    """
    Put programs side by side, with all final measurements at the end.

    Raises:
        JobFailure: When they need more than `limit` qubits, or one cannot be read.
    """
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

    circuits = [parse(text, "failed to combine programs: invalid program") for text in texts]
    qubits = sum(circuit.num_qubits for circuit in circuits)
    if qubits > limit:
        message = "failed to combine programs: invalid qubit size"
        raise JobFailure(message)
    widths = [circuit.num_clbits for circuit in circuits]
    together = QuantumCircuit(QuantumRegister(qubits, "q"), ClassicalRegister(sum(widths), "c"))
    first_qubit = first_clbit = 0
    measurements: list[tuple[int, int]] = []
    for circuit in circuits:
        qubit_of = {qubit: first_qubit + i for i, qubit in enumerate(circuit.qubits)}
        clbit_of = {clbit: first_clbit + i for i, clbit in enumerate(circuit.clbits)}
        last = {qubit: i for i, instruction in enumerate(circuit.data) for qubit in instruction.qubits}
        for i, instruction in enumerate(circuit.data):
            at = [qubit_of[qubit] for qubit in instruction.qubits]
            bits = [clbit_of[clbit] for clbit in instruction.clbits]
            if instruction.operation.name == "measure" and last[instruction.qubits[0]] == i:
                measurements.append((at[0], bits[0]))
            else:
                together.append(instruction.operation, at, bits)
        first_qubit += circuit.num_qubits
        first_clbit += circuit.num_clbits
    for qubit, clbit in measurements:
        together.measure(qubit, clbit)
    return Combined(together, widths)


def divide(counts: dict[str, int], widths: Sequence[int]) -> dict[str, dict[str, int]]:
    """Return the counts of each program, keyed "0", "1", ...; nothing when the keys are not as wide as all of them."""
    if any(len(key) != sum(widths) for key in counts):
        return {}
    divided: dict[str, dict[str, int]] = {}
    start = 0
    for number, width in enumerate(widths):
        own: dict[str, int] = {}
        for key, count in counts.items():
            part = key[len(key) - start - width : len(key) - start]
            own[part] = own.get(part, 0) + count
        divided[str(number)] = own
        start += width
    return divided
