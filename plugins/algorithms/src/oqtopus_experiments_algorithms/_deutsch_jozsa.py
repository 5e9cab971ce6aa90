"""Deutsch and Jozsa: is a function constant or balanced?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments import Axis, Quantity, Signal, Sweep, ge, in_, le, parameter
from oqtopus_experiments_algorithms._known_outcome import Answer, KnownOutcome, labels

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

CONSTANT = ("constant_0", "constant_1")
ORACLES = (*CONSTANT, "balanced_alternating", "balanced_random")


@frozen(kw_only=True)
class DeutschJozsa(KnownOutcome):
    """
    The probability to read all zeros after one question to a function that is constant or balanced.

    Reports `all_zeros_probability`, ideally 1 of a constant function and 0 of a balanced one; `success_probability`,
    how often that decides rightly, `kept_advantage` of it over coin flips, and `control_success`, the same for a
    function of the other kind. The last qubit is the ancilla.

    Source: D. Deutsch, R. Jozsa, "Rapid solution of problems by quantum computation", Proc. R. Soc. Lond. A 439, 553
    (1992), in the form of R. Cleve et al., Proc. R. Soc. Lond. A 454, 339 (1998).
    """

    name: ClassVar[str] = "deutsch_jozsa"

    n_qubits: int = parameter(3, ge(1), le(6), help="bits of the function")
    oracle_type: str = parameter(
        "balanced_random", in_(ORACLES), help="the function; balanced_alternating is the parity of all bits"
    )
    # 2 is the first one whose function of three bits takes gates on two qubits only.
    oracle_seed: int = parameter(2, ge(0), help="seed of balanced_random, drawn among all balanced functions")

    @property
    def num_qubits(self) -> int:
        """The bits and the ancilla."""
        return self.n_qubits + 1

    def sweep(self) -> Sweep:
        """Return the kind of function, as the only point."""
        return Sweep(Axis("oracle", [self.oracle_type]))

    def signal(self, oracle: str) -> Signal:
        """How often the kind of function is told rightly."""
        return self._answer(oracle).signal

    def circuit(self, oracle: str) -> QuantumCircuit:
        """Return the question and what is read."""
        from qiskit import QuantumCircuit

        bits = self.n_qubits
        circuit = QuantumCircuit(bits + 1, bits)
        circuit.x(bits)
        circuit.h(range(bits + 1))
        for monomial in np.flatnonzero(_monomials(self.table(oracle))):
            controls = [qubit for qubit in range(bits) if monomial >> qubit & 1]
            if controls:
                circuit.mcx(controls, bits)
            else:
                circuit.x(bits)
        circuit.h(range(bits))
        circuit.measure(range(bits), range(bits))
        return circuit

    def table(self, oracle: str) -> NDArray[np.int64]:
        """Return the function: 0 or 1 for each number that the bits can be, bit j being qubit j."""
        size = 2**self.n_qubits
        if oracle in CONSTANT:
            return np.full(size, int(oracle == "constant_1"))
        if oracle == "balanced_alternating":
            return np.array([number.bit_count() % 2 for number in range(size)])
        return np.random.default_rng(self.oracle_seed).permutation(np.arange(size) % 2)

    def answer(self) -> Answer:
        """Return that all zeros are right of a constant function, and everything else of a balanced one."""
        return self._answer(self.oracle_type)

    def control_answer(self) -> Answer:
        """Return the same of a function of the other kind."""
        return self._answer(self._other)

    def control(self) -> QuantumCircuit:
        """Return the question about a function of the other kind."""
        return self.circuit(self._other)

    def headline(self, success: Quantity) -> list[Quantity]:
        """Return how often all zeros were read."""
        zeros = success.value if self.oracle_type in CONSTANT else 1 - success.value
        return [Quantity("all_zeros_probability", zeros, success.stderr)]

    @property
    def _other(self) -> str:
        return "balanced_alternating" if self.oracle_type in CONSTANT else "constant_1"

    def _answer(self, oracle: str) -> Answer:
        outcomes, signs = labels(self.n_qubits), 1 - 2 * self.table(oracle)
        found = (_hadamard(signs.astype(float)) / len(signs)) ** 2
        distribution = dict(zip(outcomes, found.tolist(), strict=True))
        return Answer(tuple(outcomes[:1] if oracle in CONSTANT else outcomes[1:]), distribution)


def _monomials(table: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return which products of bits sum up to a function modulo 2, by the bits of their numbers (Moebius transform)."""
    found = table.copy()
    for bit in range(len(table).bit_length() - 1):
        with_bit = np.flatnonzero(np.arange(len(table)) >> bit & 1)
        found[with_bit] ^= found[with_bit ^ (1 << bit)]
    return found


def _hadamard(signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sum over x of sign(x) (-1)^(x . z), for each z."""
    found = signs.copy()
    for bit in range(len(signs).bit_length() - 1):
        with_bit = np.flatnonzero(np.arange(len(signs)) >> bit & 1)
        without = with_bit ^ (1 << bit)
        found[without], found[with_bit] = found[without] + found[with_bit], found[without] - found[with_bit]
    return found
