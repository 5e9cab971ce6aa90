"""When things happen: as late as what follows allows, and waiting is written down as idling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import frozen

from oqtopus_experiments.simulation import Step, nanoseconds
from oqtopus_experiments_aer._drive import native
from oqtopus_experiments_aer._native_gates import VIRTUAL
from oqtopus_experiments_aer._profile import Profile


@frozen
class Idle:
    """Nothing happens to a qubit for a time, ns. Stands where a step has its operation."""

    duration: float
    name: str = "idle"


def scheduled(steps: Iterable[Step], physical_qubits: tuple[int, ...], profile: Profile) -> list[Step]:
    """
    Return the steps with explicit idling, without barriers and delays.

    Barriers make their qubits wait for each other. The last of each qubit, such as its measurement, comes as soon as
    it can, and what is before it as late as it can: a qubit with less to do than another waits in its ground state,
    not with what it holds. That waiting is left out, since nothing happens in it, as all waiting is where time does
    nothing to any qubit. Every step keeps the qubits of the circuit.

    Raises:
        UnsupportedOperationError: For a delay that is not given in units of time.
    """
    small = [step for large in steps for step in native(large, profile.gates)]
    lengths = [_duration(step, physical_qubits, profile) for step in small]
    if not any(profile.of(place).ages for place in physical_qubits):
        return [step for step in small if step.name not in ("barrier", "delay")]
    free: dict[int, float] = {}
    timed: list[Step] = []
    for step, length, start in zip(small, lengths, _starts(small, lengths), strict=True):
        if step.name in ("barrier", "delay"):
            continue
        for qubit in step.qubits:
            # Differences of sums leave 1e-12 ns behind; nothing in a circuit is that short.
            gap = round(start - free.get(qubit, start), 6)
            if gap > 0:
                timed.append(Step(Idle(gap), (qubit,), (), ("idle", gap)))
            free[qubit] = start + length
        timed.append(step)
    return timed


def _starts(steps: Sequence[Step], lengths: Sequence[float]) -> list[float]:
    """Return when each step starts, ns: what nothing follows as soon as possible, the rest as late as possible."""
    free: dict[int, float] = {}
    starts = []
    for step, length in zip(steps, lengths, strict=True):
        if len(step.qubits) == 1:  # most are, and need no maximum
            start = free.get(step.qubits[0], 0.0)
            free[step.qubits[0]] = start + length
        else:
            start = max((free.get(qubit, 0.0) for qubit in step.qubits), default=0.0)
            free.update(dict.fromkeys(step.qubits, start + length))
        starts.append(start)
    due: dict[int, float] = {}
    for i in range(len(steps) - 1, -1, -1):
        step = steps[i]
        follows = [due[qubit] for qubit in step.qubits if qubit in due]
        if follows:
            starts[i] = min(follows) - lengths[i]
        # A barrier after the last of a qubit keeps nobody waiting.
        held = due.keys() & set(step.qubits) if step.name == "barrier" else step.qubits
        for qubit in held:
            due[qubit] = starts[i]
    return starts


def _duration(step: Step, physical_qubits: tuple[int, ...], profile: Profile) -> float:
    if step.name == "delay":
        return nanoseconds(step.operation)
    if step.name in VIRTUAL or step.name in ("measure", "reset", "barrier"):
        return 0.0
    if len(step.qubits) == 2:
        return profile.pair(*(physical_qubits[qubit] for qubit in step.qubits)).gate_time
    return profile.of(physical_qubits[step.qubits[0]]).single_qubit_gate_time or 0.0
