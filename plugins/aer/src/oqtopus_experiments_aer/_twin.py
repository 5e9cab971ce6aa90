"""From the calibration of a device to the noise of its twin: what was measured there, and nothing else."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs

from oqtopus_experiments import CouplingInfo, DeviceError, DeviceInfo, QubitInfo
from oqtopus_experiments_aer._profile import PairNoise, QubitNoise

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

_NEEDED = ("t1", "t2", "gate_error", "gate_time", "readout_error_0", "readout_error_1")


def as_device(value: Any) -> DeviceInfo | None:
    """
    Return the device that ``like`` means: one given as it is, a snapshot file (*.json), or a name to look up.

    Raises:
        ValueError: For anything else.
        BackendError: When it cannot be looked up.
        StoreError: When the file is not a snapshot.
    """
    if value is None or isinstance(value, DeviceInfo):
        return value
    if isinstance(value, Mapping):  # as a run folder keeps it
        return DeviceInfo.from_json(value, "'like'")
    if not isinstance(value, str) or not value.strip():
        message = f"'like' must be the name of a device, a snapshot file (*.json) or a DeviceInfo, not {value!r}"
        raise ValueError(message)
    from oqtopus_experiments import find_device

    return find_device(value)


def check_measured(instance: Any, field: attrs.Attribute[Any], info: DeviceInfo) -> None:
    """Refuse a device of which nothing was measured, such as a simulator."""
    if not any(not missing(qubit, {}) for qubit in info.qubits):
        told = "; ".join(info.placeholders[:3]) or "the service gives no calibration"
        message = f"'like': {info.summary.name!r} has no measured qubit to be like: {told}"
        raise ValueError(message)


def missing(qubit: QubitInfo, given: Mapping[str, Any]) -> list[str]:
    """Return what was not measured of a qubit and is not given instead."""
    stands_for = {"gate_error": "single_qubit_error", "gate_time": "single_qubit_gate_time"}
    return [name for name in _NEEDED if getattr(qubit, name) is None and given.get(stands_for.get(name, name)) is None]


def check_used(
    info: DeviceInfo,
    circuits: Sequence[QuantumCircuit],
    physical_qubits: tuple[int, ...],
    given: Mapping[int, QubitNoise],
) -> None:
    """
    Refuse circuits that act on qubits of which something was not measured: a placeholder is not a prediction.

    Raises:
        DeviceError: Naming qubits and values.
    """
    known = {qubit.index: qubit for qubit in info.qubits}
    for index in _acted_on(circuits, physical_qubits):
        if index not in known:
            message = f"{info.summary.name!r} has no qubit {index}, so its twin has none; it has {sorted(known)}"
            raise DeviceError(message)
        lacking = missing(known[index], attrs.asdict(given[index]) if index in given else {})
        if lacking:
            why = [text for text in info.placeholders if f"qubit {index} " in f"{text} "]
            message = (
                f"no twin of qubit {index} of {info.summary.name!r}: {', '.join(lacking)} not measured"
                f"{' (' + '; '.join(why) + ')' if why else ''}; give your own values in `qubits`, or use other qubits"
            )
            raise DeviceError(message)


def _acted_on(circuits: Sequence[QuantumCircuit], physical_qubits: tuple[int, ...]) -> list[int]:
    """Return the device qubits something happens to; those that are only declared need no noise."""
    from qiskit.circuit import Barrier

    used: set[int] = set()
    for circuit in circuits:
        acted = {q for i in circuit.data if not isinstance(i.operation, Barrier) for q in i.qubits}
        used.update(physical_qubits[circuit.find_bit(qubit).index] for qubit in acted)
    return sorted(used)


def check_pairs(info: DeviceInfo, circuits: Sequence[QuantumCircuit], physical_qubits: tuple[int, ...]) -> None:
    """
    Refuse gates between qubits whose coupling was not measured, or that have none.

    Raises:
        DeviceError: Naming the pair.
    """
    from qiskit.circuit import Barrier

    known = pair_noise(info)
    for circuit in circuits:
        for instruction in circuit.data:
            if len(instruction.qubits) < 2 or isinstance(instruction.operation, Barrier):
                continue
            places = [physical_qubits[circuit.find_bit(qubit).index] for qubit in instruction.qubits]
            for one, other in itertools.combinations(places, 2):
                if frozenset((one, other)) not in known:
                    message = (
                        f"no twin of {instruction.operation.name!r} on qubits {one} and {other} of "
                        f"{info.summary.name!r}: not coupled there, or error and duration not measured"
                    )
                    raise DeviceError(message)


def qubit_noise(info: DeviceInfo) -> dict[int, QubitNoise]:
    """Return the noise of every qubit as far as it was measured."""
    return {qubit.index: _noise(qubit) for qubit in info.qubits}


def pair_noise(info: DeviceInfo) -> dict[frozenset[int], PairNoise]:
    """Return the noise of every coupling whose error and duration were measured."""
    qubits = qubit_noise(info)
    return {
        frozenset((c.control, c.target)): _pair(c, qubits[c.control], qubits[c.target])
        for c in info.couplings
        if c.error is not None and c.gate_time is not None and {c.control, c.target} <= qubits.keys()
    }


def _noise(qubit: QubitInfo) -> QubitNoise:
    # Echo times above 2 T1 are within the error of their measurement.
    t2 = qubit.t2 if qubit.t1 is None or qubit.t2 is None else min(qubit.t2, 2 * qubit.t1)
    error = None
    if qubit.gate_error is not None and qubit.gate_time is not None:
        relaxing = _idling(qubit.gate_time, qubit.t1, t2)
        error = beyond_relaxation(qubit.gate_error, relaxing, 1)
    return QubitNoise(
        t1=qubit.t1,
        t2=t2,
        single_qubit_gate_time=qubit.gate_time,
        single_qubit_error=error,
        readout_error_0=qubit.readout_error_0,
        readout_error_1=qubit.readout_error_1,
    )


def _pair(coupling: CouplingInfo, one: QubitNoise, other: QubitNoise) -> PairNoise:
    time, error = coupling.gate_time or 0.0, coupling.error or 0.0
    relaxing = _idling(time, one.t1, one.t2) * _idling(time, other.t1, other.t2)
    return PairNoise(gate_time=time, error=beyond_relaxation(error, relaxing, 2))


def _idling(duration: float, t1: float | None, t2: float | None) -> float:
    """
    Return the entanglement fidelity of waiting: (1 + exp(-t/T1) + 2 exp(-t/T2)) / 4.

    A quarter of the trace of the Pauli transfer matrix of amplitude and phase damping.
    """
    return (1 + (math.exp(-duration / t1) if t1 else 1.0) + 2 * (math.exp(-duration / t2) if t2 else 1.0)) / 4


def beyond_relaxation(error: float, entanglement_fidelity: float, qubits: int) -> float:
    """
    Return the depolarizing probability that, beside relaxation, gives a gate its error.

    The average fidelity of a channel is (d F_e + 1) / (d + 1) (M. A. Nielsen, Phys. Lett. A 303, 249 (2002)), and
    depolarizing with probability p takes p (1 - 1/d) from it; small errors add.

    Args:
        error: One minus the average gate fidelity.
        entanglement_fidelity: That of relaxing while the gate lasts.
        qubits: Of the gate.
    """
    size = 2**qubits
    relaxation = 1 - (size * entanglement_fidelity + 1) / (size + 1)
    return float(min(1.0, max(0.0, (error - relaxation) / (1 - 1 / size))))
