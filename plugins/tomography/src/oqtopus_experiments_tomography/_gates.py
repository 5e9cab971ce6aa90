"""Gate lists as texts, ``"h 0"``, ``"cx 0 1"``, ``"rx(pi/2) 1"``: what a run file says and a circuit is kept as."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from attrs import frozen

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

_LINE = re.compile(r"([a-z]\w*)\s*(?:\(([^()]*)\))?((?:\s+\d+)+)")
_ANGLE = re.compile(r"([+-]?)(?:(\d+(?:\.\d+)?)\s*\*\s*)?pi(?:\s*/\s*(\d+(?:\.\d+)?))?")
USUAL = {"bell": 2, "ghz": 3, "w": 3}
"""Qubits of a named state where nobody says how many; one otherwise."""


@frozen
class Step:
    """One gate: its name as Qiskit has it, its angles in rad, its qubits."""

    name: str
    angles: tuple[float, ...]
    qubits: tuple[int, ...]


def read(line: str) -> Step:
    """
    Return the gate that a text names.

    Raises:
        ValueError: When it is none; the message shows what one looks like.
    """
    found = _LINE.fullmatch(line.strip())
    if found is None:
        message = f"{line!r:.60} is not a gate such as 'h 0', 'cx 0 1' or 'rx(pi/2) 1'"
        raise ValueError(message)
    name, angles, qubits = found[1], found[2], tuple(int(one) for one in found[3].split())
    if len(set(qubits)) < len(qubits):
        message = f"{line!r:.60} names a qubit twice"
        raise ValueError(message)
    return Step(name, tuple(_angle(one) for one in angles.split(",")) if angles else (), qubits)


def _angle(text: str) -> float:
    found = _ANGLE.fullmatch(text.strip())
    if found is not None:
        sign, times, over = found[1], found[2] or 1, found[3] or 1
        if float(over) > 0:
            return (-1 if sign == "-" else 1) * float(times) * math.pi / float(over)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        message = f"{text.strip()!r:.40} is not an angle such as 0.3, pi/2 or 2*pi/3"
        raise ValueError(message)
    return value


def as_lines(given: Any) -> Any:
    """
    Return a circuit, or a list of texts, as a tuple of texts; anything else as it is, for its check to refuse.

    Raises:
        ValueError: For a circuit with something else than gates whose angles are numbers.
    """
    # Who has a circuit has loaded Qiskit; for who has not, it stays unloaded.
    loaded = sys.modules.get("qiskit")
    if loaded is not None and isinstance(given, loaded.QuantumCircuit):
        return _lines_of(given)
    return tuple(given) if isinstance(given, Iterable) and not isinstance(given, str) else given


def _lines_of(circuit: QuantumCircuit) -> tuple[str, ...]:
    lines = []
    for item in circuit.data:
        name, qubits = item.operation.name, " ".join(str(circuit.find_bit(one).index) for one in item.qubits)
        if name == "barrier":
            continue
        angles = ", ".join(repr(float(one)) for one in item.operation.params)
        lines.append(f"{name}({angles}) {qubits}" if angles else f"{name} {qubits}")
    return tuple(lines)


def width(lines: Iterable[str]) -> int:
    """Return how many qubits a gate list needs: one more than its highest."""
    return 1 + max((qubit for line in lines for qubit in read(line).qubits), default=0)


def circuit_of(lines: Iterable[str], qubits: int) -> QuantumCircuit:
    """
    Return the circuit of a gate list.

    Raises:
        ValueError: For a gate that Qiskit does not have, or with other numbers of angles or qubits.
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit.library import get_standard_gate_name_mapping

    known, circuit = get_standard_gate_name_mapping(), QuantumCircuit(qubits)
    for line in lines:
        step = read(line)
        model = known.get(step.name)
        if model is None or model.num_clbits or step.name in ("delay", "reset"):
            message = f"{line!r:.60}: Qiskit has no gate {step.name!r}"
            raise ValueError(message)
        if (len(model.params), model.num_qubits) != (len(step.angles), len(step.qubits)):
            message = f"{line!r:.60}: {step.name} takes {len(model.params)} angles and {model.num_qubits} qubits"
            raise ValueError(message)
        circuit.append(model.base_class(*step.angles), step.qubits)
    return circuit


def _chain(qubits: int) -> tuple[str, ...]:
    return ("h 0", *(f"cx {qubit} {qubit + 1}" for qubit in range(qubits - 1)))


def _w(qubits: int) -> tuple[str, ...]:
    """One excitation that is handed on: each qubit keeps an equal part of it."""
    lines = ["x 0"]
    for qubit in range(qubits - 1):
        angle = 2 * math.acos(math.sqrt(1 / (qubits - qubit)))
        # A controlled ry of two half ones, each way round a cz: what a device with cz or cx does with two of them.
        lines += [f"ry({-angle / 2!r}) {qubit + 1}", f"cz {qubit} {qubit + 1}", f"ry({angle / 2!r}) {qubit + 1}"]
        lines += [f"cx {qubit + 1} {qubit}"]
    return tuple(lines)


NAMED: dict[str, Callable[[int], tuple[str, ...]]] = {
    "zero": lambda n: tuple(f"id {qubit}" for qubit in range(n)),
    "one": lambda n: tuple(f"x {qubit}" for qubit in range(n)),
    "plus": lambda n: tuple(f"h {qubit}" for qubit in range(n)),
    "minus": lambda n: tuple(line for qubit in range(n) for line in (f"x {qubit}", f"h {qubit}")),
    "plus_i": lambda n: tuple(line for qubit in range(n) for line in (f"h {qubit}", f"s {qubit}")),
    "minus_i": lambda n: tuple(line for qubit in range(n) for line in (f"h {qubit}", f"sdg {qubit}")),
    "bell": _chain,
    "ghz": _chain,
    "w": _w,
}
"""Gates that prepare each named state on n qubits."""
