"""Circuits of an experiment, held to what it declares: qubits, measured bits, a signal that can be read from them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.signals import Signal
from oqtopus_experiments.errors import PluginError
from oqtopus_experiments.plugins._experiment_calls import at_point
from oqtopus_experiments.plugins._fence import fence

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

Point: TypeAlias = Mapping[str, Any]


@runtime_checkable
class _Circuit(Protocol):
    """As much of a circuit as core needs to know."""

    num_qubits: int
    num_clbits: int


def check_copies(
    experiment: Declaration,
    copies: Sequence[QuantumCircuit],
    signals: PointSignals,
    index: int,
    point: Point | str,
    known: set[tuple[int, int]] | None = None,
) -> None:
    """
    Check the circuits of one point, or of one reference.

    Args:
        experiment: Whose they are.
        copies: One that all targets share, or one per target.
        signals: What is read from them.
        index: Number of the point; references follow the points.
        point: The point, or the name of the reference.
        known: Signals (by identity) and widths that were checked; those checked here are added.

    Raises:
        PluginFault: When one has not ``num_qubits`` qubits, measures nothing or another number of bits than its
            neighbour, or the signal cannot be read from it.
    """
    what = "references" if isinstance(point, str) else "circuit"
    with fence(
        what, type(experiment), lambda: f"at {point!r}" if isinstance(point, str) else at_point(experiment, point)
    ):
        for circuit in copies:
            if problem := _problem(circuit, experiment.num_qubits):
                message = f"{type(experiment).__name__}.{what} {problem}"
                raise PluginError(message)
        if len(copies) > 1 and len(widths := {circuit.num_clbits for circuit in copies}) > 1:
            message = (
                f"{type(experiment).__name__}.{what} measures {sorted(widths)} classical bits for different targets"
            )
            raise PluginError(message)
    seen = set[tuple[int, int]]() if known is None else known
    width = copies[0].num_clbits
    for signal in signals.signals[index]:
        if (id(signal), width) not in seen:
            with fence("signal", type(experiment)):
                _check_signal(type(experiment).__name__, signal, width)
            seen.add((id(signal), width))


def _problem(circuit: Any, num_qubits: int) -> str:
    """Return what is wrong with a circuit, as the rest of a sentence; empty when nothing is."""
    of_qiskit = is_of_qiskit(circuit)
    if not (of_qiskit or isinstance(circuit, _Circuit)):
        hint = "; does it end with `return circuit`?" if circuit is None else ""
        return f"must give a circuit, not {circuit!r:.60}{hint}"
    if circuit.num_qubits != num_qubits or not circuit.num_clbits:
        return (
            f"must act on {num_qubits} qubits and measure at least one classical bit; "
            f"it has {circuit.num_qubits} qubits and {circuit.num_clbits} classical bits"
        )
    if of_qiskit and not _writes(circuit):
        return f"measures nothing: none of its {circuit.num_clbits} classical bits is ever written"
    return ""


def _writes(circuit: QuantumCircuit) -> bool:
    """Return whether any operation touches a classical bit: nearly always the last."""
    data = circuit.data
    return bool(data) and (bool(data[-1].clbits) or any(instruction.clbits for instruction in data))


def check_unchanged(experiment: Declaration, copies: Sequence[Sequence[QuantumCircuit]], sizes: Sequence[int]) -> None:
    """
    Check that the circuits of each point are as long as when they were given: one used again holds every point at once.

    Raises:
        PluginFault: When one has grown.
    """
    with fence("circuit", type(experiment)):
        if any(sum(map(size, own)) != before for own, before in zip(copies, sizes, strict=True)):
            message = (
                f"{type(experiment).__name__}.circuit changes a circuit that it gave before: make a new one each time"
            )
            raise PluginError(message)


def size(circuit: QuantumCircuit) -> int:
    """Return the number of operations of a circuit; 0 for what is not one of Qiskit."""
    return len(circuit.data) if is_of_qiskit(circuit) else 0


def is_of_qiskit(circuit: object) -> bool:
    """Return whether something is a circuit of Qiskit, which is not imported for it."""
    qiskit = sys.modules.get("qiskit")
    return qiskit is not None and isinstance(circuit, qiskit.QuantumCircuit)


def unwritten_bits(circuit: QuantumCircuit) -> list[int]:
    """Return the classical bits that no operation touches, which always read 0."""
    if not is_of_qiskit(circuit):
        return []
    waiting = set(circuit.clbits)
    for instruction in reversed(circuit.data):  # from the end, where measurements are
        waiting.difference_update(instruction.clbits)
        if not waiting:
            return []
    return [number for number, bit in enumerate(circuit.clbits) if bit in waiting]


def _check_signal(owner: str, signal: Signal, width: int) -> None:
    try:
        values = np.asarray(signal.values(np.zeros((2, width), dtype=bool)))
    except ValueError as error:
        message = f"{owner}.signal cannot be read from the circuits of {owner}: {error}"
        raise PluginError(message) from error
    if values.shape != (2,) or values.dtype.kind not in "iuf" or not np.isfinite(values).all():
        message = (
            f"{owner}.signal must give one finite number for each outcome; for two outcomes it gave {values!r:.60}"
        )
        raise PluginError(message)
