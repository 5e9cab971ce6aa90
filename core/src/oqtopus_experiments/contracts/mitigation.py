"""
Errors of a device undone in what was read, by a calibration: another signal is read from the same counts.

A signal is a number for each outcome, averaged over the shots. A linear mitigation keeps that: of a readout with
P(read) = A P(there), the mean of f over what was there is the mean of g = f A^-1 over what was read. So its error is
that of a mean over shots, larger as g spreads more widely, and nothing is cut off at the ends of f: a probability may
come out below 0 or above 1 by its error, and a fit through such points is not biased.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.correction import Correction
from oqtopus_experiments.contracts.dataset import Dataset, outcomes_of
from oqtopus_experiments.contracts.devices import QubitInfo
from oqtopus_experiments.contracts.estimates import estimates
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.signals import Signal
from oqtopus_experiments.contracts.targets import Target


@frozen(kw_only=True)
class Mitigation(ABC):
    """Base of all mitigations: a frozen attrs class. Pure: no files, no devices."""

    name: ClassVar[str]
    """Name by which an experiment asks for it: ``mitigation = "<name>"``."""
    calibrated_by: ClassVar[str]
    """Name of the experiment whose analyses it is calibrated by."""

    @abstractmethod
    def correction(self, qubits: Target, calibration: Sequence[Analysis]) -> Correction:
        """
        Return what is to be done to one target.

        Args:
            qubits: The physical qubit that each of its classical bits is read from, in the order of the bits: a helper
                qubit that is not read is none of them.
            calibration: The analyses of the experiment it is calibrated by.

        Raises:
            CalibrationError: When the calibration does not have these qubits, or cannot be used: which and why.
        """

    def undone(self, qubit: QubitInfo) -> QubitInfo:
        """Return a qubit without the errors that this undoes; as it is, unless overridden. ``oqx plan`` asks for it."""
        return qubit

    def expected(self, calibrating: Declaration, qubits: Sequence[QubitInfo], shots: int) -> Sequence[Analysis]:
        """
        Return what a calibration is expected to come to, before there is one; nothing, unless overridden.

        ``oqx plan`` grows the errors of what is mitigated by it. Where nothing is known of a qubit, an example will do.

        Args:
            calibrating: The experiment that would calibrate it.
            qubits: What is known of the qubits.
            shots: Shots of each of its circuits.
        """
        return ()


def mitigated(experiment: Declaration, raw: Dataset, corrections: Sequence[Correction]) -> Dataset:
    """
    Return a data set with corrected signals and their errors beside the raw ones, which it keeps.

    Args:
        experiment: What was run.
        raw: What was measured.
        corrections: One per target.
    """
    names = raw.reference_names
    wanted = PointSignals.of(experiment, raw.sweep, names)
    targets = len(raw.targets)
    corrected = PointSignals(wanted.size, _of_each(wanted, corrections))
    found = estimates(corrected, raw.counts, targets, raw.apart)
    shifts = _shifts(raw, wanted, corrected, corrections)
    stderr = np.sqrt(found.stderr**2 + (shifts**2).sum(axis=1))
    found = attrs.evolve(found, stderr=stderr, shifts=shifts)
    return attrs.evolve(
        raw,
        signal_label=f"{raw.signal_label}, mitigated",
        point_labels=tuple(f"{one}, mitigated" for one in raw.point_labels),
        points=found.columns(slice(0, raw.sweep.size)),
        references=found.columns(slice(raw.sweep.size, None)),
        raw=raw,
        corrections=tuple(corrections),
    )


def _of_each(wanted: PointSignals, corrections: Sequence[Correction]) -> list[tuple[Signal, ...]]:
    """Return the corrected signals of every circuit; those that many circuits share are made once."""
    made: dict[tuple[int, int], Signal] = {}

    def of(target: int, signal: Signal) -> Signal:
        key = target, id(signal)
        if key not in made:
            made[key] = corrections[target].signal(signal)
        return made[key]

    return [
        tuple(of(target, wanted.for_target(index, target)) for target in range(len(corrections)))
        for index in range(wanted.size)
    ]


def _shifts(
    raw: Dataset, wanted: PointSignals, corrected: PointSignals, corrections: Sequence[Correction]
) -> NDArray[np.float64]:
    """Return how far each variation of the calibration moves each circuit, shape (targets, variations, circuits)."""
    others = [correction.variations() for correction in corrections]
    shifts = np.zeros((len(corrections), max(map(len, others), default=0), wanted.size))
    for target, varied in enumerate(others):
        made: dict[int, list[Signal]] = {}
        for index in range(wanted.size):
            counts = raw.apart.get((index, target)) or raw.counts.get(index)
            if counts is None:
                continue
            signal = wanted.for_target(index, target)
            if id(signal) not in made:
                made[id(signal)] = [one.signal(signal) for one in varied]
            alone = (index, target) in raw.apart
            read = outcomes_of(counts, 0 if alone else target, 1 if alone else len(corrections))
            here = corrected.for_target(index, target).values(read.bits)
            for number, other in enumerate(made[id(signal)]):
                shifts[target, number, index] = read.occurrences @ (other.values(read.bits) - here) / read.shots
    return shifts
