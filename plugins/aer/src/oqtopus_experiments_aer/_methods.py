"""
Which methods have simulated a batch, as the provenance states it; `Solver` chooses them.

- ``density_matrix``: all 4^n numbers.
- ``matrix_product_state``: the density matrix as a chain of tensors; exact, and affordable while little is entangled.
- ``trajectories``: a state vector for every shot, its noise drawn at random (J. Dalibard, Y. Castin and K. Molmer,
  Phys. Rev. Lett. 68, 580 (1992)).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from attrs import frozen

from oqtopus_experiments.simulation import numbers_in, ranges
from oqtopus_experiments_aer._matrix_product import TRUNCATION
from oqtopus_experiments_aer._names import MATRIX_PRODUCT_STATE


@frozen
class Ran:
    """
    How one part of one circuit was simulated.

    Args:
        circuit: Number of the circuit in its experiment.
        method: Name of the method.
        qubits: Qubits of the part.
        bond: The widest bond, for a matrix product state.
        discarded: The largest part of the norm of the state that a bond left out.
    """

    circuit: int
    method: str
    qubits: int
    bond: int = 0
    discarded: float = 0.0


def provenance(ran: Iterable[Ran]) -> list[dict[str, Any]]:
    """Return for every method what it ran, JSON values: the circuits, the largest part, and how exact it was."""
    by_method: dict[str, list[Ran]] = {}
    for each in ran:
        by_method.setdefault(each.method, []).append(each)
    return [_stated(method, by_method[method]) for method in sorted(by_method)]


def together(stated: Iterable[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return as one what parts of a batch were said to be simulated by, each as `provenance` returns it."""
    ran = [
        Ran(circuit, one["method"], one["largest_part"], one.get("bond_dimension", 0), one.get("discarded", 0.0))
        for part in stated
        for one in part
        for circuit in numbers_in(one["circuits"])
    ]
    return provenance(ran)


def _stated(method: str, ran: Sequence[Ran]) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "method": method,
        "circuits": ranges({each.circuit for each in ran}),
        "largest_part": max(each.qubits for each in ran),
    }
    if method == MATRIX_PRODUCT_STATE:
        stated["bond_dimension"] = max(each.bond for each in ran)
        stated["truncation"] = TRUNCATION
        stated["discarded"] = max(each.discarded for each in ran)
    return stated
