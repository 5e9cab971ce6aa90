"""Noiseless simulation with Qulacs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from oqtopus_experiments import Backend, Batch, FinishedJob, Outcome, ge, hookimpl, parameter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit


@frozen(kw_only=True)
class QulacsBackend(Backend):
    """
    Exact state vectors: gates followed by measurements, without noise. Delays take no time.

    The outcome probabilities of each independent part of a circuit are computed once, and the counts drawn from them.
    """

    name: ClassVar[str] = "qulacs"
    drifts: ClassVar[bool] = False
    seed: int | None = parameter(None, ge(0), help="the same seed gives the same counts")

    def submit(self, batch: Batch) -> FinishedJob:
        """
        Simulate all circuits.

        Raises:
            UnsupportedOperationError: For reset, control flow, and measurements that later gates depend on.
            DeviceError: When a part has too many qubits for a state vector.
        """
        from oqtopus_experiments.simulation import draw, generator, read
        from oqtopus_experiments_qulacs._simulator import Simulator

        simulator = Simulator()
        rng = generator(self.seed, batch.name)
        programs = [read(circuit) for circuit in batch.circuits]
        parts = [simulator.probabilities(program) for program in programs]
        outcomes = [
            Outcome(i, draw(found, program.num_clbits, batch.shots, rng))
            for i, (program, found) in enumerate(zip(programs, parts, strict=True))
        ]
        return FinishedJob(f"qulacs-{uuid.uuid4().hex[:12]}", outcomes, {"device": self.name})

    def probabilities(self, circuit: QuantumCircuit) -> NDArray[np.float64]:
        """
        Return the exact outcome probabilities of a circuit.

        Returns:
            Shape (2**classical bits,); bit j of the index is classical bit j.

        Raises:
            UnsupportedOperationError: As for `submit`.
        """
        from oqtopus_experiments.simulation import joint, read
        from oqtopus_experiments_qulacs._simulator import Simulator

        program = read(circuit)
        return joint(Simulator().probabilities(program), program.num_clbits)


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [QulacsBackend]
