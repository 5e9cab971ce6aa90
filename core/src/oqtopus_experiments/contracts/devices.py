"""What a backend knows about its devices: a list to choose from, and the calibration of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from oqtopus_experiments.contracts.qiskit_calibration import calibration_of
from oqtopus_experiments.errors import StoreError

if TYPE_CHECKING:
    from qiskit.providers import BackendV2

FORMAT = 2
"""Version of a saved snapshot; that of 1 has no dates of single values."""
READABLE = (1, 2)
OLD = timedelta(days=7)
"""A value that is older than others by more than this may no longer be that of the device."""
_NAMED = 4


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
        dates: When a value was measured, ISO 8601, by the name of its field; absent where that is not known.
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
    dates: Mapping[str, str] = field(factory=dict, repr=False)


@frozen(kw_only=True)
class CouplingInfo:
    """
    A two-qubit gate from `control` to `target`; its error (one minus fidelity) and duration in ns, where known.

    Couplings are directed: the gate exists this way round only, unless the other way is listed too. `dates` says when
    error and duration were measured, by the name of the field, where that is known.
    """

    control: int
    target: int
    error: float | None = None
    gate_time: float | None = None
    dates: Mapping[str, str] = field(factory=dict, repr=False)


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
        old: Values that were measured more than a week before the newest one, or before they were asked for, each kind
            in a sentence.
    """

    summary: DeviceSummary
    qubits: tuple[QubitInfo, ...] = ()
    couplings: tuple[CouplingInfo, ...] = ()
    placeholders: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    gates: tuple[str, ...] = ()
    old: tuple[str, ...] = ()

    @classmethod
    def from_qiskit(cls, device: BackendV2, *, kind: str = "QPU", now: datetime | None = None) -> DeviceInfo:
        """
        Return a device that Qiskit describes, with its calibration: a device of IBM, or the snapshot of one.

        ``NoisyBackend(like=DeviceInfo.from_qiskit(device))`` is its twin. A gate error of 1 is not a measurement but
        stands for none: the value is None, and `placeholders` says so.

        Args:
            device: Any ``BackendV2``. Dates of values are known where it tells its ``properties()``.
            kind: ``"QPU"`` or ``"simulator"``.
            now: The time of asking, with its time zone: values that are a week older are named in `old`. None
                compares with the newest value of the calibration, which serves for a snapshot of any age.
        """
        found = calibration_of(device)
        qubits = tuple(QubitInfo(**values) for values in found.qubits)
        couplings = tuple(CouplingInfo(**values) for values in found.couplings)
        dates = _dates(qubits, couplings)
        newest = max((date for _, _, date in dates), default=None)
        clock = "Qiskit knows no clock of this device: delays are taken as they are"
        return cls(
            summary=DeviceSummary(
                name=str(device.name),
                kind=kind,
                status="available",
                num_qubits=device.target.num_qubits,
                calibrated_at="" if newest is None else newest.isoformat(),
            ),
            qubits=qubits,
            couplings=couplings,
            placeholders=found.placeholders,
            notes=() if device.target.dt else (clock,),
            gates=found.gates,
            old=_older(dates, now or newest),
        )

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
        if not isinstance(content, Mapping) or content.get("format") not in READABLE:
            step = "make one with `oqx device NAME --save FILE`"
            message = f"{source} is not a device snapshot of format {' or '.join(map(str, READABLE))}; {step}"
            raise StoreError(message)
        try:
            return cls(
                summary=DeviceSummary(**content["summary"]),
                qubits=tuple(_qubit(qubit) for qubit in content["qubits"]),
                couplings=tuple(CouplingInfo(**_dated(coupling)) for coupling in content["couplings"]),
                placeholders=tuple(str(text) for text in content["placeholders"]),
                notes=tuple(str(text) for text in content.get("notes", ())),
                gates=tuple(str(name) for name in content.get("gates", ())),
                old=tuple(str(text) for text in content.get("old", ())),
            )
        except (KeyError, TypeError, ValueError, IndexError) as error:
            message = f"{source} is a damaged device snapshot: {error}"
            raise StoreError(message) from error


def _qubit(content: Mapping[str, Any]) -> QubitInfo:
    place = content.get("position")
    return QubitInfo(**{**_dated(content), "position": None if place is None else (float(place[0]), float(place[1]))})


def _dated(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a qubit or a coupling, its dates as texts; a snapshot of format 1 has none."""
    return {**content, "dates": {str(name): str(date) for name, date in dict(content.get("dates", {})).items()}}


def _dates(qubits: tuple[QubitInfo, ...], couplings: tuple[CouplingInfo, ...]) -> list[tuple[str, str, datetime]]:
    """Return of each dated value which it is, whose, and when it was measured."""
    named = [(name, f"qubit {qubit.index}", date) for qubit in qubits for name, date in qubit.dates.items()]
    named += [
        (f"gate {name}" if name == "error" else name, f"coupling {pair.control}-{pair.target}", date)
        for pair in couplings
        for name, date in pair.dates.items()
    ]
    found = []
    for name, whose, text in named:
        try:
            date = datetime.fromisoformat(text)
        except ValueError:  # a date that cannot be read says nothing about the value
            continue
        found.append((name.replace("_", " "), whose, date if date.tzinfo else date.replace(tzinfo=timezone.utc)))
    return found


def _older(dates: list[tuple[str, str, datetime]], reference: datetime | None) -> tuple[str, ...]:
    """Return a sentence for each kind of value of which some are older than `OLD`."""
    found: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for name, whose, date in dates:
        if reference is not None and reference - date > OLD:
            kind, _, number = whose.partition(" ")
            found.setdefault((name, kind), []).append(((reference - date).days, number))
    told = []
    for (name, kind), values in found.items():
        days = sorted(age for age, _ in values)
        span = f"{days[0]} days" if days[0] == days[-1] else f"{days[0]} to {days[-1]} days"
        numbers = [number for _, number in sorted(values, key=lambda value: -value[0])]
        more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
        whose = f"{kind}s" if len(numbers) > 1 else kind
        told.append(f"{name} of {whose} {', '.join(numbers[:_NAMED])}{more} is {span} old")
    return tuple(told)
