"""Where circuits of the kit run: a few coupled qubits of a device."""

from __future__ import annotations

from attrs import frozen

from oqtopus_experiments.contracts.devices import DeviceInfo
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.errors import DeviceError
from oqtopus_experiments.plugins import _backend_calls as calls

MOST = 4
"""Qubits of the largest circuit with probabilities that are not known beforehand."""


@frozen
class Places:
    """
    Qubits of a device.

    Args:
        qubits: Qubit i of a circuit is ``qubits[i]`` of the device.
        pairs: Which qubits of a circuit, by their positions, a gate of two may act on, in this order; None for any.
    """

    qubits: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...] | None = None


def device_of(subject: BackendSubject) -> DeviceInfo | None:
    """Return what a backend says of the device it runs on; None where it has none to describe."""
    try:
        return calls.device_info(subject.backend)
    except DeviceError:
        return None


def places_of(subject: BackendSubject) -> Places:
    """Return up to four qubits: those the subject names, else the first that hang together by couplings."""
    device = device_of(subject)
    couplings = [] if device is None else [(pair.control, pair.target) for pair in device.couplings]
    if subject.physical_qubits is not None:
        chosen = list(subject.physical_qubits[:MOST])
    elif couplings:
        chosen = _connected(couplings)
    else:
        chosen = list(range(min(MOST, _size(device) or MOST)))
    if not couplings:
        return Places(tuple(chosen))
    inside = {tuple(map(chosen.index, pair)) for pair in couplings if set(pair) <= set(chosen)}
    return Places(tuple(chosen), tuple(sorted((a, b) for a, b in inside)))


def _size(device: DeviceInfo | None) -> int | None:
    return None if device is None else device.summary.num_qubits or len(device.qubits) or None


def size_of(subject: BackendSubject) -> int | None:
    """Return how many qubits the device has; None where nobody says."""
    return _size(device_of(subject))


def _connected(couplings: list[tuple[int, int]]) -> list[int]:
    chosen = [min(min(pair) for pair in couplings)]
    while len(chosen) < MOST:
        beside = {qubit for pair in couplings if set(pair) & set(chosen) for qubit in pair} - set(chosen)
        if not beside:
            break
        chosen.append(min(beside))
    return chosen
