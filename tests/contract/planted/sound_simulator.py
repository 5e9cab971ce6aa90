"""A simulator without a fault, written with Qiskit alone: what planted bugs are to be told from."""

import uuid
import zlib

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Backend,
    Counts,
    DeviceError,
    FinishedJob,
    Outcome,
    UnsupportedOperationError,
    ge,
    hookimpl,
    parameter,
)

IGNORED = ("barrier", "delay")


@frozen(kw_only=True)
class Simulator(Backend):
    name = "planted"
    drifts = False
    seed: int | None = parameter(None, ge(0), help="the same seed gives the same counts")

    def submit(self, batch):
        rng = self.generator(batch)
        results = [self.measured(circuit, batch.shots, rng) for circuit in batch.circuits]
        return FinishedJob(uuid.uuid4().hex, [Outcome(index, result) for index, result in enumerate(results)])

    def generator(self, batch):
        return np.random.default_rng(None if self.seed is None else [self.seed, zlib.crc32(batch.name.encode())])

    def measured(self, circuit, shots, rng):
        probabilities, bits = self.solved(circuit)
        seen = rng.multinomial(shots, probabilities / probabilities.sum())
        return self.counts(seen, bits, circuit.num_clbits)

    def counts(self, seen, bits, width):
        """Return the counts of outcomes, of which bit k of the index is classical bit ``bits[k]``."""
        found = {}
        for index in np.flatnonzero(seen):
            key = ["0"] * width
            for place, bit in enumerate(bits):
                key[width - 1 - bit] = str(index >> place & 1)
            found["".join(key)] = int(seen[index])
        return Counts.from_dict(found, width)

    def solved(self, circuit):
        """Return the probability of each outcome, and into which classical bits it is read."""
        from qiskit import QuantumCircuit
        from qiskit.exceptions import QiskitError
        from qiskit.quantum_info import Statevector

        if circuit.num_qubits > 20:
            raise DeviceError(f"{circuit.num_qubits} qubits are more than 20")
        if circuit.num_parameters:
            raise UnsupportedOperationError(f"no values for {', '.join(map(str, circuit.parameters))}")
        gates, read = QuantumCircuit(circuit.num_qubits), {}
        for item in circuit.data:
            name, qubits = item.operation.name, [circuit.find_bit(qubit).index for qubit in item.qubits]
            if name == "measure":
                bit = circuit.find_bit(item.clbits[0]).index
                if bit in read or qubits[0] in read.values():
                    raise UnsupportedOperationError("a bit or a qubit is measured twice")
                read[bit] = qubits[0]
            elif item.clbits or (set(qubits) & set(read.values()) and name not in IGNORED):
                raise UnsupportedOperationError(f"{name!r} behind a measurement, or with classical bits")
            elif name not in IGNORED:
                self.add(gates, item.operation, qubits)
        try:
            state = Statevector.from_instruction(gates)
        except QiskitError as error:
            raise UnsupportedOperationError(f"cannot run {sorted(gates.count_ops())}: {error.message}") from error
        return state.probabilities(list(read.values())), list(read)

    def add(self, gates, operation, qubits):
        gates.append(operation, qubits)


@hookimpl
def register_backends():
    return [Simulator]
