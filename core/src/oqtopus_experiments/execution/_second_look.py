"""
What a second look at a run finds before it is run: qubits that its device does not have, windows of another size.

A qubit beyond the device is refused. A window that does not go with what is known of the qubit is a question, not a
refusal: ``max_delay = 100`` is 100 ns, and who meant 100 us reads it before an hour in a queue.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.declared_fields import unit_of
from oqtopus_experiments.contracts.devices import DeviceInfo, QubitInfo
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.targets import Target, label as label_of
from oqtopus_experiments.contracts.units import display_scale
from oqtopus_experiments.errors import DeviceError, PluginFault
from oqtopus_experiments.execution._on_targets import on_targets
from oqtopus_experiments.plugins import _backend_calls as backend_calls
from oqtopus_experiments.plugins._experiment_calls import expected_of, model_of, sweep_of
from oqtopus_experiments.runfile._config import RunConfig

SHORT, LONG = 0.2, 30.0
"""A window of so much less, or more, than the time it is to show is asked about."""
SLIP = 0.01
"""The same where the time itself is not known, but another one of the qubit is."""
UNITS = {"us": 1e3, "ms": 1e6, "s": 1e9}
"""Units that were probably meant by a number of ns, in ns."""


@frozen
class KnownTime:
    """A time that is known of a qubit: what it is called, ns, and whether the experiment measures it."""

    name: str
    value: float
    measured: bool


def check_qubits(config: RunConfig, device: DeviceInfo | None) -> None:
    """
    Refuse qubits that a device does not have, before anything is built or submitted.

    Raises:
        DeviceError: Naming experiment, qubit, and those that there are.
    """
    if device is None:
        return
    there = {qubit.index for qubit in device.qubits} or set(range(device.summary.num_qubits or 0))
    if not there:
        return
    for entry in config.experiments:
        beyond = sorted({qubit for target in entry.experiment.targets for qubit in target} - there)
        if beyond:
            known = f"{min(there)} to {max(there)}" if len(there) == max(there) - min(there) + 1 else _listed(there)
            named = ", ".join(map(str, beyond[:8]))
            message = f"{entry.label}: {device.summary.name} has no qubit {named}; it has {known}"
            raise DeviceError(message)


def _listed(qubits: set[int]) -> str:
    shown = sorted(qubits)
    return ", ".join(map(str, shown[:20])) + (" and more" if len(shown) > 20 else "")


def questions(config: RunConfig, device: DeviceInfo | None) -> tuple[str, ...]:
    """
    Return what a person should be asked about the windows of a run, each in a sentence; nothing where nobody knows.

    Args:
        config: The run.
        device: What is known of its device.
    """
    found = []
    for entry in config.experiments:
        with contextlib.suppress(PluginFault):  # told where the experiment is rehearsed
            asked = _questions(entry.experiment, config.backend, device, entry.written)
            found += [f"{entry.label}: {one}" for one in asked]
    return tuple(dict.fromkeys(found))


def _questions(
    experiment: Declaration, backend: Backend, device: DeviceInfo | None, written: Mapping[str, str]
) -> list[str]:
    axes = [axis for axis in sweep_of(experiment).axes if axis.unit == "ns"]
    told = _told_of(experiment, backend, device) if axes else {}
    found = []
    for axis in axes:
        finite = axis.values[np.isfinite(axis.values.astype(float))]
        longest = float(finite.max()) if finite.size else 0.0
        for target in experiment.targets:
            known = _known_time(experiment, target, told)
            if known is not None and (asked := _question(experiment, target, longest, known, written)):
                found.append(asked)
                break  # one sentence for all qubits of an experiment
    return found


def _told_of(experiment: Declaration, backend: Backend, device: DeviceInfo | None) -> dict[int, QubitInfo]:
    """Return what is known of qubits that are targets by themselves, asked for at once: there may be a thousand."""
    qubits = [target[0] for target in experiment.targets if len(target) == 1]
    known = {one.index: one for one in (device.qubits if device is not None else ())}
    # One for each of them in order, or none at all.
    return known | dict(zip(qubits, backend_calls.qubit_calibration(backend, qubits), strict=False))


def _known_time(experiment: Declaration, target: Target, told: Mapping[int, QubitInfo]) -> KnownTime | None:
    """Return the time that an experiment is to show on a target, or else another that is known of its qubit."""
    own = told.get(target[0]) if len(target) == 1 else None
    if own is None:
        return None
    model = model_of(experiment)
    units = {} if model is None else model.units
    expected = expected_of(on_targets(experiment, (target,)), [own])
    for name, value in expected.items():
        if units.get(name) == "ns" and value > 0:
            return KnownTime(name, value, measured=True)
    known = [("T2", own.t2), ("T1", own.t1)]
    return next((KnownTime(name, value, measured=False) for name, value in known if value), None)


def _question(
    experiment: Declaration, target: Target, longest: float, known: KnownTime, written: Mapping[str, str]
) -> str:
    ratio = longest / known.value
    if (SHORT if known.measured else SLIP) <= ratio <= (LONG if known.measured else LONG / SLIP):
        return ""
    name, value = _parameter_of(experiment, longest)
    size = f"{_written(value)} is only {ratio:.2g} of" if ratio < 1 else f"{_written(value)} is {ratio:.3g} times"
    whose = f"the {known.name} of qubit {label_of(target)}, {_written(known.value)}"
    sentence = f"is {name} meant as it is? {size} {whose}"
    meant = next(
        (f'{name} = "{value:g} {unit}"' if value >= 1 else f'{name} = "{_written(value * factor)}"'
         for unit, factor in UNITS.items() if SHORT * known.value <= value * factor <= LONG * known.value),
        "",
    )  # fmt: skip
    if name in written or _is_default(experiment, name):  # with its unit, or not at all: no number to mistake
        return sentence
    return f"{sentence}; a number without a unit is in ns: write {meant}" if meant else sentence


def _is_default(experiment: Declaration, name: str) -> bool:
    field = attrs.fields_dict(type(experiment)).get(name)
    return field is not None and bool(field.default == getattr(experiment, name))


def _parameter_of(experiment: Declaration, longest: float) -> tuple[str, float]:
    """Return the parameter that says how long the longest delay is, and its value; the delay where none is said."""
    own = [f for f in attrs.fields(type(experiment)) if unit_of(f) == "ns"]
    near: list[tuple[float, str, float]] = []
    for parameter in own:
        value = getattr(experiment, parameter.name)
        size = max(value, default=0.0) if isinstance(value, tuple) else value
        if isinstance(size, (int, float)) and size > 0:
            near.append((abs(float(size) - longest), parameter.name, float(size)))
    best = min(near, default=None)
    return (best[1], best[2]) if best and best[0] <= max(0.1 * longest, 2.0) else ("the longest delay", longest)


def _written(time: float) -> str:
    factor, unit = display_scale(time, "ns")
    return f"{factor * time:.3g} {unit}"
