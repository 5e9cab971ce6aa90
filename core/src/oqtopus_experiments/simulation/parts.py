"""Independent parts of a circuit: groups of qubits that no gate joins are circuits of their own."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache

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
    layout = _layout(tuple([step.qubits for step in steps]), tuple(measured.items()))
    own_steps: list[list[Step]] = [[] for _ in layout.groups]
    # One step for all parts in which the same operation stands alike.
    made: dict[Hashable, Step] = {}
    for step, group, qubits in zip(steps, layout.group_of, layout.local, strict=True):
        placed = step
        if qubits != step.qubits:
            alike = (id(step.operation) if step.key is None else step.key, qubits, step.clbits)
            known = made.get(alike)
            placed = made[alike] = step.on(qubits) if known is None else known
        own_steps[group].append(placed)
    parts = zip(layout.groups, own_steps, strict=True)
    return [Part(own.qubits, tuple(steps), own.clbits, own.readout) for own, steps in parts if own.clbits]


@frozen(eq=False)
class _Group:
    """Qubits that belong together, ascending, their classical bits, and the local qubit each of these holds."""

    qubits: tuple[int, ...]
    clbits: tuple[int, ...]
    readout: tuple[int, ...]


@frozen(eq=False)
class _Layout:
    """Which qubits belong together, and for each step its group and its qubits there, by their local numbers."""

    groups: tuple[_Group, ...]
    group_of: tuple[int, ...]
    local: tuple[tuple[int, ...], ...]


@lru_cache(maxsize=16)
def _layout(joined: tuple[tuple[int, ...], ...], measured: tuple[tuple[int, int], ...]) -> _Layout:
    """
    Return the layout of a circuit: found once for the circuits of a sweep, which differ in their angles and delays.

    Args:
        joined: The qubits of each step.
        measured: Classical bits, each with the qubit it holds at the end.
    """
    root = {qubit: qubit for _, qubit in measured} | {qubit: qubit for qubits in joined for qubit in qubits}

    def find(qubit: int) -> int:
        while root[qubit] != qubit:
            root[qubit] = qubit = root[root[qubit]]
        return qubit

    for qubits in joined:
        for other in qubits[1:]:
            root[find(other)] = find(qubits[0])
    members: dict[int, list[int]] = {}
    for qubit in sorted(root):
        members.setdefault(find(qubit), []).append(qubit)
    number = {qubit: index for index, own in enumerate(members.values()) for qubit in own}
    local = {qubit: i for own in members.values() for i, qubit in enumerate(own)}
    bits: list[list[tuple[int, int]]] = [[] for _ in members]
    for clbit, qubit in sorted(measured):
        bits[number[qubit]].append((clbit, local[qubit]))
    groups = [
        _Group(tuple(own), tuple(clbit for clbit, _ in held), tuple(qubit for _, qubit in held))
        for own, held in zip(members.values(), bits, strict=True)
    ]
    group_of = tuple(number[qubits[0]] for qubits in joined)
    return _Layout(tuple(groups), group_of, tuple(tuple(map(local.__getitem__, qubits)) for qubits in joined))
