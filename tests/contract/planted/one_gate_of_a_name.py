"""Takes a gate apart once, and remembers by its name what it is made of."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl

_made_of = {}


@frozen(kw_only=True)
class ByName(Simulator):
    def submit(self, batch):
        _made_of.clear()
        return super().submit(batch)

    def add(self, gates, operation, qubits):
        known = operation if type(operation).__module__ != "qiskit.circuit.gate" else None
        super().add(gates, known or _made_of.setdefault(operation.name, operation), qubits)


@hookimpl
def register_backends():
    return [ByName]
