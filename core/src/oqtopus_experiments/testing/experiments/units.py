"""Units that agree: of parameters with the axes they stretch, of axes with delays, of quantities with their axis."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.arguments import arguments_of
from oqtopus_experiments.contracts.declared_fields import unit_of
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.subject import ExperimentSubject
from oqtopus_experiments.contracts.sweep import Axis, Sweep
from oqtopus_experiments.contracts.units import dimension, in_base_units
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._experiment_calls import at_point, sweep_of
from oqtopus_experiments.simulation import nanoseconds
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.experiments.basis import plain_model, sound, true_values, truth_of
from oqtopus_experiments.testing.experiments.variations import own_parameters, variants

APART = 10**1.5
"""Two numbers of one kind that differ by more are taken for numbers of different units, which differ by 1000."""
STRETCH = 1.7
INVERSE = {"time": "frequency", "frequency": "time"}


def a_parameter_has_the_unit_of_the_axis_it_stretches(subject: ExperimentSubject) -> None:
    """A number that an axis grows in proportion to has a unit of its kind, and the two are of one size."""
    experiment = sound(subject)
    axes = _with_units(sweep_of(experiment))
    for field in own_parameters(experiment):
        now = getattr(experiment, field.name)
        if not isinstance(now, (int, float)) or isinstance(now, bool) or not now:
            continue
        for value, other in variants(experiment, field):
            if 0.8 < value / now < 1.2:
                continue  # too little to tell what follows it
            for name, axis in axes.items():
                again = _with_units(sweep_of(other)).get(name, axis)
                if not math.isclose(_extent(again) / _extent(axis), value / now, rel_tol=0.02):
                    continue
                unit = unit_of(field)
                if dimension(unit) != dimension(axis.unit):
                    message = f"{name} ({axis.unit}) grows with {field.name!r}, whose unit is {unit!r}: declare unit="
                    raise NotConforming(message)
                ratio = in_base_units(_extent(axis), axis.unit) / in_base_units(abs(now), unit)
                if not 1 / APART < ratio < APART:
                    message = f"{field.name} = {now:g} {unit} makes {name} reach {_extent(axis):g} {axis.unit}"
                    raise NotConforming(f"{message}: one of the units is not meant")
    if not axes:
        message = "no axis has a unit"
        raise NotApplicable(message)


def circuits_wait_as_long_as_the_axis_says(subject: ExperimentSubject) -> None:
    """Where a circuit grows longer by its delays along an axis of time, it does so by about what the axis says."""
    experiment = sound(subject)
    sweep = sweep_of(experiment)
    waited = False
    for axis in (one for one in _with_units(sweep).values() if dimension(one.unit) == "time"):
        points = [point for point in sweep.points() if axis.name in point]
        first, last = (pick(points, key=lambda point: float(point[axis.name])) for pick in (min, max))
        last = {**first, axis.name: last[axis.name]}
        grown = _waiting(copies_at(experiment, last)[0]) - _waiting(copies_at(experiment, first)[0])
        said = 1e9 * in_base_units(last[axis.name] - first[axis.name], axis.unit)
        waited = waited or grown > 0
        if grown > 0 and said > 0 and not 1 / APART < grown / said < APART:
            where = at_point(experiment, last)
            message = f"{where} the circuit waits {grown:g} ns more than at the first; the axis says {said:g} ns"
            raise NotConforming(message)
    if not waited:
        message = "no circuit waits along an axis of time"
        raise NotApplicable(message)


def quantities_have_the_unit_of_the_axis(subject: ExperimentSubject) -> None:
    """What a time or a frequency of the model is follows from its axis: the unit it is given is one of that kind."""
    experiment, model, truth = sound(subject), plain_model(subject), truth_of(subject)
    sweep = sweep_of(experiment)
    axes = [
        axis
        for axis in _with_units(sweep).values()
        if dimension(axis.unit) in INVERSE and axis.name in sound_model.axes_of(model, sweep.grid())
    ]
    powers = {} if len(axes) != 1 else powers_of(model, sweep, axes[0], truth)
    if not powers:
        message = "no parameter scales as an axis of time or frequency; constants in the function may hide it"
        raise NotApplicable(message)
    axis, values = axes[0], true_values(model, truth)
    reach = in_base_units(_extent(axis), axis.unit)
    for name, power in powers.items():
        unit = model.units.get(name, "")
        if not _is_power(unit, axis.unit, power):
            due = {0: "none of it", 1: f"such as {axis.unit!r}", -1: f"such as '1/{axis.unit}'"}[power]
            message = (
                f"{name} scales as {axis.name} ({axis.unit}) to the power {power}; its unit {unit!r} must be {due}"
            )
            raise NotConforming(message)
        size = in_base_units(abs(values.get(name, math.nan)), unit.removeprefix("1/"))
        size = size if not unit.startswith("1/") else abs(values[name]) / in_base_units(1.0, unit.removeprefix("1/"))
        # So many windows, or so many turns within it: at most so many as there are points to see them.
        found, most = (size / reach, APART) if power == 1 else (size * reach, APART * sweep.size)
        if power and not 1 / APART < found < most:
            told = f"{name} = {values[name]:g} {unit} and {axis.name} up to {_extent(axis):g} {axis.unit}"
            message = f"{told} are not of one size: one of the units is not meant"
            raise NotConforming(message)


def powers_of(model: FitModel, sweep: Sweep, axis: Axis, truth: Mapping[str, float]) -> dict[str, int]:
    """
    Return for each parameter and derived quantity with which power of an axis it scales: 1, 0 or -1.

    The model is asked: when the axis is stretched and some parameters with it, its values must stay what they are.
    Empty where no choice of powers, or more than one, does that.
    """
    grid = sweep.grid()
    columns = {name: grid[name] for name in sound_model.axes_of(model, grid)}
    names = [name for name in arguments_of(model.function) if name in truth]
    stretched = {**columns, axis.name: columns[axis.name] * STRETCH}
    before = _called(model, columns, {name: truth[name] for name in names})
    fitting = []
    for powers in sorted(itertools.product((0, 1, -1), repeat=min(len(names), 6)), key=lambda p: sum(map(abs, p))):
        chosen = dict(zip(names, powers, strict=False))
        own = {name: truth[name] * STRETCH ** chosen.get(name, 0) for name in names}
        if np.allclose(_called(model, stretched, own), before, rtol=1e-9, atol=1e-12, equal_nan=True):
            fitting.append(chosen)
    fitting = [one for one in fitting if sum(map(abs, one.values())) == sum(map(abs, fitting[0].values()))]
    if len(fitting) != 1 or not any(fitting[0].values()):
        return {}
    found: dict[str, int] = dict(fitting[0])
    at, later = (
        true_values(model, {**truth, **{name: truth[name] * factor**power for name, power in found.items()}})
        for factor in (1.0, STRETCH)
    )
    for name in model.derived:
        if at.get(name) and later.get(name):
            power = math.log(abs(later[name] / at[name])) / math.log(STRETCH)
            if abs(power - round(power)) < 1e-6 and abs(round(power)) <= 1:
                found[name] = round(power)
    return found


def _called(
    model: FitModel, columns: Mapping[str, NDArray[np.float64]], own: Mapping[str, float]
) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        return np.asarray(model.function(**columns, **own), dtype=float)


def _is_power(unit: str, of: str, power: int) -> bool:
    kind, inverse = dimension(of), INVERSE[dimension(of)]
    parts = unit.removeprefix("1/")
    if power == 0:
        return dimension(parts) not in (kind, inverse)
    if power == 1:
        return dimension(unit) == kind
    return dimension(unit) == inverse or (unit.startswith("1/") and dimension(parts) == kind) or unit.endswith(f"/{of}")


def _with_units(sweep: Sweep) -> dict[str, Axis]:
    return {axis.name: axis for axis in sweep.axes if axis.is_numeric and axis.unit and _extent(axis)}


def _extent(axis: Axis) -> float:
    return float(np.abs(axis.values).max())


def _waiting(circuit: object) -> float:
    """Return how long the qubit that waits longest does so by delays, in ns."""
    from qiskit import QuantumCircuit

    waits: dict[object, float] = {}
    for step in circuit.data if isinstance(circuit, QuantumCircuit) else ():
        if step.name == "delay":
            waits[step.qubits[0]] = waits.get(step.qubits[0], 0.0) + nanoseconds(step.operation)
    return max(waits.values(), default=0.0)
