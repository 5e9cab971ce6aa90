"""A circuit as a simulator needs it: steps on numbered qubits, and which qubit each classical bit holds."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen

from oqtopus_experiments.errors import UnsupportedOperationError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction, Operation

_NANOSECONDS = {"ps": 1e-3, "ns": 1.0, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9}


@frozen(eq=False)
class Step:
    """
    One operation of a circuit.

    Args:
        operation: The Qiskit operation, or an instruction that holds it: a standard gate becomes an object of Python
            only where it is asked for.
        qubits: Its qubits, by number.
        clbits: Its classical bits, by number.
        key: Equal for two steps that do the same; None when that cannot be told.
        name: Name of one of Qiskit's own operations; empty for one of the user's, whatever that is called.
    """

    _held: Operation | CircuitInstruction = field(alias="operation")
    qubits: tuple[int, ...]
    clbits: tuple[int, ...] = ()
    key: Hashable = None
    name: str = ""

    @property
    def operation(self) -> Operation:
        """The Qiskit operation."""
        # Where nobody has imported Qiskit nothing is an instruction of its.
        qiskit = sys.modules.get("qiskit.circuit")
        is_held = qiskit is not None and isinstance(self._held, qiskit.CircuitInstruction)
        return self._held.operation if is_held else self._held

    @property
    def params(self) -> Sequence[Any]:
        """Its parameters, such as angles."""
        params: Sequence[Any] = self._held.params
        return params

    def on(self, qubits: tuple[int, ...]) -> Step:
        """Return the same operation on other qubits."""
        return Step(self._held, qubits, self.clbits, self.key, self.name)


@frozen(eq=False)
class Program:
    """
    A circuit read once.

    Args:
        num_qubits: Number of qubits.
        num_clbits: Number of classical bits, in all registers.
        steps: All operations in order, measurements, barriers and delays included.
        measured: The qubit each written classical bit ends up holding.
        dynamic: What makes it more than gates followed by measurements, for example "reset"; empty otherwise.
    """

    num_qubits: int
    num_clbits: int
    steps: tuple[Step, ...]
    measured: Mapping[int, int]
    dynamic: str = ""


def check_bound(circuit: QuantumCircuit, label: str) -> None:
    """
    Refuse a circuit whose angles are not all numbers.

    Raises:
        UnsupportedOperationError: Naming its parameters.
    """
    if circuit.num_parameters:
        names = ", ".join(sorted(parameter.name for parameter in circuit.parameters))
        message = f"{label} has unbound parameters ({names}); bind them before running"
        raise UnsupportedOperationError(message)


def read(circuit: QuantumCircuit) -> Program:
    """
    Read a circuit.

    A gate on a qubit that was measured before makes the circuit dynamic, because the measurement then matters.

    Raises:
        UnsupportedOperationError: For control flow, and for parameters that were not bound.
    """
    check_bound(circuit, f"circuit {circuit.name!r}")
    numbers = {bit: i for i, bit in enumerate(circuit.qubits)}
    bits = {bit: i for i, bit in enumerate(circuit.clbits)}
    steps: list[Step] = []
    measured: dict[int, int] = {}
    read_out: set[int] = set()
    dynamic = ""
    # Copies side by side share their operations. Kept with what was told of it, so that no other gets its number.
    known: dict[int, tuple[Operation, Hashable, str]] = {}
    for instruction in circuit.data:
        if instruction.is_standard_gate():
            held, (key, name) = instruction, _told(instruction)
        else:
            held = instruction.operation
            told = known.get(id(held))
            if told is None:
                told = known[id(held)] = (held, *_told(instruction))
            _, key, name = told
        qubits = tuple(map(numbers.__getitem__, instruction.qubits))
        clbits = tuple(map(bits.__getitem__, instruction.clbits))
        steps.append(Step(held, qubits, clbits, key, name))
        if name == "measure":
            measured[clbits[0]] = qubits[0]
            read_out.add(qubits[0])
        elif name in ("barrier", "delay"):
            continue
        elif name in ("reset", "initialize"):
            dynamic = dynamic or name
        elif instruction.is_control_flow() or clbits:
            named = f"circuit {circuit.name!r} holds {instruction.name!r}"
            message = f"{named}, an operation that depends on classical bits"
            raise UnsupportedOperationError(message)
        elif not dynamic and not read_out.isdisjoint(qubits):
            qubit = min(read_out.intersection(qubits))
            dynamic = f"mid-circuit measurement of qubit {qubit}, which {instruction.name!r} acts on afterwards"
    return Program(circuit.num_qubits, circuit.num_clbits, tuple(steps), measured, dynamic)


def step_of(instruction: CircuitInstruction, qubits: tuple[int, ...], clbits: tuple[int, ...] = ()) -> Step:
    """Return an instruction as a step on numbered qubits and classical bits."""
    return Step(instruction, qubits, clbits, *_told(instruction))


def _told(instruction: CircuitInstruction) -> tuple[Hashable, str]:
    """Return key and name of a step."""
    if instruction.is_standard_gate():
        return (instruction.name, tuple([_hashable(value) for value in instruction.params]), ""), instruction.name
    operation = instruction.operation
    # A gate of the user's own may share its name with another: only Qiskit's own are known by name.
    # Asking the line of classes: `isinstance` of Qiskit's abstract ones costs more than the rest of a step.
    if _known_kinds().isdisjoint(type(operation).__mro__):
        return None, ""
    # Parameters of the operation, not of the instruction: that knows no matrix of a unitary.
    values = tuple(_hashable(value) for value in operation.params)
    unit = str(operation.unit) if instruction.name == "delay" else ""
    # A controlled gate that fires on other control values than all ones says so in its name ("cx_o0").
    return (instruction.name, values, unit), instruction.name


@cache
def _known_kinds() -> frozenset[type[Operation]]:
    from qiskit.circuit import Barrier, Delay, Measure, Reset
    from qiskit.circuit.library import Initialize, UnitaryGate

    return frozenset({Barrier, Delay, Initialize, Measure, Reset, UnitaryGate})


def nanoseconds(delay: Any, label: str = "") -> float:
    """
    Return the length of a Qiskit delay in ns.

    Args:
        delay: The operation.
        label: What it belongs to, for the message.

    Raises:
        UnsupportedOperationError: When it is not given in units of time.
    """
    from qiskit.circuit import Delay

    unit = delay.unit if isinstance(delay, Delay) else ""
    if unit not in _NANOSECONDS:
        where = f"{label}: " if label else ""
        message = f"{where}a delay in {unit!r} has no length here; write circuit.delay(100, qubit, unit='ns')"
        raise UnsupportedOperationError(message)
    return float(delay.params[0]) * _NANOSECONDS[unit]


def definition_of(operation: Any) -> QuantumCircuit | None:
    """
    Return what a gate is made of, or None when nobody knows.

    Annotated operations (Qiskit's lazily controlled, inverted or raised gates) are taken apart by its synthesis.
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit import AnnotatedOperation, Instruction
    from qiskit.transpiler.passes import HighLevelSynthesis

    if isinstance(operation, Instruction):
        found: QuantumCircuit | None = operation.definition
        return found
    if isinstance(operation, AnnotatedOperation):
        circuit = QuantumCircuit(operation.num_qubits)
        circuit.append(operation, range(operation.num_qubits))
        made: QuantumCircuit = HighLevelSynthesis()(circuit)
        return made
    return None


def _hashable(value: Any) -> Hashable:
    if isinstance(value, np.ndarray):
        return (value.shape, value.tobytes())
    return float(value) if isinstance(value, (int, float)) else str(value)
