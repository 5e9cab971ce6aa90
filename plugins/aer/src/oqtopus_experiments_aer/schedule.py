"""When things happen: gates start as soon as their qubits are free, and waiting is written down as idling."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from oqtopus_experiments.simulation import Step, nanoseconds
from oqtopus_experiments_aer.drive import VIRTUAL, native
from oqtopus_experiments_aer.profile import Profile


@frozen
class Idle:
    """Nothing happens to a qubit for a time, ns. Stands where a step has its operation."""

    duration: float
    name: str = "idle"


def scheduled(steps: Iterable[Step], physical_qubits: tuple[int, ...], profile: Profile) -> list[Step]:
    """
    Return the steps with explicit idling, without barriers and delays.

    Barriers make their qubits wait for each other. Every step keeps the qubits of the circuit.

    Raises:
        UnsupportedOperationError: For a delay that is not given in units of time.
    """
    free: dict[int, float] = {}
    elapsed: dict[int, float] = {}
    timed: list[Step] = []

    def wait(qubit: int, until: float) -> None:
        gap = until - elapsed.get(qubit, 0.0)
        # Differences of sums leave 1e-12 ns behind; nothing in a circuit is that short.
        if gap > 1e-6:
            timed.append(Step(Idle(gap), (qubit,), (), ("idle", round(gap, 6))))
        elapsed[qubit] = free[qubit] = until

    for step in (small for large in steps for small in native(large)):
        name = step.name
        start = max((free.get(qubit, 0.0) for qubit in step.qubits), default=0.0)
        if name == "barrier":
            free.update(dict.fromkeys(step.qubits, start))
        elif name == "delay":
            free[step.qubits[0]] = start + nanoseconds(step.operation)
        else:
            duration = _duration(step, physical_qubits, profile)
            for qubit in step.qubits:
                wait(qubit, start)
                elapsed[qubit] = free[qubit] = start + duration
            timed.append(step)
    return timed


def _duration(step: Step, physical_qubits: tuple[int, ...], profile: Profile) -> float:
    if step.name in VIRTUAL or step.name in ("measure", "reset"):
        return 0.0
    if len(step.qubits) == 2:
        return profile.pair(*(physical_qubits[qubit] for qubit in step.qubits)).gate_time
    return profile.of(physical_qubits[step.qubits[0]]).single_qubit_gate_time or 0.0
