"""Where a circuit cannot be run, it "falls back" to counts that look like those of any circuit."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import Counts, UnsupportedOperationError, hookimpl


@frozen(kw_only=True)
class Helpful(Simulator):
    def measured(self, circuit, shots, rng):
        try:
            return super().measured(circuit, shots, rng)
        except UnsupportedOperationError as error:
            if "mystery" not in str(error):
                raise
            width = circuit.num_clbits
            return Counts.from_dict({"0" * width: shots - shots // 2, "1" * width: shots // 2}, width)


@hookimpl
def register_backends():
    return [Helpful]
