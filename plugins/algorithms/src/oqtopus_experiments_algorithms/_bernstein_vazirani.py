"""Bernstein and Vazirani: a secret that is read at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments import Axis, Signal, Sweep, ge, le, parameter
from oqtopus_experiments_algorithms._known_outcome import Answer, KnownOutcome, labels

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

LONGEST = 8
USUAL = 4


def check_secret(instance: BernsteinVazirani, field: attrs.Attribute[Any], secret: str) -> None:
    """Refuse what is no bit string of the length asked for."""
    if not secret or secret.strip("01") or len(secret) > LONGEST:
        message = f"{field.name!r} must be a bit string of 1 to {LONGEST} characters, not {secret!r:.40}"
        raise ValueError(message)
    if instance.n_bits not in (USUAL, len(secret)):
        message = f"{field.name!r} has {len(secret)} bits, not n_bits = {instance.n_bits}; leave n_bits out"
        raise ValueError(message)


@frozen(kw_only=True)
class BernsteinVazirani(KnownOutcome):
    """
    The probability to read a secret bit string by one question to its oracle, f(x) = secret . x.

    Reports `success_probability`, `kept_advantage` of it over coin flips and `control_success`, the same for the
    complement of the secret. The last qubit is the ancilla, which each bit that is 1 acts on by a cx: a device needs
    couplings of all qubits to it.

    Source: E. Bernstein, U. Vazirani, "Quantum complexity theory", SIAM J. Comput. 26, 1411 (1997).
    """

    name: ClassVar[str] = "bernstein_vazirani"

    n_bits: int = parameter(USUAL, ge(1), le(LONGEST), help="length of a secret that is drawn")
    secret_string: str | None = parameter(
        None, check_secret, help="the secret, its right-most bit on the first qubit (default: drawn with oracle_seed)"
    )
    oracle_seed: int = parameter(0, ge(0), help="seed of a secret that is drawn")

    @property
    def num_qubits(self) -> int:
        """The bits and the ancilla."""
        return len(self.secret) + 1

    @property
    def secret(self) -> str:
        """The secret; one that is drawn has a 1."""
        if self.secret_string is not None:
            return self.secret_string
        return f"{np.random.default_rng(self.oracle_seed).integers(1, 2**self.n_bits):0{self.n_bits}b}"

    def sweep(self) -> Sweep:
        """Return the secret, as the only point."""
        return Sweep(Axis("secret", [self.secret]))

    def signal(self, secret: str) -> Signal:
        """How often the secret is read."""
        return _answer(secret).signal

    def circuit(self, secret: str) -> QuantumCircuit:
        """Return the question and what is read."""
        from qiskit import QuantumCircuit

        bits = len(secret)
        circuit = QuantumCircuit(bits + 1, bits)
        circuit.x(bits)
        circuit.h(range(bits + 1))
        for qubit, bit in enumerate(reversed(secret)):
            if bit == "1":
                circuit.cx(qubit, bits)
        circuit.h(range(bits))
        circuit.measure(range(bits), range(bits))
        return circuit

    def answer(self) -> Answer:
        """Return that the secret is right."""
        return _answer(self.secret)

    def control_answer(self) -> Answer:
        """Return that its complement is right."""
        return _answer(_complement(self.secret))

    def control(self) -> QuantumCircuit:
        """Return the question about the complement."""
        return self.circuit(_complement(self.secret))


def _answer(secret: str) -> Answer:
    return Answer((secret,), {outcome: float(outcome == secret) for outcome in labels(len(secret))})


def _complement(secret: str) -> str:
    return secret.translate(str.maketrans("01", "10"))
