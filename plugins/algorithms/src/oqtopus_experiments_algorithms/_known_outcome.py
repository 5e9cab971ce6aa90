"""What the three oracle experiments share: one circuit whose outcome is known, and a control with another oracle."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from oqtopus_experiments import Expectation, Experiment, Quantity, Signal

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

CONTROL = "control"
"""Name of the reference circuit."""


def labels(bits: int) -> list[str]:
    """Return all outcomes of so many bits in the order of their numbers, the right-most character being bit 0."""
    return [f"{number:0{bits}b}" for number in range(2**bits)]


@frozen
class Answer:
    """
    What a circuit answers.

    Args:
        right: The outcomes that count as success, at least one.
        distribution: How often a perfect device reads each outcome, by all of them.
    """

    right: tuple[str, ...]
    distribution: Mapping[str, float]

    @property
    def ideal(self) -> float:
        """How often a perfect device is right."""
        return min(1.0, sum(self.distribution[outcome] for outcome in self.right))

    @property
    def floor(self) -> float:
        """How often coin flips are right: 2^-n where one outcome of n bits is."""
        return len(self.right) / len(self.distribution)

    @property
    def signal(self) -> Signal:
        """Success, as what is read from the counts."""
        return Expectation(dict.fromkeys(self.right, 1.0), "P(right)")


@frozen(kw_only=True)
class KnownOutcome(Experiment):
    """
    Base of an algorithm whose outcome is known.

    The control asks the same device about another oracle, whose right outcomes are others: who always says the same is
    right about one of them at most.
    """

    analyzer: ClassVar[str] = "success"

    @abstractmethod
    def answer(self) -> Answer:
        """Return what is right."""

    @abstractmethod
    def control_answer(self) -> Answer:
        """Return what is right in the control."""

    @abstractmethod
    def control(self) -> QuantumCircuit:
        """Return the circuit of the control."""

    def headline(self, success: Quantity) -> list[Quantity]:
        """Return what is reported before the success, and follows from it."""
        return []

    def references(self) -> Mapping[str, QuantumCircuit]:
        """Return the control."""
        return {CONTROL: self.control()}

    @property
    def reference_signal(self) -> Signal:  # type: ignore[override]  # a property: it depends on the parameters
        """How often the control is answered rightly."""
        return self.control_answer().signal
