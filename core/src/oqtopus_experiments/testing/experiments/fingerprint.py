"""What an experiment does, as texts that can be compared: also those of another process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from oqtopus_experiments.contracts import sound_model
from oqtopus_experiments.contracts.arguments import arguments_of
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.model import FitModel
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.execution._called_model import POOR_DATA
from oqtopus_experiments.execution._circuits import copies_at
from oqtopus_experiments.plugins._experiment_calls import (
    default_shots_of,
    driven_of,
    model_of,
    notes_of,
    on_clock,
    references_of,
    signals_of,
    sweep_of,
)
from oqtopus_experiments.plugins._fence import fence

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def told(circuit: QuantumCircuit) -> str:
    """Return every operation of a circuit with its numbers, qubits and bits, to the last digit."""
    qubits = {bit: number for number, bit in enumerate(circuit.qubits)}
    clbits = {bit: number for number, bit in enumerate(circuit.clbits)}
    lines = [f"{circuit.num_qubits} {circuit.num_clbits} {circuit.global_phase!r}"]
    for step in circuit.data:
        operation = step.operation
        numbers = [_number(value) for value in operation.params]
        # A gate of an author's own is what it is made of.
        inner = "" if step.is_standard_gate() or numbers or operation.definition is None else told(operation.definition)
        unit = getattr(operation, "unit", "") if step.name == "delay" else ""
        places = [qubits[bit] for bit in step.qubits], [clbits[bit] for bit in step.clbits]
        lines.append(f"{step.name} {numbers} {unit} {places} {inner}")
    return "\n".join(lines)


def _number(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
    from qiskit import QuantumCircuit

    if isinstance(value, QuantumCircuit):  # a branch of control flow
        return told(value)
    return repr(float(value) if isinstance(value, (int, float)) else value)


def digest(text: str) -> str:
    """Return a short name of a long text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digests(experiment: Declaration, *, backwards: bool = False) -> list[str]:
    """Return a text for each point, then each reference, that is the same where circuits and signals are."""
    sweep, references = sweep_of(experiment), references_of(experiment)
    signals = signals_of(experiment, sweep, tuple(references))
    points = sweep.points()
    step = -1 if backwards else 1
    built = [[told(one) for one in copies_at(experiment, point)] for point in points[::step]][::step]
    built += [[told(circuit)] for circuit in references.values()]
    return [digest(f"{one} {signals.signals[index]!r}") for index, one in enumerate(built)]


def ends(sweep: Sweep) -> list[dict[str, Any]]:
    """Return the first and the last point of every series: of every combination of labels."""
    labels = {axis.name for axis in sweep.series}
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for point in sweep.points():
        key = (frozenset(point), *(point.get(name) for name in sorted(labels)))
        found[key] = [found.get(key, [point])[0], point]
    return [point for both in found.values() for point in both]


def behaviour(experiment: Declaration) -> dict[str, str]:
    """Return what an experiment does, by what it is asked for; circuits at the ends of its series only."""
    sweep, references = sweep_of(experiment), references_of(experiment)
    signals = signals_of(experiment, sweep, tuple(references))
    return {
        "size": repr((experiment.num_qubits, experiment.analyzer)),
        "sweep": repr([[(axis.name, axis.unit, axis.values.tolist()) for axis in grid] for grid in sweep.grids]),
        "circuits": repr([[told(one) for one in copies_at(experiment, point)] for point in ends(sweep)]),
        "references": repr({name: told(circuit) for name, circuit in references.items()}),
        "signals": repr(signals.signals),
        "model": _told_of_model(experiment, model_of(experiment), sweep),
        "notes": repr((notes_of(experiment), driven_of(experiment))),
        "shots": repr(default_shots_of(experiment)),
        "clock": repr(sweep_of(on_clock(experiment, 16.0)).grid()),
    }


def _told_of_model(experiment: Declaration, model: FitModel | None, sweep: Sweep) -> str:
    if model is None:
        return ""
    said = (
        model.quantities,
        model.bounds,
        model.units,
        model.symbols,
        model.flat,
        model.example,
        sorted(model.derived),
    )
    functions = [_inside(one) for one in (*model.checks, *model.derived.values(), *model.references.values())]
    return repr((said, functions, _values(experiment, model, sweep) if sound_model.is_plain(model) else ""))


def _values(experiment: Declaration, model: FitModel, sweep: Sweep) -> list[Any]:
    """Return the model at made-up parameters and at its example, and what it guesses."""
    grid = sweep.grid()
    axes = {name: grid[name] for name in sound_model.axes_of(model, grid)}
    names = list(sound_model.parameters_of(model, grid))
    own = [name for name in names if name in arguments_of(model.function)]
    made_up = {name: 0.3 + 0.1 * number for number, name in enumerate(names)}
    found: list[Any] = []
    with fence("fit_model", type(experiment), "at made-up parameters"), np.errstate(all="ignore"):
        for chosen in (made_up, dict(model.example)) if model.example else (made_up,):
            try:
                values = np.asarray(model.function(**axes, **{name: chosen[name] for name in own}))
                found.append(values.tolist())
            except POOR_DATA as error:
                found.append(repr(error))
        signal = np.random.default_rng(0).random(sweep.size)
        try:
            found.append(repr(model.guess(*axes.values(), signal)) if model.guess else "")
        except POOR_DATA as error:
            found.append(repr(error))
    return found


def _inside(function: Callable[..., Any] | str) -> str:
    """Return what a function is and what it was made with, as far as that is plain."""
    if isinstance(function, str):
        return function
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    given = (getattr(function, "__defaults__", None), getattr(function, "keywords", None))
    name = getattr(function, "__qualname__", type(function).__name__)
    return repr((name, [one for one in cells if _is_plain(one)], [one for one in given if _is_plain(one)]))


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_plain, value))
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    return value is None or isinstance(value, (bool, int, float, str))
