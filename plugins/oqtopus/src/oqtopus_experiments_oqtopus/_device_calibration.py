"""A calibration file of the service in our values: times in ns, errors, and nothing that only looks measured."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import Factory, frozen

from oqtopus_experiments import CouplingInfo, DeviceError, QubitInfo

MOST_QUBITS = 100_000
"""Qubits of a device that are believed; numbers of qubits lie below it."""
MOST_COUPLINGS = 1_000_000

# Written by the calibration service where it has no value of the last 24 hours.
_PLACEHOLDER_TIME_US = 100.0
_PLACEHOLDER_FIDELITY = 0.25
_PLACEHOLDER_READOUT = 0.75
_LONGEST_US = 1e9
_LONGEST_NS = 1e12
_FARTHEST = 1e6
_NOTES = 20


@frozen
class Calibration:
    """
    What a calibration file says.

    Args:
        simulated: Whether the device is a simulator, whose file holds defaults.
        told: Values that are not measurements although they look like them, each in a sentence.
        odd: Values that cannot be, each in a sentence; they are not known.
    """

    simulated: bool
    told: list[str] = Factory(list)
    odd: list[str] = Factory(list)

    def qubits(self, entries: Any) -> tuple[QubitInfo, ...]:
        """
        Return the qubits; of two entries for one qubit the first counts.

        Raises:
            DeviceError: When there are more than a device can have.
            ValueError: When it is not a list of objects with a number.
        """
        found: dict[int, QubitInfo] = {}
        for entry in _objects(entries, "qubits", MOST_QUBITS):
            index = _index(entry.get("id"), "qubit")
            if index in found:
                self._note(f"qubit {index} is listed again")
                continue
            found[index] = self._qubit(index, entry)
        return tuple(found.values())

    def couplings(self, entries: Any) -> tuple[CouplingInfo, ...]:
        """Return the couplings; arguments and errors as for `qubits`."""
        found: dict[tuple[int, int], CouplingInfo] = {}
        for entry in _objects(entries, "couplings", MOST_COUPLINGS):
            pair = _index(entry.get("control"), "coupling"), _index(entry.get("target"), "coupling")
            if pair in found or pair[0] == pair[1]:
                self._note(f"coupling {pair[0]}->{pair[1]} is listed again, or couples a qubit to itself")
                continue
            found[pair] = self._coupling(*pair, entry)
        return tuple(found.values())

    def notes(self) -> tuple[str, ...]:
        """Return what is odd: not all of it, when it is much."""
        rest = len(self.odd) - _NOTES
        return (*self.odd[:_NOTES], *((f"{rest} more values cannot be",) if rest > 0 else ()))

    def _qubit(self, index: int, entry: Mapping[str, Any]) -> QubitInfo:
        name = f"qubit {index}"
        lifetime, readout = self._part(entry, "qubit_lifetime", name), self._part(entry, "meas_error", name)

        def time(key: str) -> float | None:
            value = self._measured(lifetime.get(key), _PLACEHOLDER_TIME_US, f"{key} of {name}", _is_time)
            return None if value is None else value * 1000.0

        def misread(key: str) -> float | None:
            return self._measured(readout.get(key), _PLACEHOLDER_READOUT, f"{key} of {name}", _is_share)

        chip = entry.get("physical_id")
        if not (chip is None or (type(chip) is int and chip >= 0)):
            self._note(f"physical_id of {name} is not a number of a qubit")
            chip = None
        return QubitInfo(
            index=index,
            chip_index=chip,
            position=self._position(entry.get("position"), name),
            t1=time("t1"),
            t2=time("t2"),
            gate_error=self._error(entry, name),
            gate_time=self._duration(entry, ("x", "sx"), name),
            readout_error_0=misread("prob_meas1_prep0"),
            readout_error_1=misread("prob_meas0_prep1"),
        )

    def _coupling(self, control: int, target: int, entry: Mapping[str, Any]) -> CouplingInfo:
        name = f"coupling {control}->{target}"
        return CouplingInfo(
            control=control,
            target=target,
            error=self._error(entry, name),
            gate_time=self._duration(entry, ("rzx90", "cx"), name),
        )

    def _error(self, entry: Mapping[str, Any], name: str) -> float | None:
        fidelity = self._measured(entry.get("fidelity"), _PLACEHOLDER_FIDELITY, f"fidelity of {name}", _is_share)
        return None if fidelity is None else round(1.0 - fidelity, 12)

    def _duration(self, entry: Mapping[str, Any], gates: Sequence[str], name: str) -> float | None:
        durations = self._part(entry, "gate_duration", name)
        found = next((gate for gate in gates if gate in durations), gates[0])
        return self._number(durations.get(found), f"duration of {found} of {name}", _is_duration)

    def _position(self, place: Any, name: str) -> tuple[float, float] | None:
        if not place:
            return None
        x: Any = place.get("x") if isinstance(place, Mapping) else None
        y: Any = place.get("y") if isinstance(place, Mapping) else None
        if not (_is_place(x) and _is_place(y)):
            self._note(f"position of {name} is not a place")
            return None
        return float(x), float(y)

    def _part(self, entry: Mapping[str, Any], key: str, name: str) -> Mapping[str, Any]:
        part = entry.get(key) or {}
        if not isinstance(part, Mapping):
            self._note(f"{key} of {name} is not an object")
            return {}
        return part

    def _measured(self, value: Any, placeholder: float, name: str, fits: Callable[[Any], bool]) -> float | None:
        """Return a value that was measured; one that was only filled in becomes None and is told by name."""
        number = self._number(value, name, fits)
        if number is None or self.simulated:
            return None
        if number == placeholder:
            self.told.append(f"{name} is {number:g}, which the service writes where nothing was measured")
            return None
        return number

    def _number(self, value: Any, name: str, fits: Callable[[Any], bool]) -> float | None:
        if value is not None and fits(value):
            return float(value)
        if value is not None:
            self._note(f"{name} cannot be {value!r:.40}")
        return None

    def _note(self, text: str) -> None:
        self.odd.append(f"{text}; it is not known")


def _objects(entries: Any, what: str, most: int) -> Sequence[Mapping[str, Any]]:
    found = entries or ()
    if not isinstance(found, (list, tuple)) or not all(isinstance(entry, Mapping) for entry in found):
        message = f"{what} must be a list of objects"
        raise ValueError(message)
    if len(found) > most:
        message = f"its device info lists {len(found)} {what}; no more than {most} are believed"
        raise DeviceError(message)
    return found


def _index(value: Any, what: str) -> int:
    if type(value) is not int or not 0 <= value < MOST_QUBITS:
        message = f"a {what} has the number {value!r:.40}, not one of 0..{MOST_QUBITS - 1}"
        raise ValueError(message)
    return value


def _is_finite(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_time(value: Any) -> bool:
    return _is_finite(value) and 0 < value <= _LONGEST_US


def _is_share(value: Any) -> bool:
    return _is_finite(value) and 0 <= value <= 1


def _is_duration(value: Any) -> bool:
    return _is_finite(value) and 0 <= value <= _LONGEST_NS


def _is_place(value: Any) -> bool:
    return _is_finite(value) and abs(value) <= _FARTHEST
