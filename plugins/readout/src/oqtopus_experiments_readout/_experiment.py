"""The experiment: each state prepared beside all kinds of neighbours, and read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Experiment, Probability, Sweep, Target, ge, le, parameter
from oqtopus_experiments_readout._preparation import prepared, states

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

LARGEST_GROUP = 4
MOST_REPETITIONS = 4096


@frozen(kw_only=True)
class Readout(Experiment):
    """
    P(read | prepared) of every state: the assignment matrix of a qubit, or of a group of up to four.

    Reports `assignment_fidelity`, the mean probability that a state is read as it was prepared, and for single qubits
    `readout_error_0` = P(1|0) and `readout_error_1` = P(0|1). Arrays: `assignment_matrix`, for groups also
    `readout_errors` of each qubit and `error_correlation`, of wrong readings of two qubits in one shot.

    Every target is in every state in turn, while its neighbours are in either state equally often: in repetition r,
    `state` is what the target prepares but for flips that belong to qubit and repetition (none in repetition 0). What
    is prepared by an x gate is taken for prepared: a |1> that decays before it is read counts as an error of the
    readout, and so does a |0> that was thermally excited. `thermal_population` says how much of that there can be.

    Source: the matrix of F. B. Maciejewski et al., "Mitigation of readout noise in near-term quantum devices by
    classical post-processing based on detector tomography", Quantum 4, 257 (2020); for qubits side by side S. Bravyi
    et al., "Mitigating measurement errors in multiqubit experiments", Phys. Rev. A 103, 042605 (2021).
    """

    name: ClassVar[str] = "readout"
    analyzer: ClassVar[str] = "assignment"
    group: int = parameter(
        1, ge(1), le(LARGEST_GROUP), help="qubits of one target, whose correlations its matrix then holds"
    )
    repetitions: int = parameter(
        8, ge(1), le(MOST_REPETITIONS), help="how often each state is prepared, each time beside other neighbours"
    )

    @property
    def num_qubits(self) -> int:
        """Qubits of one target."""
        return self.group

    def sweep(self) -> Sweep:
        """Return all states of a target, each as often as asked for."""
        return Sweep(Axis("repetition", np.arange(self.repetitions)), Axis("state", states(self.group)))

    def prepared(self, state: str, target: Target, repetition: int = 0) -> str:
        """Return what a target prepares at a point, its first qubit right-most."""
        return prepared(state, int(repetition), self.repetitions, target)

    def signal(self, state: str, target: Target, repetition: int = 0) -> Probability:
        """Return the probability of reading what was prepared."""
        return Probability(self.prepared(state, target, repetition))

    def circuit(self, state: str, target: Target, repetition: int = 0) -> QuantumCircuit:
        """Return an x on each qubit that is to be 1, and the measurement of all."""
        from qiskit import QuantumCircuit

        circuit = QuantumCircuit(self.group, self.group)
        for qubit, bit in enumerate(reversed(self.prepared(state, target, repetition))):
            if bit == "1":
                circuit.x(qubit)
        circuit.measure(range(self.group), range(self.group))
        return circuit

    def for_counts(self, sweep: Sweep, references: tuple[str, ...]) -> Readout:
        """Return this experiment with as many repetitions as counts have, on which it depends who was flipped."""
        found = [axis.values.max() for axis in sweep.axes if axis.name == "repetition"]
        return attrs.evolve(self, repetitions=int(max(found, default=0)) + 1)
