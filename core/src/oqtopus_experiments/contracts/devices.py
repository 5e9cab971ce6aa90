"""What a backend knows about its devices: a list to choose from, and the calibration of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments.errors import StoreError

FORMAT = 1
"""Version of a saved snapshot."""


@frozen(kw_only=True)
class DeviceSummary:
    """
    One line of a list of devices.

    Args:
        name: Its name.
        kind: ``"QPU"`` or ``"simulator"``.
        status: ``"available"`` or what else the service says.
        queue: Jobs waiting; None when the service does not say.
        num_qubits: Its size; None when the service does not say.
        calibrated_at: Time of the last calibration, ISO 8601; empty when there is none.
        description: One phrase.
    """

    name: str
    kind: str
    status: str
    queue: int | None = None
    num_qubits: int | None = None
    calibrated_at: str = ""
    description: str = ""


@frozen(kw_only=True)
class QubitInfo:
    """
    Calibration of one qubit; None where nothing is known.

    Args:
        index: Number used in programs.
        chip_index: Number on the chip.
        position: Place in a drawing, any unit.
        t1: Energy relaxation time, ns.
        t2: Dephasing time (echo), ns.
        gate_error: One minus the fidelity of a half-pi pulse.
        gate_time: Duration of a driven one-qubit gate, ns.
        readout_error_0: Probability to read 1 when 0 was prepared.
        readout_error_1: Probability to read 0 when 1 was prepared.
    """

    index: int
    chip_index: int | None = None
    position: tuple[float, float] | None = None
    t1: float | None = None
    t2: float | None = None
    gate_error: float | None = None
    gate_time: float | None = None
    readout_error_0: float | None = None
    readout_error_1: float | None = None


@frozen(kw_only=True)
class CouplingInfo:
    """
    A two-qubit gate from `control` to `target`; its error (one minus fidelity) and duration in ns, where known.

    Couplings are directed: the gate exists this way round only, unless the other way is listed too.
    """

    control: int
    target: int
    error: float | None = None
    gate_time: float | None = None


@frozen(kw_only=True)
class DeviceInfo:
    """
    A device with its calibration at one time.

    Args:
        summary: Its line in the list.
        qubits: Its qubits; empty when the service gives none.
        couplings: Its two-qubit gates.
        placeholders: Values that are not measurements although they look like them, each in a sentence.
        notes: What of the service's answers was left out, each in a sentence: gates and values that cannot be.
        gates: Qiskit's names of the gates it runs as they are; empty where nobody says.
    """

    summary: DeviceSummary
    qubits: tuple[QubitInfo, ...] = ()
    couplings: tuple[CouplingInfo, ...] = ()
    placeholders: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return a snapshot: JSON values."""
        return {"format": FORMAT, **attrs.asdict(self)}

    @classmethod
    def from_json(cls, content: Any, source: str = "the snapshot") -> DeviceInfo:
        """
        Return a device from a snapshot.

        Raises:
            StoreError: When the content is not one, or of another version.
        """
        if not isinstance(content, Mapping) or content.get("format") != FORMAT:
            step = "make one with `oqx device NAME --save FILE`"
            message = f"{source} is not a device snapshot of format {FORMAT}; {step}"
            raise StoreError(message)
        try:
            return cls(
                summary=DeviceSummary(**content["summary"]),
                qubits=tuple(_qubit(qubit) for qubit in content["qubits"]),
                couplings=tuple(CouplingInfo(**coupling) for coupling in content["couplings"]),
                placeholders=tuple(str(text) for text in content["placeholders"]),
                notes=tuple(str(text) for text in content.get("notes", ())),
                gates=tuple(str(name) for name in content.get("gates", ())),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            message = f"{source} is a damaged device snapshot: {error}"
            raise StoreError(message) from error


def _qubit(content: Mapping[str, Any]) -> QubitInfo:
    place = content.get("position")
    return QubitInfo(**{**content, "position": None if place is None else (float(place[0]), float(place[1]))})
