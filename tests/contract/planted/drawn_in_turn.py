"""Circuits draw from one stream of numbers, whichever comes first."""

from attrs import frozen
from sound_pieces import Piecewise

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class InTurn(Piecewise):
    def simulation(self, batch):
        rng = self.generator(batch)
        return lambda positions: [self.measured(batch.circuits[at], batch.shots, rng) for at in positions]


@hookimpl
def register_backends():
    return [InTurn]
