"""The independent parts of circuits with their noise: equal ones, of one circuit or of several, are scheduled once."""

from __future__ import annotations

from collections.abc import Hashable

from attrs import frozen

from oqtopus_experiments.simulation import Part, Program, split
from oqtopus_experiments_aer._noisy_part import NoisyPart
from oqtopus_experiments_aer._profile import Profile
from oqtopus_experiments_aer._schedule import scheduled


@frozen
class _Scheduled:
    """
    An independent part of a group, with its waiting written down.

    Args:
        part: On the qubits and bits of the group, by their position there.
        pattern: Equal for parts with the same steps and the same readout; None when that cannot be told.
    """

    part: Part
    pattern: int | None


class Parts:
    """
    Takes circuits apart, and remembers how.

    Args:
        profile: The noise of the device.
        physical_qubits: Device qubit of each qubit of the circuits.
    """

    def __init__(self, profile: Profile, physical_qubits: tuple[int, ...]) -> None:
        self._profile, self._places = profile, physical_qubits
        self._scheduled: dict[Hashable, list[_Scheduled]] = {}
        self._patterns: dict[Hashable, int] = {}

    def of(self, program: Program) -> list[NoisyPart]:
        """
        Return the parts of a circuit, in the order of their lowest qubit.

        Raises:
            UnsupportedOperationError: For an operation that cannot be simulated.
        """
        if by_shots(program):
            timed = scheduled(program.steps, self._places, self._profile)
            return [self._noisy(part, by_shots=True) for part in split(timed, program.measured)]
        # Barriers wait for each other and join what they stand on, here and not in the parts.
        groups = split((step for step in program.steps if step.qubits), program.measured)
        found = [
            self._noisy(_placed(known.part, group), known.pattern)
            for group in groups
            for known in self._of_group(group)
        ]
        return sorted(found, key=lambda part: part.part.qubits)

    def _of_group(self, group: Part) -> list[_Scheduled]:
        alike = self._alike(group)
        known = self._scheduled.get(alike)
        if known is None:
            places = tuple(self._places[qubit] for qubit in group.qubits)
            timed = [step for step in scheduled(group.steps, places, self._profile) if step.name != "measure"]
            parts = split(timed, dict(enumerate(group.readout)))
            known = [_Scheduled(part, self._pattern(part)) for part in parts]
            if alike is not None:
                self._scheduled[alike] = known
        return known

    def _alike(self, group: Part) -> Hashable:
        """Return a value equal for groups that are scheduled alike; None when that cannot be told."""
        steps = group.key()
        if steps is None:
            return None
        noise = [self._profile.of(self._places[qubit]) for qubit in group.qubits]
        pairs = tuple(self._places[qubit] for qubit in group.qubits) if self._profile.pairs and len(noise) > 1 else ()
        return (steps, pairs, *((own.single_qubit_gate_time, own.ages) for own in noise))

    def _pattern(self, part: Part) -> int | None:
        key = part.key()
        return None if key is None else self._patterns.setdefault(key, len(self._patterns))

    def _noisy(self, part: Part, pattern: int | None = None, *, by_shots: bool = False) -> NoisyPart:
        places = tuple(map(self._places.__getitem__, part.qubits))
        return NoisyPart(part, places, self._profile, by_shots, pattern)


def by_shots(program: Program) -> bool:
    """Return whether a circuit has outcome probabilities only shot by shot."""
    # Two readings of one qubit err independently, which one final distribution cannot say.
    return bool(program.dynamic) or len(set(program.measured.values())) < len(program.measured)


def _placed(part: Part, group: Part) -> Part:
    """Return a part of a group on the qubits and bits of the circuit."""
    qubits = tuple(map(group.qubits.__getitem__, part.qubits))
    return Part(qubits, part.steps, tuple(map(group.clbits.__getitem__, part.clbits)), part.readout)
