"""Its S gate and the inverse of it are exchanged, as the conventions of two libraries are."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Exchanged(Simulator):
    def add(self, gates, operation, qubits):
        from qiskit.circuit.library import SdgGate, SGate

        exchanged = {"s": SdgGate(), "sdg": SGate()}
        super().add(gates, exchanged.get(operation.name, operation), qubits)


@hookimpl
def register_backends():
    return [Exchanged]
