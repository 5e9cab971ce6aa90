"""The noise of the readout is given as a function: fine in a notebook, and nothing that a run file could hold."""

from collections.abc import Callable

import attrs
from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Tunable(Simulator):
    readout: Callable[[float], float] | None = attrs.field(default=None)

    def solved(self, circuit):
        probabilities, bits = super().solved(circuit)
        return (probabilities if self.readout is None else self.readout(probabilities)), bits


@hookimpl
def register_backends():
    return [Tunable]
