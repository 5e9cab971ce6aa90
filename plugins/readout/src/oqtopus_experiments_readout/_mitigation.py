"""The mitigation `readout`: which matrices a target is read by, and why they cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    CalibrationError,
    Correction,
    Declaration,
    Dimension,
    Mitigation,
    Quantity,
    QuantityArray,
    QubitInfo,
    Reason,
    Target,
    Verdict,
)
from oqtopus_experiments_readout._experiment import Readout
from oqtopus_experiments_readout._tallies import Array, fractions
from oqtopus_experiments_readout._undone import Block, Undone

EXAMPLE = (0.01, 0.03)
"""Probability to read 1 after |0> and 0 after |1> of a qubit of which nothing is known: those of devices of today."""
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

    def undone(self, qubit: QubitInfo) -> QubitInfo:
        """Return a qubit that is read without an error, where its errors are known."""
        if qubit.readout_error_0 is None or qubit.readout_error_1 is None:
            return qubit
        return attrs.evolve(qubit, readout_error_0=0.0, readout_error_1=0.0)

    def expected(self, calibrating: Declaration, qubits: Sequence[QubitInfo], shots: int) -> Sequence[Analysis]:
        """Return the matrices of qubits read one by one, by what the device says or an example of it."""
        repetitions = calibrating.repetitions if isinstance(calibrating, Readout) else 1
        return [_of_qubit(qubit, shots * repetitions) for qubit in qubits]


def _of_qubit(qubit: QubitInfo, shots: int) -> Analysis:
    low, high = (
        usual if told is None else told
        for told, usual in zip((qubit.readout_error_0, qubit.readout_error_1), EXAMPLE, strict=True)
    )
    wrong = np.round(np.array([low, high]) * shots)
    matrix, stderr = fractions(np.array([[shots - wrong[0], wrong[1]], [wrong[0], shots - wrong[1]]]), shots)
    fidelity = Quantity("assignment_fidelity", 1 - (low + high) / 2, float(np.hypot(*stderr.diagonal()) / 2))
    labels = ("0", "1")
    array = QuantityArray(
        "assignment_matrix", matrix, stderr, (Dimension("read", labels), Dimension("prepared", labels))
    )
    return Analysis((qubit.index,), [fidelity], Verdict([Reason("expected", "of these shots", "good")]), arrays=[array])


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
