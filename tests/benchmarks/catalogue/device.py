"""Shots of the circuits of a run: from exact probabilities where the device has them, which cost nothing per shot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

import attrs
import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit

from oqtopus_experiments import Batch, UnsupportedOperationError
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_aer._simulator import exact

from .case import Drawn, Rng

Bits = NDArray[np.bool_]
NO_GATES = ("barrier", "delay", "measure")
SOFTWARE = ("rz", "z", "s", "sdg", "t", "tdg", "p", "id", "u1")
# So many qubits are dephased exactly; of more, a random group of so many generators, which leaves no GHZ coherence.
DEPHASED = 4
# Coherence lasts so long, ns, that no gate loses any, and is gone after the wait.
FORGETFUL, FOREVER = 1e10, 1e12


def read(
    circuits: Sequence[QuantumCircuit], backend: NoisyBackend, qubits: tuple[int, ...], shots: int, rng: Rng
) -> tuple[Bits, ...]:
    """Return the shots of every circuit, shape (shots, 1, classical bits) each."""
    try:
        found = exact(backend.profile(), circuits, qubits)
    except UnsupportedOperationError:  # only shots are known of so many qubits
        seeded = attrs.evolve(backend, seed=int(rng.integers(2**31)))
        outcomes = seeded.submit(Batch(tuple(circuits), shots, qubits)).outcomes()
        counts = [outcome.result for outcome in sorted(outcomes, key=lambda outcome: outcome.index)]
        return tuple(rng.permutation(np.repeat(own.bits, own.occurrences, axis=0))[:, None, :] for own in counts)
    return tuple(drawn(own, shots, rng) for own in found)


def read_run(
    circuits: Sequence[QuantumCircuit],
    drawn: Drawn,
    qubits: tuple[int, ...],
    rng: Rng,
    changed: Callable[[NoisyBackend], NoisyBackend] = lambda backend: backend,
) -> tuple[Bits, ...]:
    """Return the shots of every circuit on the device, changed so, each as its neighbours are when it runs."""
    found = list(read(circuits, changed(drawn.backend), qubits, drawn.shots, rng))
    if drawn.driven is not None:
        together = [circuits[number] for number in drawn.beside]
        shots = read(together, changed(drawn.driven), qubits, drawn.shots, rng)
        for number, own in zip(drawn.beside, shots, strict=True):
            found[number] = own
    return tuple(found)


def drawn(probabilities: NDArray[np.float64], shots: int, rng: Rng) -> Bits:
    """Return shots of one circuit, in random order."""
    kept = np.clip(probabilities, 0, None)
    rows = rng.permutation(np.repeat(np.arange(len(kept)), rng.multinomial(shots, kept / kept.sum())))
    return ((rows[:, None, None] >> np.arange(len(kept).bit_length() - 1)) & 1).astype(bool)


def entangles(circuit: QuantumCircuit) -> bool:
    return any(len(step.qubits) > 1 and step.operation.name not in NO_GATES for step in circuit.data)


def gates(circuit: QuantumCircuit) -> int:
    """Return how many pulses there are."""
    return sum(step.operation.name not in (*NO_GATES, *SOFTWARE) for step in circuit.data)


def without_entangling(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return what a device does whose gates on several qubits do nothing."""
    kept = circuit.copy_empty_like()
    for step in circuit.data:
        if len(step.qubits) == 1 or step.operation.name in NO_GATES:
            kept._append(step)  # of a circuit that was made soundly
    return kept


def _last_entangling(circuit: QuantumCircuit) -> int:
    return max(
        (i for i, step in enumerate(circuit.data) if len(step.qubits) > 1 and step.operation.name not in NO_GATES),
        default=-1,
    )


def waiting(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return a circuit that waits behind the last gate on several qubits until `FORGETFUL` has lost all coherence."""
    made, last = circuit.copy_empty_like(), _last_entangling(circuit)
    for i, step in enumerate(circuit.data):
        made._append(step)
        if i == last:
            made.delay(FOREVER, range(circuit.num_qubits), unit="ns")
    return made


def dephased(circuit: QuantumCircuit, rng: Rng) -> Iterator[QuantumCircuit]:
    """Yield circuits whose mean is this one with all coherence lost behind the last gate on several qubits."""
    last, width = _last_entangling(circuit), circuit.num_qubits
    generators = np.eye(width, dtype=int)
    if width > DEPHASED:
        generators = np.vstack([generators[rng.integers(width)], rng.integers(0, 2, (DEPHASED - 1, width))])
    for chosen in product((0, 1), repeat=len(generators)):
        flipped = np.flatnonzero(np.array(chosen) @ generators % 2)
        made = circuit.copy_empty_like()
        for i, step in enumerate(circuit.data):
            made._append(step)
            if i == last:
                for qubit in flipped:
                    made.z(int(qubit))
        yield made


def read_dephased(
    circuits: Sequence[QuantumCircuit], backend: NoisyBackend, qubits: tuple[int, ...], shots: int, rng: Rng
) -> tuple[Bits, ...]:
    """Return shots of a device that keeps no coherence."""
    if backend.t1 is None and backend.t2 is None and not backend.qubits and len(qubits) <= DEPHASED:
        # Nothing else depends on time, so that one wait does it.
        waited = [waiting(circuit) if entangles(circuit) else circuit for circuit in circuits]
        return read(waited, attrs.evolve(backend, t2=FORGETFUL), qubits, shots, rng)
    each = [list(dephased(circuit, rng)) if entangles(circuit) else [circuit] for circuit in circuits]
    found = iter(exact(backend.profile(), [one for of_circuit in each for one in of_circuit], qubits))
    return tuple(drawn(np.mean([next(found) for _ in of_circuit], axis=0), shots, rng) for of_circuit in each)
