"""Writes what it needs into the circuits that it was given."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Scribbling(Simulator):
    def measured(self, circuit, shots, rng):
        found = super().measured(circuit, shots, rng)
        circuit.barrier()
        return found


@hookimpl
def register_backends():
    return [Scribbling]
