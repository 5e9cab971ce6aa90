"""A pair of qubits, named as targets are or as the original named it."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from oqtopus_experiments import Experiment, ParameterError, ge, le, parameter

UNSAID = (0, 1)
"""The pair where none is named."""


@frozen(kw_only=True)
class Pair(Experiment):
    """What both experiments say of their qubits."""

    num_qubits: ClassVar[int] = 2
    physical_qubit_0: int | None = parameter(
        None, ge(0), le(1_000_000), help="first qubit of the pair, as the original names it"
    )
    physical_qubit_1: int | None = parameter(None, ge(0), le(1_000_000), help="its second qubit; or give targets")

    shots_per_circuit: int | None = parameter(
        None, ge(1), le(10_000_000), help="shots of each circuit, where the run does not say"
    )

    @property
    def default_shots(self) -> int | None:
        """Shots where the run says nothing, as the original has them among the parameters."""
        return self.shots_per_circuit

    def __attrs_post_init__(self) -> None:
        """Take a pair that was named in the original's way for the target."""
        first, second = self.physical_qubit_0, self.physical_qubit_1
        if first is None and second is None:
            return
        if first is None or second is None or first == second:
            message = "'physical_qubit_0' and 'physical_qubit_1' name the two qubits of the pair; give both, or targets"
            raise ParameterError("physical_qubit_0" if first is None else "physical_qubit_1", message)
        pair = (first, second)
        if self.physical_qubits is not None or self.physical_qubit is not None or self.targets[0] not in (UNSAID, pair):
            message = "give 'physical_qubit_0' and 'physical_qubit_1', or the pair in another way, not both"
            raise ParameterError("physical_qubit_0", message)
        # Another way to say it, and no second value that could differ.
        object.__setattr__(self, "targets", (pair,))
        object.__setattr__(self, "physical_qubit_0", None)
        object.__setattr__(self, "physical_qubit_1", None)
