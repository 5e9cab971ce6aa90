"""Random circuits of Qiskit's standard gates, the same for a seed, and what they read on a device without noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from oqtopus_experiments.testing.backends.places import Places

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Turns: TypeAlias = dict[tuple[str, ...], Callable[[], str]]
"""The next gate of each list."""
ONE = ("h", "x", "y", "z", "s", "sdg", "t", "tdg", "sx", "sxdg", "id")
ONE_TURNED = ("rx", "ry", "rz", "p")
TWO = ("cx", "cy", "cz", "ch", "swap", "iswap", "ecr", "dcx")
TWO_TURNED = ("crx", "cry", "crz", "cp", "rxx", "ryy", "rzz", "rzx")
THREE = ("ccx", "ccz", "cswap")
_GATES = 14
"""Gates of each circuit."""


def random_circuits(number: int, places: Places, seed: int = 7) -> list[QuantumCircuit]:
    """
    Return circuits of one to four qubits, all of one name, whose bits are measured from any qubit in any order.

    Gates come in turn, so that a few circuits hold each of them.

    Args:
        number: How many.
        places: Qubits, and which of them gates of two may act on.
        seed: One seed, one list.
    """
    rng = np.random.default_rng(seed)
    turns: Turns = {names: _turns(names, rng) for names in (ONE, ONE_TURNED, TWO, TWO_TURNED, THREE)}
    most = len(places.qubits)
    found: list[QuantumCircuit] = []
    for index in range(number):
        group, kind = divmod(index, 4)
        if kind < 2:
            # Any width, then a wide one, which the two that follow it are made of.
            width = 1 + group % most if kind == 0 else most - group % max(most - 1, 1)
            gates = _gates(width, places, turns, rng)
            found.append(_measured(gates, int(rng.integers(1, gates.num_qubits + 1)), rng))
            continue
        # The same gates on other qubits, or measured otherwise: who remembers results by gates mixes them up.
        last = found[-1]
        gates = _without_measurements(last)
        if kind == 2 and places.pairs is None:
            other = gates.copy_empty_like().compose(gates, rng.permutation(gates.num_qubits).tolist())
            for item in (item for item in last.data if item.operation.name == "measure"):
                other.append(item)
            found.append(other)
        else:
            found.append(_measured(gates, last.count_ops()["measure"], rng))
    return found


def _turns(names: Sequence[str], rng: np.random.Generator) -> Callable[[], str]:
    order: list[int] = rng.permutation(len(names)).tolist()
    taken = [0]

    def following() -> str:
        taken[0] += 1
        return names[order[taken[0] % len(names)]]

    return following


def _gates(width: int, places: Places, turns: Turns, rng: np.random.Generator) -> QuantumCircuit:
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(width, width + 1, name="verified")
    any_pair = [(a, b) for a in range(width) for b in range(width) if a != b]
    pairs = any_pair if places.pairs is None else [pair for pair in places.pairs if max(pair) < width]
    for number in range(_GATES):
        kind = number % 4
        qubit = int(rng.integers(width))
        if kind in (1, 3) and pairs:
            pair = pairs[rng.integers(len(pairs))]
            if kind == 1:
                _add(circuit, turns[TWO](), (), pair)
            else:
                _add(circuit, turns[TWO_TURNED](), (float(rng.uniform(-3, 3)),), pair)
        elif kind == 2 or number == 0:  # begins with a rotation: not all that follows acts on 0
            _add(circuit, turns[ONE_TURNED]() if number else "ry", (float(rng.uniform(-3, 3)),), (qubit,))
        else:
            _add(circuit, turns[ONE](), (), (qubit,))
        if number == _GATES // 2 and width > 2 and places.pairs is None:  # qubits
            _add(circuit, turns[THREE](), (), tuple(map(int, rng.permutation(width)[:3])))
    _add(circuit, "u", tuple(map(float, rng.uniform(-3, 3, 3))), (int(rng.integers(width)),))
    return circuit


def _without_measurements(circuit: QuantumCircuit) -> QuantumCircuit:
    gates = circuit.copy_empty_like()
    for item in circuit.data:
        if item.operation.name != "measure":
            gates.append(item)
    return gates


def _measured(gates: QuantumCircuit, count: int, rng: np.random.Generator) -> QuantumCircuit:
    circuit, width = gates.copy(), gates.num_qubits
    measured = rng.permutation(width)[:count]
    bits = rng.permutation(width + 1)[:count]
    circuit.measure(measured.tolist(), bits.tolist())
    return circuit


def _add(circuit: QuantumCircuit, name: str, angles: tuple[float, ...], qubits: tuple[int, ...]) -> None:
    method: Any = getattr(circuit, name)
    method(*angles, *qubits)
