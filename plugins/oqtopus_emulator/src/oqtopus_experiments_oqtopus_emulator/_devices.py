"""The devices the server offers, and the three forms in which it tells their calibration."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import attrs
from attrs import frozen

from oqtopus_experiments_oqtopus_emulator._calibration import check

InfoForm: TypeAlias = Literal["url", "json", "null"]
INFO_FORMS: tuple[str, ...] = get_args(InfoForm)
"""How ``device_info`` is served: URL of a zip (today), the JSON text (before mid 2026), null (not uploaded yet)."""


FAULTS = ("drive_scale", "detuning", "detuning_spread")
"""What may be wrong with the qubits of a device: members of it, and options of the simulator."""

EVERY = "*"
"""Stands for all qubits that are not named."""


def _as_table(value: Any) -> Any:
    return {EVERY: value} if isinstance(value, (int, float)) else value


def _by_qubit(kind: str, holds: Callable[[float], bool]) -> Any:
    """Declare a member of a device that holds a number for each qubit, or one for all."""

    def check(_: object, field: attrs.Attribute[Any], value: Any) -> None:
        named = isinstance(value, Mapping) and all(qubit == EVERY or str(qubit).isdigit() for qubit in value)
        if not named or not all(_is_number(number) and holds(number) for number in value.values()):
            message = f'{field.name} is {kind}, or a table of them by qubit, as {{"3": 0.8}}, not {value!r:.60}'
            raise ValueError(message)

    return attrs.field(factory=dict, converter=_as_table, validator=check)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@frozen(kw_only=True)
class Device:
    """
    A device, with the members of ``GET /devices/{device_id}``.

    Args:
        info: The calibration document, or None. A QPU has the noise it says; a simulator has none.
        info_form: How it is served.
        drive_scale: How far sx and x of a QPU turn, in parts of what they should, by the number of the qubit as text; 1
            for the others. A number stands for all qubits. The service does not tell it: that is what one measures.
        detuning: How far the frequencies of a QPU's qubits are above those of their drives, Hz, likewise.
        detuning_spread: Standard deviation of the detunings from shot to shot, Hz, likewise.
    """

    device_id: str
    device_type: Literal["QPU", "simulator"]
    status: Literal["available", "unavailable"] = "available"
    n_qubits: int
    basis_gates: Sequence[str] = ("sx", "x", "rz", "cx")
    supported_instructions: Sequence[str] = ("measure", "barrier", "delay")
    info: dict[str, Any] | None = None
    info_form: InfoForm = "url"
    drive_scale: Mapping[str, float] = _by_qubit("a number > 0", lambda scale: scale > 0)
    detuning: Mapping[str, float] = _by_qubit("a number of Hz", math.isfinite)
    detuning_spread: Mapping[str, float] = _by_qubit("a number of Hz, at least 0", lambda spread: spread >= 0)
    calibrated_at: str | None = None
    description: str = ""

    @property
    def noisy(self) -> bool:
        """Whether delays relax and gates err."""
        return self.device_type == "QPU"

    @property
    def faults(self) -> dict[str, Mapping[str, float]]:
        """What is wrong with its qubits that its calibration does not tell, by option of the simulator and qubit."""
        return {name: getattr(self, name) for name in FAULTS if getattr(self, name)}

    @property
    def couplings(self) -> frozenset[tuple[int, int]]:
        """The calibrated directions, control first."""
        return frozenset((c["control"], c["target"]) for c in (self.info or {}).get("couplings", ()))

    @property
    def info_key(self) -> str:
        """Where the calibration lies in storage."""
        return f"devices/{self.device_id}/device_info.zip"


def default_devices() -> list[Device]:
    """Return a QPU of 16 qubits named ``anemone`` and a simulator named ``qulacs``."""
    return [_packaged("anemone"), _packaged("qulacs")]


def _packaged(name: str) -> Device:
    path = files("oqtopus_experiments_oqtopus_emulator") / "data" / f"{name}.json"
    return device_from_document(json.loads(path.read_text(encoding="utf-8")))


def load_device(path: Path) -> Device:
    """
    Read a device from a file.

    The file holds either an object as ``GET /devices/{device_id}`` returns it, with ``device_info`` as an object or
    as JSON text, or a calibration document alone, which then becomes an available QPU.

    Raises:
        ValueError: When it is neither; the message names the file and what is missing.
    """
    try:
        device = device_from_document(json.loads(path.read_text(encoding="utf-8")))
        if device.noisy and device.info is not None:
            check(device.info)  # a number that is missing is missed now rather than by every job
        return device  # noqa: TRY300  # reads in one go
    except (KeyError, TypeError, AttributeError) as error:
        message = f"{path} describes no device: {error}. It needs device_id and device_type, or qubits and couplings"
        raise ValueError(message) from error
    except ValueError as error:
        message = f"{path} describes no device: {error}"
        raise ValueError(message) from error


def device_from_document(document: dict[str, Any]) -> Device:
    """
    Return the device a document describes, as `load_device` explains.

    Raises:
        KeyError: When a member is missing.
    """
    if "qubits" in document:
        document = {"device_id": document["device_id"], "device_type": "QPU", "device_info": document}
    info = document.get("device_info")
    info = json.loads(info) if isinstance(info, str) else info
    members = {a.name for a in attrs.fields(Device)} & set(document)
    values = {name: document[name] for name in members - {"info"}}
    values.setdefault("n_qubits", len(info["qubits"]) if info else None)
    if values.get("calibrated_at") is None and info:
        values["calibrated_at"] = info.get("calibrated_at")
    if not isinstance(values["n_qubits"], int):
        raise KeyError("n_qubits")
    return Device(**values, info=info)


def device_document(device: Device) -> dict[str, Any]:
    """Return the document from which `device_from_document` makes this device."""
    document = attrs.asdict(device, recurse=False)
    return {**document, "device_info": document.pop("info")}


def by_id(devices: Iterable[Device]) -> dict[str, Device]:
    """Return the devices by id; of two with the same id the later counts."""
    return dict(sorted((device.device_id, device) for device in devices))
