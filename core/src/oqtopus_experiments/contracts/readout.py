"""Reference circuits that read out a qubit prepared in |0> and in |1>, the model of what they give, and its values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from oqtopus_experiments.contracts.devices import QubitInfo


def circuits(repeats: int, *, wait: float = 0.0) -> dict[str, QuantumCircuit]:
    """
    Return circuits for `Experiment.references` of an experiment on one qubit: ``ground 1``, ``excited 1``, ...

    Args:
        repeats: How many of each. A circuit run thrice counts three times in the likelihood.
        wait: How long |0> is left alone before it is read, ns: a reset qubit may be colder than what it settles at.
    """
    if not repeats:
        return {}  # without loading Qiskit: reading a run back must not wait for it
    from qiskit import QuantumCircuit

    ground, excited = QuantumCircuit(1, 1, name="ground"), QuantumCircuit(1, 1, name="excited")
    excited.x(0)
    if wait > 0:  # hardware refuses a delay of zero
        ground.delay(wait, 0, unit="ns")
    for circuit in (ground, excited):
        circuit.measure(0, 0)
    named = {"ground": ground, "excited": excited}
    return {f"{name} {i}": circuit for name, circuit in named.items() for i in range(1, repeats + 1)}


def models(
    repeats: int, *, ground: Callable[..., float], excited: Callable[..., float]
) -> dict[str, Callable[..., float]]:
    """
    Return the expected signals of `circuits` for ``FitModel.references``.

    Args:
        repeats: As for `circuits`.
        ground: P(1) of the prepared |0> as a function of parameters of the model, by their names.
        excited: P(1) after an x gate, likewise.
    """
    named = {"ground": ground, "excited": excited}
    return {f"{name} {i}": function for name, function in named.items() for i in range(1, repeats + 1)}


def levels(qubit: QubitInfo) -> tuple[float, float] | None:
    """Return P(1) of a qubit prepared in |0> and in |1> as its calibration has them; None where it does not."""
    if qubit.readout_error_0 is None or qubit.readout_error_1 is None:
        return None
    return qubit.readout_error_0, 1 - qubit.readout_error_1
