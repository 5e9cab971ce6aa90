"""A compiled circuit with all its waits written out: as late as possible, so that nothing decays unasked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import Target

_UNTIMED = frozenset({"barrier", "delay"})


def scheduled(circuit: QuantumCircuit, target: Target) -> QuantumCircuit:
    """
    Return a circuit with delays as the device will run it: every wait for another qubit a delay of its own.

    A device may begin each qubit as soon as it can; then a qubit that is quickly excited waits for the others, and
    what is measured is more than what was waited. As late as possible, a qubit waits before its first gate.

    Circuits without delays, and those whose gates have no known length on the grid of the clock, are left to the
    device: their times are not what is measured, or nobody knows them.

    Args:
        circuit: In the gates of the device, its delays in ticks.
        target: The device.
    """
    from qiskit.transpiler import PassManager
    from qiskit.transpiler.passes import ALAPScheduleAnalysis, PadDelay, TimeUnitConversion

    if "delay" not in circuit.count_ops() or not _is_timed(circuit, target):
        return circuit
    manager = PassManager(
        [
            TimeUnitConversion(target=target),
            ALAPScheduleAnalysis(target=target),
            # Qubits that only idle stay out of it: a simulator would have to follow each of them.
            PadDelay(fill_very_end=False, target=target),
        ]
    )
    padded: QuantumCircuit = manager.run(circuit)
    return padded


def _is_timed(circuit: QuantumCircuit, target: Target) -> bool:
    """Return whether the device knows how long all of a circuit takes, each in whole steps of its clock."""
    if not target.dt:
        return False
    ticks = math.lcm(target.granularity, target.pulse_alignment, target.acquire_alignment)
    for instruction in circuit.data:
        if instruction.name in _UNTIMED:
            continue
        known = target[instruction.name] if instruction.name in target.operation_names else {}
        properties = (known or {}).get(tuple(circuit.find_bit(qubit).index for qubit in instruction.qubits))
        if properties is None or properties.duration is None:
            return False
        length = properties.duration / target.dt
        if instruction.name != "measure" and abs(length - round(length / ticks) * ticks) > 1e-3:
            return False
    return True
