"""What a device can run: its gates, its directed couplings, its qubits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments import DeviceError, DeviceInfo, UnsupportedOperationError
from oqtopus_experiments.names import suggest

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import Target


@frozen
class Native:
    """
    The instructions of a device.

    Args:
        name: The device.
        basis_gates: Names of its gates.
        instructions: Names of what it takes besides: measure, barrier, delay.
        qubits: Its qubits.
        couplings: Directed pairs; None when any pair will do.
        size: Largest number of a qubit plus one.
    """

    name: str
    basis_gates: tuple[str, ...]
    instructions: tuple[str, ...]
    qubits: frozenset[int]
    couplings: frozenset[tuple[int, int]] | None
    size: int

    @classmethod
    def of(cls, info: DeviceInfo, basis_gates: Sequence[str], instructions: Sequence[str]) -> Native:
        """
        Return the instructions of a described device.

        Raises:
            DeviceError: When its size is unknown.
        """
        summary = info.summary
        qubits = frozenset(qubit.index for qubit in info.qubits) or frozenset(range(summary.num_qubits or 0))
        if not qubits:
            message = f"device {summary.name!r}: the service does not say how many qubits it has"
            raise DeviceError(message)
        # A simulator runs any pair, whatever its file says; a device of unknown couplings runs none.
        simulated = summary.kind == "simulator"
        couplings = None if simulated else frozenset((c.control, c.target) for c in info.couplings)
        return cls(summary.name, tuple(basis_gates), tuple(instructions), qubits, couplings, max(qubits) + 1)

    @property
    def gates(self) -> str:
        """The gates, for a message."""
        return ", ".join(self.basis_gates)

    def target(self) -> Target:
        """
        Return Qiskit's description of this device.

        Raises:
            DeviceError: When Qiskit does not know one of its gates.
        """
        from qiskit.circuit import Delay, Measure, Parameter
        from qiskit.circuit.library import get_standard_gate_name_mapping
        from qiskit.transpiler import Target

        known = get_standard_gate_name_mapping()
        made = Target(num_qubits=self.size)
        single: dict[tuple[int, ...], Any] = {(qubit,): None for qubit in sorted(self.qubits)}
        pairs: dict[tuple[int, ...], Any] = dict.fromkeys(sorted(self._pairs()))
        for name in self.basis_gates:
            if name not in known:
                message = f"device {self.name!r} has a gate {name!r} that Qiskit does not know{suggest(name, known)}"
                raise DeviceError(message)
            gate = known[name]
            if gate.num_qubits == 1 or pairs:
                made.add_instruction(gate, dict(single if gate.num_qubits == 1 else pairs))
        made.add_instruction(Measure(), dict(single))
        made.add_instruction(Delay(Parameter("duration")), dict(single))
        return made

    def check_qubits(self, physical_qubits: Sequence[int]) -> None:
        """
        Refuse qubits the device lacks.

        Raises:
            DeviceError: Naming them and those there are.
        """
        missing = [qubit for qubit in physical_qubits if qubit not in self.qubits]
        if missing:
            message = f"device {self.name!r} has no qubit {missing[0]}; it has {_ranges(self.qubits)}"
            raise DeviceError(message)

    def check_couplings(self, circuit: QuantumCircuit, physical_qubits: Sequence[int], label: str) -> None:
        """
        Refuse two-qubit gates between qubits that are not coupled, in whichever direction.

        Raises:
            DeviceError: Naming the pair and those there are.
        """
        if self.couplings is None:
            return
        for instruction in circuit.data:
            if len(instruction.qubits) != 2 or instruction.operation.name == "barrier":
                continue
            one, other = (physical_qubits[circuit.find_bit(qubit).index] for qubit in instruction.qubits)
            if (one, other) not in self.couplings and (other, one) not in self.couplings:
                pairs = ", ".join(f"{a}->{b}" for a, b in sorted(self.couplings)[:20]) or "none known"
                message = (
                    f"{label}: {instruction.operation.name!r} on qubits {one} and {other}, which {self.name} does not "
                    f"couple (couplings: {pairs})"
                )
                raise DeviceError(message)

    def check_delays_allowed(self, circuit: QuantumCircuit, label: str) -> None:
        """
        Refuse delays where a device takes none.

        Raises:
            UnsupportedOperationError: When the device lists its instructions, and delay is not among them.
        """
        if self.instructions and "delay" not in self.instructions and "delay" in circuit.count_ops():
            message = f"{label}: {self.name} takes no delays (it takes {', '.join(self.instructions)})"
            raise UnsupportedOperationError(message)

    def _pairs(self) -> set[tuple[int, int]]:
        if self.couplings is not None:
            return {pair for pair in self.couplings if set(pair) <= self.qubits}
        return {(a, b) for a in self.qubits for b in self.qubits if a != b}


def _ranges(qubits: frozenset[int]) -> str:
    ordered = sorted(qubits)
    if ordered == list(range(len(ordered))):
        return f"0..{ordered[-1]}" if len(ordered) > 1 else "only 0"
    return ", ".join(map(str, ordered[:20]))
