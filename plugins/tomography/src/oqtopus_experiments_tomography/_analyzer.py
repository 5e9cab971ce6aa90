"""The analyzer of state tomography: density matrix, fidelity and purity of each target, with a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    AnalysisError,
    Analyzer,
    Dataset,
    Declaration,
    Dimension,
    OutcomeProbabilities,
    Quantity,
    QuantityArray,
    Reason,
    ReasonCode,
    Target,
    Verdict,
    ge,
    le,
    parameter,
)
from oqtopus_experiments_tomography import _readout as readout, _verdict as verdict
from oqtopus_experiments_tomography._bootstrap import estimate
from oqtopus_experiments_tomography._estimates import Real
from oqtopus_experiments_tomography._experiment import AGAIN, EXCITED, GROUND, StateTomography
from oqtopus_experiments_tomography._settings import Complex, outcomes, settings

FEWEST = 10
"""Shots of a setting below which its scatter is anybody's guess."""


@frozen(kw_only=True)
class Tomography(Analyzer):
    """
    The state behind the counts of all settings.

    `fidelity` (to the state that was asked for) and `purity` are those of the linear inversion, on average right also
    for nearly pure states, and hence now and then above 1. `density_matrix` is the state of maximum likelihood, which
    is physical; `physical_fidelity` and `physical_purity` are its own, their bias at the boundary as systematic. Errors
    are those of a parametric bootstrap.

    Where a mitigation is asked for, all of that is of mitigated probabilities: their likelihood is a Gaussian with the
    covariance of shots and calibration, and the bootstrap draws both.
    """

    name: ClassVar[str] = "tomography"
    by_target: ClassVar[bool] = True
    resamples: int = parameter(100, ge(20), le(10_000), help="data sets drawn from the state found, for the errors")

    def analyze(self, experiment: Declaration, dataset: Dataset) -> Sequence[Analysis]:
        """Return the state of each target; see `Analyzer.analyze`."""
        if not isinstance(experiment, StateTomography):
            message = f"the analyzer 'tomography' reads state_tomography, not {experiment.name!r}"
            raise AnalysisError(message)
        asked = _Asked(
            experiment.label,
            experiment.ket(),
            verdict.bound(experiment.ket()),
            experiment.num_qubits,
            experiment.repeated,
        )
        known = {str(setting): place for place, setting in enumerate(dataset.sweep.grid()["setting"])}
        places = [known.get(setting, -1) for setting in settings(asked.qubits)]
        return [self._of(asked, dataset, target, places) for target in range(len(dataset.targets))]

    def _of(self, asked: _Asked, dataset: Dataset, target: int, places: Sequence[int]) -> Analysis:
        read = _probabilities(dataset, target, places, asked)
        measured = read.at(range(len(places)))
        if measured.shots.min() < FEWEST:
            return _nothing(dataset.targets[target], asked.qubits, measured.shots)
        found = estimate(measured, asked.ket, self.resamples)
        ground, again = len(places), read.counts[len(places) + 2 :]
        first = [measured.counts[settings(asked.qubits).index(setting)] for setting in asked.repeated]
        fidelity = Quantity("fidelity", float(found.fidelity[0]), float(found.fidelity[1:].std()))
        reasons = [
            *readout.reasons(read.at([ground, ground + 1]), asked.qubits),
            *verdict.of_repeats(list(zip(first, again, strict=True))),
            *verdict.of_fit(found),
            *verdict.of_fidelity(fidelity, asked.label, asked.least),
            *verdict.of_boundary(found),
        ]
        quantities = [
            fidelity,
            Quantity("purity", float(found.purity[0]), float(found.purity[1:].std())),
            _physical("physical_fidelity", found.physical_fidelity),
            _physical("physical_purity", found.physical_purity),
        ]
        drawn = found.rho[1:]
        errors = drawn.real.std(axis=0) + 1j * drawn.imag.std(axis=0)
        matrix = _matrix(found.rho[0], errors, asked.qubits)
        return Analysis(dataset.targets[target], quantities, Verdict(reasons), arrays=[matrix])


@frozen(eq=False)
class _Asked:
    """The state that was asked for: its name, its ket, and the fidelity that has nothing to do with it."""

    label: str
    ket: Complex
    least: float
    qubits: int
    repeated: tuple[str, ...]


def _probabilities(dataset: Dataset, target: int, places: Sequence[int], asked: _Asked) -> OutcomeProbabilities:
    """
    Return the probabilities of all outcomes: at the settings, of |0...0> and |1...1>, and at settings read again.

    What the data do not have is there without shots.
    """
    names = [GROUND, EXCITED, *(f"{AGAIN} {setting}" for setting in asked.repeated)]
    everything: list[int | str] = [*places, *names]
    there = [place in dataset.reference_names if isinstance(place, str) else place >= 0 for place in everything]
    found = dataset.probabilities(target, [place for place, known in zip(everything, there, strict=True) if known])
    counts = np.zeros((len(everything), 2**asked.qubits), dtype=np.int64)
    shifts = np.zeros((len(found.shifts), *counts.shape))
    if found.shots.any():
        counts[there], shifts[:, there] = found.counts, found.shifts
    return OutcomeProbabilities(counts, found.undoing, shifts)


def _physical(name: str, values: Real) -> Quantity:
    return Quantity(name, float(values[0]), float(values[1:].std()), systematic=abs(verdict.bias_of(values)))


def _matrix(rho: Complex, errors: Complex, qubits: int) -> QuantityArray:
    labels = outcomes(qubits)
    return QuantityArray("density_matrix", rho, errors, [Dimension("row", labels), Dimension("column", labels)])


def _nothing(target: Target, qubits: int, shots: Real) -> Analysis:
    """Return an analysis of counts from which no state follows."""
    if (missing := int((shots == 0).sum())) > 0:
        reason = Reason(ReasonCode.MISSING_POINTS, f"{missing} of {len(shots)} settings were not read", "bad")
    else:
        message = f"a setting has {shots.min():.0f} shots; {FEWEST} are the least, hundreds are usual"
        reason = Reason(ReasonCode.FEW_SHOTS, message, "bad")
    nothing = np.full((2**qubits, 2**qubits), complex(np.nan, np.nan))
    names = ("fidelity", "purity", "physical_fidelity", "physical_purity")
    unknown = [Quantity(name, np.nan, np.nan) for name in names]
    return Analysis(target, unknown, Verdict([reason]), arrays=[_matrix(nothing, nothing, qubits)])
