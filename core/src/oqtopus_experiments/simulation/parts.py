"""Independent parts of a circuit: groups of qubits that no gate joins are circuits of their own."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from attrs import frozen

from oqtopus_experiments.simulation.program import Step


@frozen(eq=False)
class Part:
    """
    One independent part.

    Args:
        qubits: Its qubits in the circuit, ascending; local qubit i is ``qubits[i]``.
        steps: Its operations in order, on local qubits.
        clbits: Classical bits that hold its outcomes, ascending.
        readout: The local qubit each of them holds.
    """

    qubits: tuple[int, ...]
    steps: tuple[Step, ...]
    clbits: tuple[int, ...]
    readout: tuple[int, ...]

    def key(self) -> Hashable:
        """Return a value equal for parts with the same outcome probabilities; None when that cannot be told."""
        if any(step.key is None for step in self.steps):
            return None
        return (len(self.qubits), self.readout, tuple((step.key, step.qubits) for step in self.steps))


def split(steps: Iterable[Step], measured: Mapping[int, int]) -> list[Part]:
    """
    Split a circuit into its independent parts, leaving out those that nothing measures.

    Args:
        steps: Operations in order. Each joins the qubits it acts on, so leave out barriers and measurements.
        measured: The qubit each classical bit holds at the end.

    Returns:
        The parts, in the order of their lowest qubit.
    """
    steps = list(steps)
    root = {qubit: qubit for qubit in measured.values()} | {qubit: qubit for step in steps for qubit in step.qubits}

    def find(qubit: int) -> int:
        while root[qubit] != qubit:
            root[qubit] = qubit = root[root[qubit]]
        return qubit

    for step in steps:
        for other in step.qubits[1:]:
            root[find(other)] = find(step.qubits[0])
    group_of = {qubit: find(qubit) for qubit in sorted(root)}
    members: dict[int, list[int]] = {}
    for qubit, group in group_of.items():
        members.setdefault(group, []).append(qubit)
    local = {qubit: i for own in members.values() for i, qubit in enumerate(own)}
    own_steps: dict[int, list[Step]] = {group: [] for group in members}
    for step, placed in zip(steps, _on_local_qubits(steps, local), strict=True):
        own_steps[group_of[step.qubits[0]]].append(placed)
    own_bits: dict[int, list[int]] = {}
    for clbit in sorted(measured):
        own_bits.setdefault(group_of[measured[clbit]], []).append(clbit)
    return [
        Part(
            qubits=tuple(members[group]),
            steps=tuple(own_steps[group]),
            clbits=tuple(own_bits[group]),
            readout=tuple(local[measured[clbit]] for clbit in own_bits[group]),
        )
        for group in members
        if group in own_bits
    ]


def _on_local_qubits(steps: Iterable[Step], local: Mapping[int, int]) -> Iterator[Step]:
    """Yield each step on the qubits of its part: one for all parts in which the same operation stands alike."""
    made: dict[tuple[int, tuple[int, ...], tuple[int, ...]], Step] = {}
    for step in steps:
        qubits = tuple(map(local.__getitem__, step.qubits))
        alike = (id(step.operation), qubits, step.clbits)
        placed = made.get(alike)
        if placed is None:
            placed = made[alike] = Step(step.operation, qubits, step.clbits, step.key, step.name)
        yield placed
