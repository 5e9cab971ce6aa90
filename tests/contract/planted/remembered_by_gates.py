"""Remembers what a circuit reads by its gates, and forgets that others measure the same gates otherwise."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Remembering(Simulator):
    def submit(self, batch):
        _seen.clear()
        return super().submit(batch)

    def solved(self, circuit):
        gates = [
            (
                item.operation.name,
                *map(str, item.operation.params),
                *(circuit.find_bit(qubit).index for qubit in item.qubits),
            )
            for item in circuit.data
            if item.operation.name != "measure"
        ]
        if any(type(item.operation).__module__ == "qiskit.circuit.gate" for item in circuit.data):
            return super().solved(circuit)  # a gate of one's own
        measured = sum(item.operation.name == "measure" for item in circuit.data)
        key = (*gates, measured)
        if key not in _seen:
            _seen[key] = super().solved(circuit)
        return _seen[key]


_seen = {}


@hookimpl
def register_backends():
    return [Remembering]
