"""What devices and samplers answer, read circuit by circuit: counts, or why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.outcome import Failure

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.primitives import PubResult
    from qiskit.result import Result

REGISTER = "c"
"""All classical bits of a circuit for a sampler."""


def on_one_register(circuit: QuantumCircuit, qubits: Sequence[int]) -> QuantumCircuit:
    """
    Return a circuit on these qubits, whose classical bits are one register in their order.

    A sampler answers register by register, and tells nothing of bits that are in none or in two.
    """
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

    used = list(qubits)[: circuit.num_qubits]
    bits = ClassicalRegister(circuit.num_clbits, REGISTER)
    plain = QuantumCircuit(QuantumRegister(max(used) + 1, "q"), bits, name=circuit.name)
    plain.compose(circuit, qubits=used, clbits=list(bits), inplace=True)
    return plain


def of_result(result: Result, index: int, width: int, job_id: str) -> Counts | Failure:
    """Return the counts of one circuit of a device, or why it has none that can be read."""
    from qiskit.exceptions import QiskitError

    try:
        return Counts.from_dict(result.get_counts(index), width)
    except (QiskitError, ValueError) as error:
        reason = f"no counts: {error}"
    # Where one is told, the reason of the device is better than that of whoever looked for counts.
    status = str(result.results[index].status) if index < len(result.results) else ""
    return Failure(f"{reason}; {status}" if status.upper().startswith("ERROR") else reason, job_id)


def of_pub(result: PubResult, width: int, job_id: str) -> Counts | Failure:
    """Return the counts of one circuit of a sampler, or why it has none that can be read."""
    from qiskit.primitives import BitArray

    data = dict(result.data.items())
    bits = data.get(REGISTER)
    if not isinstance(bits, BitArray) or bits.num_bits != width:
        answer = ", ".join(f"{name}: {value!r:.80}" for name, value in data.items()) or "nothing"
        return Failure(
            f"no counts: the sampler should have read {width} bits into {REGISTER!r}, and gave {answer}", job_id
        )
    return Counts.from_dict(bits.get_counts(), width)
