"""Grover: marked states found by amplifying their amplitude."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Signal, Sweep, ge, le, parameter
from oqtopus_experiments_algorithms._known_outcome import Answer, KnownOutcome, labels

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def as_states(given: Any) -> Any:
    """Return numbers in a tuple, none of them for ``"random"``; anything else as it is, for its check to refuse."""
    if isinstance(given, str):
        return () if given == "random" else given
    return tuple(given) if isinstance(given, Iterable) else given


def check_states(instance: Grover, field: attrs.Attribute[Any], states: tuple[int, ...]) -> None:
    """Refuse states that there are not, twice the same, or so many that nothing is left to search."""
    size = 2**instance.n_qubits
    if any(not 0 <= state < size for state in states) or len(set(states)) < len(states):
        message = f"{field.name!r} must be different numbers from 0 to {size - 1}: {list(states)!r:.60}"
        raise ValueError(message)
    if len(states) >= size:
        message = f"{field.name!r} are all {size} states: there is nothing to search"
        raise ValueError(message)


@frozen(kw_only=True)
class Grover(KnownOutcome):
    """
    The probability to read a marked state after the best number of Grover's iterations.

    Reports `success_probability`, `kept_advantage` of it over coin flips and `control_success`, the same with other
    states marked. Of M marked states among N the ideal after k iterations is sin^2((2 k + 1) asin sqrt(M/N)).

    Source: L. K. Grover, Phys. Rev. Lett. 79, 325 (1997); the number of iterations is that of M. Boyer, G. Brassard,
    P. Hoyer, A. Tapp, Fortschr. Phys. 46, 493 (1998).
    """

    name: ClassVar[str] = "grover"

    n_qubits: int = parameter(2, ge(2), le(6), help="qubits that are searched")
    marked_states: tuple[int, ...] = parameter(
        (),
        check_states,
        converter=as_states,
        help="numbers of the marked states, bit j on qubit j; none: some at random",
    )
    num_iterations: int | None = parameter(
        None, ge(0), le(50), help="iterations (default: round(pi / (4 asin sqrt(M/N)) - 1/2))"
    )
    oracle_seed: int = parameter(0, ge(0), help="seed of marked states that are drawn")

    @property
    def num_qubits(self) -> int:
        """Those that are searched."""
        return self.n_qubits

    @property
    def marked(self) -> tuple[int, ...]:
        """The marked states; drawn are one of four, two of more."""
        if self.marked_states:
            return tuple(sorted(self.marked_states))
        size = 2**self.n_qubits
        drawn = np.random.default_rng(self.oracle_seed).choice(size, min(2, size // 4), replace=False)
        return tuple(sorted(int(state) for state in drawn))

    @property
    def iterations(self) -> int:
        """How often the amplitude is amplified."""
        return self._best if self.num_iterations is None else self.num_iterations

    def sweep(self) -> Sweep:
        """Return the marked states, as the only point."""
        return Sweep(Axis("marked", [self._label(self.marked)]))

    def signal(self, marked: str) -> Signal:
        """How often a marked state is read."""
        return self._answer(_states(marked)).signal

    def circuit(self, marked: str) -> QuantumCircuit:
        """Return so many iterations of oracle and reflection, measured."""
        from qiskit import QuantumCircuit

        everything = range(self.n_qubits)
        circuit = QuantumCircuit(self.n_qubits, self.n_qubits)
        circuit.h(everything)
        for _ in range(self.iterations):
            for state in _states(marked):
                _flip(circuit, state)
            circuit.h(everything)
            _flip(circuit, 0)
            circuit.h(everything)
        circuit.measure(everything, everything)
        return circuit

    def notes(self) -> Sequence[str]:
        """Return that nothing is to be seen where the ideal is no better than coins."""
        answer = self.answer()
        if answer.ideal > answer.floor * (1 + 1e-9):
            return []
        message = (
            f"after {self.iterations} iterations a perfect device finds a marked state with {answer.ideal:.3g}, coins "
            f"with {answer.floor:.3g}; mark fewer states, or leave num_iterations out, which is {self._best}"
        )
        return [message]

    def answer(self) -> Answer:
        """Return that the marked states are right."""
        return self._answer(self.marked)

    def control_answer(self) -> Answer:
        """Return that the other states are right that are marked in the control."""
        return self._answer(self._others)

    def control(self) -> QuantumCircuit:
        """Return the search for other states."""
        return self.circuit(self._label(self._others))

    @property
    def _best(self) -> int:
        return max(0, round(math.pi / (4 * math.asin(math.sqrt(len(self.marked) / 2**self.n_qubits))) - 0.5))

    @property
    def _others(self) -> tuple[int, ...]:
        """As many states, reached by flipping the same bits of each: as few of the marked ones as can be."""
        known = set(self.marked)
        masks = sorted(range(1, 2**self.n_qubits), key=lambda mask: (sum(s ^ mask in known for s in known), -mask))
        return tuple(sorted(state ^ masks[0] for state in known))

    def _label(self, states: Iterable[int]) -> str:
        return " ".join(f"{state:0{self.n_qubits}b}" for state in states)

    def _answer(self, states: Sequence[int]) -> Answer:
        outcomes, size = labels(self.n_qubits), 2**self.n_qubits
        angle = math.asin(math.sqrt(len(states) / size))
        ideal = math.sin((2 * self.iterations + 1) * angle) ** 2
        parts = np.full(size, (1 - ideal) / (size - len(states)))
        parts[list(states)] = ideal / len(states)
        return Answer(tuple(outcomes[state] for state in states), dict(zip(outcomes, parts.tolist(), strict=True)))


def _states(marked: str) -> list[int]:
    return [int(state, 2) for state in marked.split()]


def _flip(circuit: QuantumCircuit, state: int) -> None:
    """Turn the sign of one state, by a z on the last qubit that all others control."""
    qubits = circuit.num_qubits
    zeros = [qubit for qubit in range(qubits) if not state >> qubit & 1]
    if zeros:
        circuit.x(zeros)
    if qubits == 2:
        circuit.cz(0, 1)
    else:
        circuit.h(qubits - 1)
        circuit.mcx(list(range(qubits - 1)), qubits - 1)
        circuit.h(qubits - 1)
    if zeros:
        circuit.x(zeros)
