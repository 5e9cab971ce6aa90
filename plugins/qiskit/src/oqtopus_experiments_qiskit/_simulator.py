"""Circuits on a fake device, simulated with Aer: as many at once as qubits stand side by side, each part alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen

from oqtopus_experiments import Batch, Counts, Failure, FinishedJob, Outcome, UnsupportedOperationError
from oqtopus_experiments.simulation import generator, read, split
from oqtopus_experiments.transpilation import asked, compile_batch, on_one_register

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.providers import BackendV2
    from qiskit.result import Result

_SILENT = frozenset({"barrier", "measure"})


@frozen
class _Piece:
    """
    An independent part of a circuit.

    Args:
        circuit: What is simulated.
        clbits: Bit i of it is classical bit ``clbits[i]`` of the whole.
    """

    circuit: QuantumCircuit
    clbits: tuple[int, ...]


def sample(device: BackendV2, batch: Batch, seed: int | None) -> FinishedJob:
    """
    Simulate a batch on a fake device, with the errors and times of its snapshot.

    Args:
        device: The snapshot.
        batch: The circuits.
        seed: The same seed gives the same counts for a batch of the same name.

    Raises:
        BackendError: When the batch cannot be written for the device, or Aer fails.
    """
    from qiskit_aer import AerSimulator

    from oqtopus_experiments_qiskit._part import Part

    plain = [on_one_register(circuit, range(circuit.num_qubits)) for circuit in batch.circuits]
    compiled = compile_batch(plain, batch, device)
    places = {qubit: place for place, qubit in enumerate(batch.physical_qubits)}
    pieces = [_pieces(circuit, places) for circuit in compiled.circuits]
    where = f"{device.name} simulated with Aer, {batch.name!r}"
    drawn = int(generator(seed, batch.name).integers(2**31))
    part = Part(device, batch.physical_qubits)
    simulator = asked(where, lambda: AerSimulator.from_backend(part, seed_simulator=drawn))
    circuits = [piece.circuit for circuit in pieces for piece in circuit]
    result = asked(where, lambda: simulator.run(circuits, shots=batch.shots, memory=True).result())
    job_id = f"{device.name}-{uuid.uuid4().hex[:12]}"
    outcomes, first = [], 0
    for index, own in enumerate(pieces):
        width = batch.circuits[index].num_clbits
        outcomes.append(Outcome(index, _together(result, first, own, width, batch.shots, job_id)))
        first += len(own)
    return FinishedJob(job_id, outcomes, {"device": str(device.name), **compiled.metadata()})


def _pieces(circuit: QuantumCircuit, places: Mapping[int, int]) -> list[_Piece]:
    """Return the independent parts of a compiled circuit, their qubits numbered as in the part that is simulated."""
    from qiskit import QuantumCircuit

    try:
        program = read(circuit)
    except UnsupportedOperationError:  # control flow, which Aer runs as it is
        return [_whole(circuit, places)]
    if program.dynamic or not program.measured:
        return [_whole(circuit, places)]
    pieces = []
    for part in split([step for step in program.steps if step.name not in _SILENT], program.measured):
        made = QuantumCircuit(len(places), len(part.clbits))
        on = [places[qubit] for qubit in part.qubits]
        for step in part.steps:
            made.append(step.operation, [on[qubit] for qubit in step.qubits])
        made.measure([on[qubit] for qubit in part.readout], range(len(part.clbits)))
        pieces.append(_Piece(made, part.clbits))
    return pieces


def _whole(circuit: QuantumCircuit, places: Mapping[int, int]) -> _Piece:
    from qiskit import QuantumCircuit, QuantumRegister

    # With the bits of the circuit itself: conditions name them.
    made = QuantumCircuit(QuantumRegister(len(places), "q"), *circuit.cregs)
    qubits = [made.qubits[0]] * circuit.num_qubits
    for qubit, place in places.items():
        qubits[qubit] = made.qubits[place]
    for instruction in circuit.data:
        on = [qubits[circuit.find_bit(qubit).index] for qubit in instruction.qubits]
        made.append(instruction.operation, on, instruction.clbits)
    return _Piece(made, tuple(range(circuit.num_clbits)))


def _together(
    result: Result, first: int, pieces: Sequence[_Piece], width: int, shots: int, job_id: str
) -> Counts | Failure:
    """Return the counts of a circuit from the shots of its parts, which know nothing of each other; or what failed."""
    bits = np.zeros((shots, width), dtype=bool)
    for number, piece in enumerate(pieces, start=first):
        if not result.results[number].success:
            return Failure(f"Aer failed: {result.results[number].status}", job_id)
        memory = [shot.replace(" ", "") for shot in result.get_memory(number)]
        characters = np.frombuffer("".join(memory).encode(), dtype=np.uint8).reshape(shots, len(piece.clbits))
        bits[:, list(piece.clbits)] = characters[:, ::-1] == ord("1")
    return Counts.from_shots(bits)
