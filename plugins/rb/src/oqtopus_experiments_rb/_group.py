"""
The Clifford groups of one and two qubits as tables: 24 and 11520 elements, composed and inverted by looking up.

An element is what it does to the Pauli operators, P -> +-P': a permutation of the 4^n of them and a sign for each, up
to a phase. Its circuit is the one it was made by: at most one pulse for one qubit, and for two the classes of A. D.
Corcoles et al., Phys. Rev. A 87, 030301 (2013): 576, 5184, 5184 and 576 elements with 0, 1, 2 and 3 two-qubit gates.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Complex = NDArray[Any]  # of matrices, some of which are real

GateStep = tuple[str, tuple[int, ...], int]
"""One gate of a circuit: Qiskit's name, its qubits, and the quarter turns of an rz (0 for the others)."""

_PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_X, _Z = 1, 3


@frozen(eq=False)
class Signed:
    """
    Elements as signed permutations of the Pauli operators.

    Operator j of two qubits is 4 a + b, with a on qubit 1 and b on qubit 0; of one qubit I, X, Y, Z.

    Args:
        image: Which operator each becomes, shape (elements, 4^n).
        sign: Whether with a minus, shape (elements, 4^n).
    """

    image: Integers
    sign: NDArray[np.bool_]

    def then(self, later: Signed) -> Signed:
        """Return these elements each followed by one of the others; shapes as of any arrays, (1, ...) for one."""
        rows = np.arange(len(later.image))[:, None]
        return Signed(later.image[rows, self.image], self.sign ^ later.sign[rows, self.image])

    def at(self, chosen: Sequence[int] | Integers) -> Signed:
        """Return some of the elements."""
        return Signed(self.image[np.asarray(chosen)], self.sign[np.asarray(chosen)])

    def inverse(self) -> Signed:
        """Return the inverses."""
        image, sign = np.empty_like(self.image), np.empty_like(self.sign)
        rows = np.arange(len(image))[:, None]
        image[rows, self.image] = np.arange(image.shape[1])
        sign[rows, self.image] = self.sign
        return Signed(image, sign)

    def of_generators(self) -> Integers:
        """Return what becomes of X and Z on each qubit, which tells elements apart: twice the image, plus the sign."""
        chosen = _generators(self.image.shape[1])
        return 2 * self.image[:, chosen] + self.sign[:, chosen]


@frozen(eq=False)
class CliffordGroup:
    """
    All elements of the group on so many qubits, numbered from 0.

    Args:
        num_qubits: 1 or 2.
        elements: What each does.
        circuits: The gates of each, in order of time.
        numbers: Number of each element, by its `Signed.of_generators` as digits; -1 where there is none.
        inverses: Number of the inverse of each, shape (size,).
        signed: Twice the image of each Pauli operator, plus its sign, shape (size, 4^n).
        generators: Those of X and Z on each qubit, shape (size, 2 n).
    """

    num_qubits: int
    elements: Signed
    circuits: tuple[tuple[GateStep, ...], ...]
    numbers: NDArray[np.int16]
    inverses: Integers
    signed: Integers
    generators: Integers

    @property
    def size(self) -> int:
        """How many elements there are."""
        return len(self.circuits)

    def number_of(self, steps: tuple[GateStep, ...]) -> int:
        """Return the number of the element that a circuit is."""
        return int(self.numbers[_digits(_of_circuit(steps, self.num_qubits).of_generators())][0])

    def composed(self, earlier: Integers, later: Integers) -> Integers:
        """Return the numbers of elements each followed by another, shape (n,)."""
        once = self.generators[earlier]
        return self.numbers[_digits(self.signed[later[:, None], once >> 1] ^ (once & 1))].astype(np.int64)

    def product(self, sequence: Integers) -> int:
        """Return the number of a whole sequence in order of time: neighbours first, as the group is associative."""
        while len(sequence) > 1:
            odd = sequence[len(sequence) - len(sequence) % 2 :]
            sequence = np.concatenate([self.composed(sequence[:-1:2], sequence[1::2]), odd])
        return int(sequence[0])

    def mean_gates(self, *names: str) -> float:
        """Return how many gates of these names an element has on average."""
        return sum(step[0] in names for steps in self.circuits for step in steps) / self.size


@cache
def clifford_group(num_qubits: int) -> CliffordGroup:
    """Return the group on one or two qubits; made once, in a few hundredths of a second."""
    elements, circuits = _of_one_qubit() if num_qubits == 1 else _of_two_qubits()
    generators = elements.of_generators()
    numbers = np.full((2 * 4**num_qubits) ** (2 * num_qubits), -1, dtype=np.int16)
    numbers[_digits(generators)] = np.arange(len(circuits))
    return CliffordGroup(
        num_qubits=num_qubits,
        elements=elements,
        circuits=circuits,
        numbers=numbers,
        inverses=numbers[_digits(elements.inverse().of_generators())].astype(np.int64),
        signed=2 * elements.image + elements.sign,
        generators=generators,
    )


def _digits(generators: Integers) -> Integers:
    """Return what `Signed.of_generators` gives as one number each."""
    base = 8 if generators.shape[1] == 2 else 32
    found: Integers = generators @ base ** np.arange(generators.shape[1])
    return found


def _of_one_qubit() -> tuple[Signed, tuple[tuple[GateStep, ...], ...]]:
    """Return the 24 elements: 4 rotations about z, 16 with an sx between two of them, 4 with an x after one."""
    circuits = [
        *(_turned(before) for before in range(4)),
        *((*_turned(before), ("sx", (0,), 0), *_turned(after)) for before, after in product(range(4), repeat=2)),
        *((*_turned(before), ("x", (0,), 0)) for before in range(4)),
    ]
    return _stacked([_of_circuit(steps, 1) for steps in circuits]), tuple(circuits)


def _turned(quarters: int) -> tuple[GateStep, ...]:
    return (("rz", (0,), quarters),) if quarters else ()


def _of_two_qubits() -> tuple[Signed, tuple[tuple[GateStep, ...], ...]]:
    """Return the 11520 elements: one-qubit elements, then up to three cx, then one-qubit elements that permute axes."""
    one, steps = _of_one_qubit()
    any_one = [(first, second) for first, second in product(range(24), repeat=2)]
    # One element each that leaves the axes x, y, z, turns them on, and turns them on twice.
    turns = [
        int(np.flatnonzero((one.image[:, 1:] == axes).all(axis=1))[0]) for axes in ([1, 2, 3], [2, 3, 1], [3, 1, 2])
    ]
    on, back = ("cx", (0, 1), 0), ("cx", (1, 0), 0)
    neither, all_turns = [(turns[0], turns[0])], [(first, second) for first, second in product(turns, repeat=2)]
    found, circuits = [], []
    for core, before in (((), neither), ((on,), all_turns), ((on, back), all_turns), ((on, back, on), neither)):
        middle = _of_circuit(core, 2)
        for first in before:
            entered = _pairs(one, [first]).then(middle)
            found.append(entered.at([0] * len(any_one)).then(_pairs(one, any_one)))
            circuits += [(*_local(steps, first), *core, *_local(steps, last)) for last in any_one]
    return _stacked(found), tuple(circuits)


def _local(steps: tuple[tuple[GateStep, ...], ...], pair: tuple[int, int]) -> tuple[GateStep, ...]:
    return tuple((name, (qubit,), turns) for qubit in (0, 1) for name, _, turns in steps[pair[qubit]])


def _pairs(one: Signed, pairs: list[tuple[int, int]]) -> Signed:
    """Return elements of one qubit side by side: the first of each pair on qubit 0."""
    low, high = one.at([first for first, _ in pairs]), one.at([second for _, second in pairs])
    image = 4 * high.image[:, :, None] + low.image[:, None, :]
    sign = high.sign[:, :, None] ^ low.sign[:, None, :]
    return Signed(image.reshape(len(pairs), 16), sign.reshape(len(pairs), 16))


def _stacked(elements: list[Signed]) -> Signed:
    return Signed(np.concatenate([one.image for one in elements]), np.concatenate([one.sign for one in elements]))


def _generators(paulis: int) -> list[int]:
    return [_X, _Z] if paulis == 4 else [_X, _Z, 4 * _X, 4 * _Z]


def _of_circuit(steps: tuple[GateStep, ...], num_qubits: int) -> Signed:
    """Return the element of a circuit, shape (1, 4^n)."""
    found = Signed(np.arange(4**num_qubits)[None], np.zeros((1, 4**num_qubits), dtype=bool))
    for step in steps:
        found = found.then(_of_gate(step, num_qubits))
    return found


@cache
def _of_gate(step: GateStep, num_qubits: int) -> Signed:
    """Return the element of a gate, from its matrix: U P U^+ for every Pauli operator P."""
    name, qubits, turns = step
    matrix = _matrix(name, turns)
    if len(qubits) < num_qubits:
        matrix = np.kron(matrix, np.eye(2)) if qubits[0] else np.kron(np.eye(2), matrix)
    elif qubits == (1, 0):
        swapped = [0, 2, 1, 3]
        matrix = matrix[np.ix_(swapped, swapped)]
    operators = _PAULIS if num_qubits == 1 else np.array([np.kron(a, b) for a in _PAULIS for b in _PAULIS])
    moved = np.einsum("ij,ajk,lk->ail", matrix, operators, matrix.conj())
    overlap = np.einsum("bij,aji->ab", operators, moved).real / 2**num_qubits
    if not np.isclose(np.abs(overlap).max(axis=1), 1).all():
        message = f"{name} is not a Clifford gate"
        raise ValueError(message)
    image = np.abs(overlap).argmax(axis=1)
    return Signed(image[None], (overlap[np.arange(len(image)), image] < 0)[None])


def _matrix(name: str, turns: int) -> Complex:
    """Return the matrix of a gate up to a phase; of two qubits with qubit 0 as the lowest bit of the index."""
    if name == "rz":
        return np.diag([1, 1j**turns])
    return _MATRICES[name]


_ROOT = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
_MATRICES: dict[str, Complex] = {
    "id": _PAULIS[0],
    "x": _PAULIS[1],
    "y": _PAULIS[2],
    "z": _PAULIS[3],
    "h": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "s": np.diag([1, 1j]),
    "sdg": np.diag([1, -1j]),
    "sx": _ROOT,
    "sxdg": _ROOT.conj(),
    "cx": np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]]),
    "cy": np.array([[1, 0, 0, 0], [0, 0, 0, -1j], [0, 0, 1, 0], [0, 1j, 0, 0]]),
    "cz": np.diag([1, 1, 1, -1]),
    "swap": np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]]),
    "iswap": np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]]),
    "dcx": np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]),
    "ecr": np.array([[0, 1, 0, 1j], [1, 0, -1j, 0], [0, 1j, 0, 1], [-1j, 0, 1, 0]]) / np.sqrt(2),
}
GATES: tuple[str, ...] = tuple(_MATRICES)
"""Names of Qiskit's Clifford gates without parameters: nine on one qubit, seven on two."""


def qubits_of(gate: str) -> int:
    """Return on how many qubits a gate of `GATES` acts."""
    return 1 if len(_MATRICES[gate]) == 2 else 2
