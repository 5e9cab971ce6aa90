"""Bit order and width: which character of a key is which classical bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.testing.backends.counts import counts_hold_all_shots, each_circuit_gets_one_outcome
from oqtopus_experiments.testing.backends.places import places_of
from oqtopus_experiments.testing.backends.running import counts_of, expect
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def asymmetric(width: int) -> list[tuple[QuantumCircuit, str, str]]:
    """Return circuits that read one outcome, that outcome, and what is special about them, for so many qubits."""
    from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister

    wide = QuantumCircuit(1, 6)
    wide.x(0)
    wide.measure(0, 4)
    found = [(wide, "010000", "a qubit measured into bit 4 of six")]
    if width > 1:
        registers = QuantumCircuit(QuantumRegister(2), ClassicalRegister(2, "a"), ClassicalRegister(3, "b"))
        registers.x(1)
        registers.measure(1, registers.cregs[1][1])
        registers.measure(0, registers.cregs[0][0])
        found.append((registers, "01000", "registers of two and three bits, of which two are measured"))
        last = QuantumCircuit(QuantumRegister(1, "p"), QuantumRegister(1, "q"), ClassicalRegister(1, "c"))
        last.x(1)
        last.measure(1, 0)
        found.append((last, "1", "the second of two qubits, measured into the only bit"))
    if width > 2:  # qubits
        crossed = QuantumCircuit(3, 3)
        crossed.x([0, 1])
        crossed.measure([2, 0, 1], [1, 2, 0])
        found.append((crossed, "101", "three qubits, measured in another order"))
        uneven = QuantumCircuit(3, 3)
        uneven.x(0)
        uneven.measure([0, 1, 2], [0, 1, 2])
        found.append((uneven, "001", "the first of three qubits excited"))
    return found


@presupposing(each_circuit_gets_one_outcome, counts_hold_all_shots)
def bits_stand_where_they_were_measured(subject: BackendSubject) -> None:
    """The right-most character of a key is bit 0 of the first register; a key is as wide as the circuit has bits."""
    cases = asymmetric(len(places_of(subject).qubits))
    found = counts_of(subject, [circuit for circuit, _, _ in cases])
    for (circuit, key, what), counts in zip(cases, found, strict=True):
        if counts.width != circuit.num_clbits:
            message = f"{what}: the circuit has {circuit.num_clbits} classical bits, its counts {counts.width}"
            raise NotConforming(message)
        expect(subject, counts, key, what)


@presupposing(each_circuit_gets_one_outcome, counts_hold_all_shots, bits_stand_where_they_were_measured)
def bits_do_not_depend_on_the_physical_qubits(subject: BackendSubject) -> None:
    """A circuit on qubits 2, 0, 1 of a device reads the same bits as on 0, 1, 2."""
    qubits = places_of(subject).qubits[:3]
    if len(qubits) < 2:  # qubits
        message = "the device has one qubit"
        raise NotApplicable(message)
    cases = asymmetric(len(qubits))
    widest = max(circuit.num_qubits for circuit, _, _ in cases)
    turned = (*qubits[1:], qubits[0])[:widest]
    found = counts_of(subject, [circuit for circuit, _, _ in cases], physical_qubits=turned)
    for (_, key, what), counts in zip(cases, found, strict=True):
        expect(subject, counts, key, f"{what}, on physical qubits {', '.join(map(str, turned))}")
