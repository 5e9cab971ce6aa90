"""What a device can run: its gates, its directed couplings, its qubits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from oqtopus_experiments import DeviceError, DeviceInfo, UnsupportedOperationError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import Target


MOST_SIMULATED = 500
"""Qubits of a simulator, which couples any pair of them."""
GATES = frozenset(
    {
        "ch", "cp", "crx", "cry", "crz", "cs", "csdg", "csx", "cu", "cu1", "cu3", "cx", "cy", "cz", "dcx", "ecr", "h",
        "id", "iswap", "p", "r", "rx", "rxx", "ry", "ryy", "rz", "rzx", "rzz", "s", "sdg", "swap", "sx", "sxdg", "t",
        "tdg", "u", "u1", "u2", "u3", "x", "xx_minus_yy", "xx_plus_yy", "y", "z",
    }
)  # fmt: skip
"""Gates of one and two qubits that a circuit can be written in: Qiskit knows what they do."""


def known_gates(given: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the gates of a device that a circuit can be written in, and the others, as texts for a message."""
    names = given if isinstance(given, (list, tuple)) else () if given is None else (given,)
    known = dict.fromkeys(name for name in names if isinstance(name, str) and name in GATES)
    left_out = dict.fromkeys(f"{name!r:.40}" for name in names if not isinstance(name, str) or name not in GATES)
    return tuple(known), tuple(left_out)


def gate_notes(given: Any) -> tuple[str, ...]:
    """Return what is to be said about the gates of a device."""
    _, left_out = known_gates(given)
    if not left_out:
        return ()
    more = f" and {len(left_out) - 10} more" if len(left_out) > 10 else ""
    return (f"gates left out, which no circuit is written in: {', '.join(left_out[:10])}{more}",)


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
    def of(cls, info: DeviceInfo, basis_gates: Any, instructions: Any) -> Native:
        """
        Return the instructions of a described device.

        Args:
            info: The device.
            basis_gates: What the service says are its gates; those nobody knows are left out.
            instructions: What the service says it takes besides.

        Raises:
            DeviceError: When its size is unknown, or none of its gates is known.
        """
        summary = info.summary
        qubits = frozenset(qubit.index for qubit in info.qubits) or frozenset(range(summary.num_qubits or 0))
        if not qubits:
            message = f"device {summary.name!r}: the service does not say how many qubits it has"
            raise DeviceError(message)
        # A simulator runs any pair, whatever its file says; a device of unknown couplings runs none.
        simulated = summary.kind == "simulator"
        if simulated and len(qubits) > MOST_SIMULATED:
            message = (
                f"device {summary.name!r}: a simulator of {len(qubits)} qubits; {MOST_SIMULATED} at most are believed"
            )
            raise DeviceError(message)
        couplings = None if simulated else frozenset((c.control, c.target) for c in info.couplings)
        gates, left_out = known_gates(basis_gates)
        if left_out and not gates:
            message = f"device {summary.name!r}: none of its gates is known here: {', '.join(left_out[:10])}"
            raise DeviceError(message)
        taken = (
            tuple(name for name in instructions if isinstance(name, str))
            if isinstance(instructions, (list, tuple))
            else ()
        )
        return cls(summary.name, gates, taken, qubits, couplings, max(qubits) + 1)

    @property
    def gates(self) -> str:
        """The gates, for a message."""
        return ", ".join(self.basis_gates)

    def target(self) -> Target:
        """Return Qiskit's description of this device."""
        from qiskit.circuit import Delay, Measure, Parameter
        from qiskit.circuit.library import get_standard_gate_name_mapping
        from qiskit.transpiler import Target

        known = get_standard_gate_name_mapping()
        made = Target(num_qubits=self.size)
        single: dict[tuple[int, ...], Any] = {(qubit,): None for qubit in sorted(self.qubits)}
        pairs: dict[tuple[int, ...], Any] = dict.fromkeys(sorted(self._pairs()))
        for name in self.basis_gates:
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
