"""What Qiskit knows of a device, as plain values: what was measured, when, and what only looks like a measurement."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target

Values: TypeAlias = dict[str, Any]
HALF_PI = ("sx", "x", "u2")
"""Driven gates of one qubit, the one whose error is meant first."""
PLACEHOLDER = 1.0
"""An error that stands for "not measured", or for a gate that is broken: no gate that works has it."""


@runtime_checkable
class _WithProperties(Protocol):
    """A device that also tells when each value was measured, as those of IBM and their snapshots do."""

    def properties(self) -> Any:
        """Return Qiskit's ``BackendProperties``, or None."""


@frozen(eq=False)
class Calibration:
    """
    The calibration of a device.

    Args:
        qubits: Fields of `QubitInfo`, one for each qubit.
        couplings: Fields of `CouplingInfo`, one for each pair in each direction.
        gates: Qiskit's names of the gates it runs as they are.
        placeholders: Values that are not measurements although they look like them, each in a sentence.
    """

    qubits: tuple[Values, ...]
    couplings: tuple[Values, ...]
    gates: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()


def calibration_of(device: BackendV2) -> Calibration:
    """Return what Qiskit knows of the calibration of a device; times in ns, dates by the name of the field."""
    from qiskit.circuit.library import get_standard_gate_name_mapping

    target, standard = device.target, get_standard_gate_name_mapping().keys() - {"measure", "reset", "delay"}
    told: list[str] = []
    reader = _Reader(target, _Measured.of(device), told)
    return Calibration(
        qubits=tuple(reader.qubit(index) for index in range(target.num_qubits or 0)),
        couplings=tuple(reader.couplings()),
        gates=tuple(sorted(name for name in target.operation_names if name in standard)),
        placeholders=tuple(told),
    )


@frozen(eq=False)
class _Measured:
    """Values with their dates: of qubits by number and name, of gates by name, qubits and name."""

    of_qubits: Mapping[tuple[int, str], Any] = field(factory=dict)
    of_gates: Mapping[tuple[str, tuple[int, ...], str], Any] = field(factory=dict)

    @classmethod
    def of(cls, device: BackendV2) -> _Measured:
        """Return those of a device; none where it tells no dates."""
        properties = device.properties() if isinstance(device, _WithProperties) else None
        if properties is None:
            return cls()
        return cls(
            {(i, value.name): value for i, values in enumerate(properties.qubits) for value in values},
            {(gate.gate, tuple(gate.qubits), value.name): value
             for gate in properties.gates for value in gate.parameters},
        )  # fmt: skip


@frozen(eq=False)
class _Reader:
    """Reads one device; what looks like a measurement and is not one goes to `told`."""

    target: Target
    measured: _Measured
    told: list[str]

    def qubit(self, index: int) -> Values:
        """Return the fields of one qubit."""
        known = self.target.qubit_properties[index] if self.target.qubit_properties else None
        name = next((name for name in HALF_PI if name in self.target.operation_names), "")
        gate = self.target[name].get((index,)) if name else None
        readout = self.target["measure"].get((index,)) if "measure" in self.target.operation_names else None
        where = f"of qubit {index}"
        # The target has one number for both errors; the calibration itself may have each.
        one = self._error(f"readout error {where}", None if readout is None else readout.error)
        zeros, ones = (self._of_qubit(index, key) for key in ("prob_meas1_prep0", "prob_meas0_prep1"))
        values = {
            "t1": _ns(known.t1 if known else None),
            "t2": _ns(known.t2 if known else None),
            "gate_error": self._error(f"gate error {where}", None if gate is None else gate.error),
            "gate_time": _ns(None if gate is None else gate.duration),
            "readout_error_0": one if one is None or zeros is None else _probability(zeros.value),
            "readout_error_1": one if one is None or ones is None else _probability(ones.value),
        }
        read = self._of_qubit(index, "readout_error")
        dated = {
            "t1": self._of_qubit(index, "T1"),
            "t2": self._of_qubit(index, "T2"),
            "gate_error": self.measured.of_gates.get((name, (index,), "gate_error")),
            "gate_time": self.measured.of_gates.get((name, (index,), "gate_length")),
            "readout_error_0": zeros or read,
            "readout_error_1": ones or read,
        }
        return {"index": index, **values, "dates": _dates(values, dated)}

    def couplings(self) -> Iterator[Values]:
        """Yield the fields of each coupling; where several gates couple a pair, those of the first."""
        found: dict[tuple[int, int], tuple[str, Any]] = {}
        for name in self.target.operation_names:
            for on, properties in (self.target[name] or {}).items():
                if on is not None and len(on) == 2:
                    found.setdefault((on[0], on[1]), (name, properties))
        for (control, target), (name, properties) in sorted(found.items(), key=lambda item: item[0]):
            where = f"gate error of coupling {control}-{target}"
            values = {
                "error": self._error(where, None if properties is None else properties.error),
                "gate_time": _ns(None if properties is None else properties.duration),
            }
            dated = {
                "error": self.measured.of_gates.get((name, (control, target), "gate_error")),
                "gate_time": self.measured.of_gates.get((name, (control, target), "gate_length")),
            }
            yield {"control": control, "target": target, **values, "dates": _dates(values, dated)}

    def _of_qubit(self, index: int, name: str) -> Any:
        return self.measured.of_qubits.get((index, name))

    def _error(self, what: str, value: float | None) -> float | None:
        if value is not None and value >= PLACEHOLDER:
            self.told.append(f"{what} is {value:g}: not a measurement")
            return None
        return _probability(value)


def _dates(values: Mapping[str, Any], dated: Mapping[str, Any]) -> dict[str, str]:
    """Return when the values that there are were measured, as far as that is known."""
    return {
        name: _iso(dated[name].date) for name, value in values.items() if value is not None and dated[name] is not None
    }


def _iso(date: Any) -> str:
    return date.isoformat() if isinstance(date, datetime) else str(date)


def _probability(value: float | None) -> float | None:
    return float(value) if value is not None and 0 <= value <= 1 else None


def _ns(seconds: float | None) -> float | None:
    return seconds * 1e9 if seconds is not None and math.isfinite(seconds) and seconds > 0 else None
