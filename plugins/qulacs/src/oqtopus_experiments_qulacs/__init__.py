"""Noiseless simulation with Qulacs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from oqtopus_experiments import Backend, Batch, Counts, SimulatedJob, ge, hookimpl, parameter

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

    def submit(self, batch: Batch) -> SimulatedJob:
        """
        Return a job that simulates the circuits piece by piece.

        Raises:
            UnsupportedOperationError: For reset, control flow, and measurements that later gates depend on.
            DeviceError: When a part has too many qubits for a state vector.
        """
        from oqtopus_experiments.simulation import draw, generator, read
        from oqtopus_experiments_qulacs._simulator import Simulator

        simulator = Simulator()
        programs = [read(circuit) for circuit in batch.circuits]
        parts = [simulator.prepare(program) for program in programs]

        def simulate(positions: Sequence[int]) -> list[Counts]:
            return [
                draw(
                    simulator.probabilities(parts[position]),
                    programs[position].num_clbits,
                    batch.shots,
                    generator(self.seed, batch.name, batch.order.circuit(position)),
                )
                for position in positions
            ]

        job_id = f"qulacs-{uuid.uuid4().hex[:12]}"
        return SimulatedJob(job_id, len(programs), simulate, lambda: {"device": self.name})

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
        simulator = Simulator()
        return joint(simulator.probabilities(simulator.prepare(program)), program.num_clbits)


@hookimpl
def register_backends() -> list[type[Backend]]:
    """Return the backend of this plugin."""
    return [QulacsBackend]
