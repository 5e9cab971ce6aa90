"""Reference circuits that read out a qubit prepared in |0> and in |1>, and the model of what they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def circuits(repeats: int) -> dict[str, QuantumCircuit]:
    """
    Return circuits for `Experiment.references` of an experiment on one qubit: ``ground 1``, ``excited 1``, ...

    Args:
        repeats: How many of each. A circuit run thrice counts three times in the likelihood.
    """
    if not repeats:
        return {}  # without loading Qiskit: reading a run back must not wait for it
    from qiskit import QuantumCircuit

    ground, excited = QuantumCircuit(1, 1, name="ground"), QuantumCircuit(1, 1, name="excited")
    excited.x(0)
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
