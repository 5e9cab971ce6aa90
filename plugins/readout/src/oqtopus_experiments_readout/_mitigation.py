"""The mitigation `readout`: which matrices a target is read by, and why they cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import Analysis, CalibrationError, Correction, Mitigation, Target
from oqtopus_experiments_readout._tallies import Array
from oqtopus_experiments_readout._undone import Block, Undone

LEAST = 0.05
"""Smallest singular value of a matrix: an inverse of more than twenty times the counts tells nothing any more."""


@frozen(kw_only=True)
class ReadoutMitigation(Mitigation):
    """
    Undoes the readout by the inverse of the assignment matrix, without cutting anything off.

    Groups that were measured together are undone together; a target takes of a group what it reads of it.
    """

    name: ClassVar[str] = "readout"
    calibrated_by: ClassVar[str] = "readout"

    def correction(self, qubits: Target, calibration: Sequence[Analysis]) -> Correction:
        """
        Return the inverse of the matrices of the qubits that a target reads.

        Raises:
            CalibrationError: When a qubit was not measured, or its matrix is bad or cannot be inverted.
        """
        known = {qubit for analysis in calibration for qubit in analysis.target}
        missing = [qubit for qubit in qubits if qubit not in known]
        if missing:
            has = ", ".join(map(str, sorted(known)))
            message = f"it does not have qubit {', '.join(map(str, missing))}; it has {has}"
            raise CalibrationError(message)
        return Undone(tuple(_block(one, qubits) for one in calibration if set(one.target) & set(qubits)))


def _block(analysis: Analysis, qubits: Target) -> Block:
    measured = "-".join(map(str, analysis.target))
    if analysis.verdict.level == "bad":
        message = f"the readout of {measured} is bad: {analysis.verdict.why}"
        raise CalibrationError(message)
    found = analysis.array("assignment_matrix")
    shots = _shots(found.values, found.stderr)
    wanted = [place for place, qubit in enumerate(analysis.target) if qubit in qubits]
    matrix, of = _part(found.values, shots, wanted, len(analysis.target))
    if not np.isfinite(matrix).all() or np.linalg.svd(matrix, compute_uv=False)[-1] < LEAST:
        message = f"the matrix of {measured} cannot be inverted: what is read hardly depends on what was there"
        raise CalibrationError(message)
    return Block(tuple(qubits.index(analysis.target[place]) for place in wanted), matrix, of)


def _shots(matrix: Array, stderr: Array) -> Array:
    """
    Return how many shots each column stands for, by its errors.

    The variance of each of its K elements is (p (1 - p) + 1 / 2n) / n, as half a count stands on either side.
    """
    spread, errors = (matrix * (1 - matrix)).sum(axis=0), (stderr**2).sum(axis=0)
    shots: Array = (spread + np.sqrt(spread**2 + 2 * errors * len(matrix))) / (2 * errors)
    return shots


def _part(matrix: Array, shots: Array, wanted: Sequence[int], size: int) -> tuple[Array, Array]:
    """Return the matrix of some qubits of a group, the others being in any state; and the shots of its columns."""
    if len(wanted) == size:
        return matrix, shots
    states = np.arange(2**size)
    own = sum(((states >> place) % 2) << number for number, place in enumerate(wanted))
    of = np.eye(2 ** len(wanted))[own]  # a row for each state of the group, a column for each of the part
    return of.T @ matrix @ of / of.sum(axis=0), shots @ of
