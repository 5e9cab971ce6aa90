"""The circuits of one experiment, as a backend gets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from oqtopus_experiments.contracts.order import Order
from oqtopus_experiments.contracts.whole_numbers import as_whole

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def _at_least_one(instance: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        message = f"{attribute.name!r} must be an integer >= 1, not {value!r}"
        raise ValueError(message)


@frozen
class Batch:
    """
    All circuits of one experiment, to be run alike.

    Args:
        circuits: Qiskit circuits with their measurements, in the order in which they are to run. Qubit i of each is
            ``physical_qubits[i]`` of the device.
        shots: Repetitions of each circuit.
        physical_qubits: Qubits of the device, as many as the widest circuit has.
        name: What a person sees in a queue, and what distinguishes the random numbers of two batches of one seed.
        order: Which circuit of the experiment stands at which position: ``order.circuit(position)`` is the number by
            which a text that people read names it.
    """

    circuits: tuple[QuantumCircuit, ...] = field(repr=lambda circuits: f"<{len(circuits)}>")
    shots: int = field(converter=as_whole, validator=_at_least_one)
    physical_qubits: tuple[int, ...]
    name: str = "batch"
    order: Order = field(factory=Order)

    def in_order(self, order: Order) -> Batch:
        """Return the same circuits in another order."""
        if order == self.order:
            return self
        return attrs.evolve(self, circuits=order.arranged(self.order.restored(self.circuits)), order=order)

    def part(self, positions: Sequence[int]) -> Batch:
        """
        Return the circuits at some positions as a batch of their own, in which they keep their numbers.

        With the same seed their counts are those that they have in the whole.
        """
        circuits = tuple(self.circuits[position] for position in positions)
        return attrs.evolve(self, circuits=circuits, order=self.order.part(positions))
