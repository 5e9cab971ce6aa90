"""An independent part of a scheduled circuit with the noise of its qubits: what the methods of simulation are given."""

from __future__ import annotations

from collections.abc import Hashable

from attrs import evolve, field, frozen
from qiskit import QuantumCircuit

from oqtopus_experiments.simulation import Part
from oqtopus_experiments_aer._channels import Array, confusion
from oqtopus_experiments_aer._noisy_circuit import noisy_circuit
from oqtopus_experiments_aer._profile import Profile


@frozen(eq=False)
class NoisyPart:
    """
    One independent part.

    Args:
        part: Its qubits and steps. Where measurements matter for what comes later they are steps, otherwise
            `Part.readout` says what is read at the end.
        places: Device qubit of each of its qubits.
        profile: The noise of the device.
        by_shots: Whether its measurements are steps.
        pattern: Equal for parts with the same steps and the same readout; None when that cannot be told.
        key: Equal for parts with the same outcome probabilities.
    """

    part: Part
    places: tuple[int, ...]
    profile: Profile
    by_shots: bool
    pattern: Hashable = None
    key: Hashable = field(init=False)

    @key.default
    def _what_tells_its_outcomes(self) -> Hashable:
        if self.pattern is None or self.by_shots:
            return id(self.part)
        # Where pairs differ, equal parts on other qubits are not equal.
        places = self.places if self.profile.pairs and self.num_qubits > 1 else ()
        return (self.pattern, places, *(self.profile.of(place) for place in self.places))

    @property
    def num_qubits(self) -> int:
        """How many qubits it has."""
        return len(self.part.qubits)

    @property
    def wanders(self) -> bool:
        """Whether a qubit of it has another frequency in every shot."""
        return any(self.profile.of(place).detuning_spread for place in self.places)

    @property
    def num_bits(self) -> int:
        """How many classical bits hold its outcomes."""
        return len(self.part.clbits)

    def circuit(self) -> QuantumCircuit:
        """
        Return gates and noise, and where they are steps the measurements; bit j is ``part.clbits[j]``.

        Where it `wanders`, the method of simulation says what becomes of `wandering`.
        """
        noise = [self.profile.of(place) for place in self.places]
        if not self.by_shots:
            return noisy_circuit(self.part.steps, self.places, noise, self.profile)
        # What another part overwrites is measured into a bit that nobody reads.
        local = {clbit: i for i, clbit in enumerate(self.part.clbits)}
        steps = [
            evolve(step, clbits=tuple(local.get(clbit, len(local)) for clbit in step.clbits))
            for step in self.part.steps
        ]
        return noisy_circuit(steps, self.places, noise, self.profile, num_clbits=len(local) + 1)

    def spread(self, qubit: int) -> float:
        """Return the standard deviation of the detuning of one of its qubits from shot to shot, Hz."""
        return self.profile.of(self.places[qubit]).detuning_spread or 0.0

    def confusions(self) -> list[Array]:
        """Return the readout matrix of each classical bit: that of the qubit it holds."""
        noise = [self.profile.of(self.places[qubit]) for qubit in self.part.readout]
        return [confusion(own.readout_error_0 or 0.0, own.readout_error_1 or 0.0) for own in noise]


def misread(probabilities: Array, confusions: list[Array]) -> Array:
    """Apply readout errors to the probabilities of all outcomes; bit j is read with ``confusions[j]``."""
    for position, matrix in enumerate(confusions):
        # Higher bits, this one, lower bits: a stack of matrices, each row of which is a value of this bit.
        probabilities = (matrix @ probabilities.reshape(-1, 2, 2**position)).ravel()
    return probabilities
