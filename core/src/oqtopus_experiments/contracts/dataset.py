"""The points of an experiment: signal and standard error per target, from the counts. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.correction import Correction
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.estimates import Apart, Estimates, bits_per_target, estimates, joint_means
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.order import Execution, Order
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.outcome_probabilities import OutcomeProbabilities, outcome_probabilities
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.signals import Probability, Signal
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.targets import Target, as_value, label
from oqtopus_experiments.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd


@frozen(eq=False)
class TargetOutcomes:
    """
    What one target read at one point.

    Args:
        bits: Outcomes, one row each, column j is classical bit j of the target; bool, shape (outcomes, width).
        occurrences: How often each was seen, > 0, shape (outcomes,).
    """

    bits: NDArray[np.bool_]
    occurrences: NDArray[np.int64]

    @property
    def shots(self) -> int:
        """Shots in all; 0 where the point is missing."""
        return int(self.occurrences.sum())

    def probability(self, outcome: str) -> float:
        """Return the part of the shots that read this bit string, the right-most character being bit 0; NaN without."""
        if not self.shots:
            return math.nan
        return float(self.occurrences @ Probability(outcome).values(self.bits)) / self.shots


@frozen(eq=False, repr=False)
class Dataset:
    """
    What was measured.

    Args:
        sweep: The points.
        targets: The targets, in the order of the first axis of all arrays.
        signal_label: What was read from the counts, for example ``P(1)``.
        points: Estimates at the points of the sweep.
        references: Estimates of the reference circuits, one column in the order of their names.
        reference_names: Names of the reference circuits.
        failures: Why a circuit has no counts, by its index; references follow the points.
        counts: The counts of all targets side by side, by index of the circuit; `outcomes` has those of one.
        execution: When the circuits ran, and which before which.
        apart: The counts of targets that were not read together, by index of the circuit and position of the target.
        raw: What was measured, where `points` and `references` are mitigated; None where they are what was measured.
        corrections: What the mitigation does to each target; empty without one.
        point_labels: What was read at each point of the sweep; empty where nobody says more than `signal_label`.
    """

    sweep: Sweep
    targets: tuple[Target, ...]
    signal_label: str
    points: Estimates
    references: Estimates
    reference_names: tuple[str, ...] = ()
    failures: Mapping[int, str] = field(factory=dict)
    counts: Mapping[int, Counts] = field(factory=dict, repr=False)
    execution: Execution = field()
    apart: Apart = field(factory=dict, repr=False)
    raw: Dataset | None = field(default=None, repr=False)
    corrections: tuple[Correction, ...] = field(default=(), repr=False)
    point_labels: tuple[str, ...] = field(default=(), repr=False)

    @execution.default
    def _nothing_is_known(self) -> Execution:
        return Execution.of(self.sweep.size + len(self.reference_names), None)

    @property
    def summary(self) -> str:
        """What it holds, in a phrase: ``P(1) at 30 points of delay (ns), 1 missing, 60,000 shots``."""
        axes = " x ".join(f"{axis.name} ({axis.unit})" if axis.unit else axis.name for axis in self.sweep.axes)
        missing = int((self.shots == 0).sum())
        told = [f"{self.signal_label} at {self.sweep.size} points of {axes}"]
        told += [f"{missing} missing"] * bool(missing) + ["mitigated"] * (self.raw is not None)
        return ", ".join((*told, f"{int(self.shots.sum()):,} shots"))

    def __repr__(self) -> str:
        return f"<Dataset of {', '.join(map(label, self.targets))}: {self.summary}>"

    @property
    def mean(self) -> NDArray[np.float64]:
        """Signal at the points, shape (targets, points); NaN where missing."""
        return self.points.mean

    @property
    def stderr(self) -> NDArray[np.float64]:
        """Standard error of the signal, shape (targets, points)."""
        return self.points.stderr

    @property
    def shots(self) -> NDArray[np.int64]:
        """Shots at the points, shape (targets, points); 0 where missing."""
        return self.points.shots

    def expectations(
        self, target: int, point: int | str, signals: Sequence[Signal]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """
        Return the means of several signals of one circuit, and their covariance; mitigated where the data set is.

        They come from the same shots, and from the same calibration, so they are not independent.

        Args:
            target: Position of the target in `targets`.
            point: Index of a point of the sweep, or the name of a reference circuit.
            signals: What is read, k of them.

        Returns:
            Shapes (k,) and (k, k); NaN where there are no counts.

        Raises:
            KeyError: When there is no such target, point or reference circuit.
        """
        read = (self.raw or self).outcomes(target, point)
        if not self.corrections:
            return joint_means(read.bits, read.occurrences, signals)
        correction = self.corrections[target]
        mean, covariance = joint_means(read.bits, read.occurrences, [correction.signal(one) for one in signals])
        for other in correction.variations():
            moved, _ = joint_means(read.bits, read.occurrences, [other.signal(one) for one in signals])
            covariance = covariance + np.outer(moved - mean, moved - mean)
        return mean, covariance

    def probabilities(self, target: int, points: Sequence[int | str]) -> OutcomeProbabilities:
        """
        Return the probabilities of all outcomes at some circuits with their covariance; mitigated where the data are.

        Args:
            target: Position of the target in `targets`.
            points: For each circuit the index of a point of the sweep, or the name of a reference circuit.

        Raises:
            KeyError: When there is no such target, point or reference circuit.
            AnalysisError: When a target has too many bits to write out their outcomes.
        """
        read = [(self.raw or self).outcomes(target, point) for point in points]
        correction = self.corrections[target] if self.corrections else None
        return outcome_probabilities([(one.bits, one.occurrences) for one in read], correction)

    def outcomes(self, target: int, point: int | str) -> TargetOutcomes:
        """
        Return what one target read at one point, as arrays: no rows where there are no counts.

        Args:
            target: Position of the target in `targets`.
            point: Index of a point of the sweep, or the name of a reference circuit.

        Raises:
            KeyError: When there is no such target, point or reference circuit.
            AnalysisError: When the data set is mitigated: what was read is not; `expectations` and `probabilities` are,
                and ``raw.outcomes`` says that it is raw.
        """
        if self.raw is not None:
            message = (
                "its counts are asked for, which no mitigation changes: run it without, or let the analyzer ask for "
                "Dataset.expectations or Dataset.probabilities"
            )
            raise AnalysisError(message)
        size, names = self.sweep.size, self.reference_names
        known = point in names if isinstance(point, str) else 0 <= point < size
        if not known or not 0 <= target < len(self.targets):
            message = f"there is no point {point!r} of target {target}: {size} points, {len(self.targets)} targets"
            raise KeyError(message)
        index = size + names.index(point) if isinstance(point, str) else int(point)
        own = self.apart.get((index, target))
        if own is not None:
            return outcomes_of(own, 0, 1)
        counts = self.counts.get(index)
        if counts is None:
            return TargetOutcomes(np.zeros((0, 0), dtype=bool), np.zeros(0, dtype=np.int64))
        return outcomes_of(counts, target, len(self.targets))

    @property
    def positions(self) -> NDArray[np.int64]:
        """How many circuits were to run before that of each point, shape (points,); -1 where nobody knows."""
        return self.execution.positions[: self.sweep.size]

    @property
    def times(self) -> NDArray[np.float64]:
        """When each point was measured, s since 1970, shape (points,); NaN where the backend does not know."""
        return self.execution.times[: self.sweep.size]

    @classmethod
    def from_counts(
        cls,
        experiment: Declaration,
        results: Mapping[int, Counts | Failure],
        *,
        order: Order | None = None,
        times: Mapping[int, float] | None = None,
        apart: Apart | None = None,
    ) -> Dataset:
        """
        Read the signal of every target from the counts.

        Args:
            experiment: What was run.
            results: Counts or failure by index of the circuit; the sweep first, then the references. An index that
                is absent is a missing point.
            order: The order in which the circuits ran; None where nobody knows.
            times: When circuits ran, s since 1970, by index of the circuit, as far as it is known.
            apart: Counts of targets that were not read together.

        Raises:
            ValueError: When the width of the counts does not divide among the targets.
        """
        sweep, names = experiment.sweep(), tuple(experiment.references())
        signals = PointSignals.of(experiment, sweep, names)
        found = estimates(signals, results, len(experiment.targets), apart)
        return cls(
            sweep=sweep,
            targets=experiment.targets,
            signal_label=signals.label,
            points=found.columns(slice(0, sweep.size)),
            references=found.columns(slice(sweep.size, None)),
            reference_names=names,
            failures={i: result.reason for i, result in sorted(results.items()) if isinstance(result, Failure)},
            counts={i: result for i, result in results.items() if isinstance(result, Counts) and result.shots},
            execution=Execution.of(sweep.size + len(names), order, times or {}),
            apart={place: counts for place, counts in (apart or {}).items() if counts.shots},
            point_labels=signals.labels[: sweep.size],
        )

    def to_frame(self) -> pd.DataFrame:
        """
        Return one row per target and point: qubits, the axes, ``signal``, ``signal_stderr``, ``shots``.

        Of mitigated data also ``raw_signal`` and ``raw_signal_stderr``. Units of the axes are in ``attrs["units"]``;
        missing points have NaN and 0 shots.
        """
        import pandas as pd

        points, targets = self.sweep.size, len(self.targets)
        columns: dict[str, Any] = {"qubits": np.repeat([as_value(target) for target in self.targets], points)}
        columns |= {name: np.tile(values, targets) for name, values in self.sweep.grid().items()}
        columns |= {
            "signal": self.mean.ravel(),
            "signal_stderr": self.stderr.ravel(),
            "shots": self.shots.ravel(),
        }
        if self.raw is not None:
            columns |= {"raw_signal": self.raw.mean.ravel(), "raw_signal_stderr": self.raw.stderr.ravel()}
        frame = pd.DataFrame(columns)
        frame.attrs["units"] = {axis.name: axis.unit for axis in self.sweep.axes if axis.unit}
        frame.attrs["signal"] = self.signal_label
        return frame


def outcomes_of(counts: Counts, target: int, targets: int) -> TargetOutcomes:
    """
    Return the outcomes of one of so many targets side by side, each once.

    Raises:
        ValueError: When the width of the counts does not divide among the targets.
    """
    width = bits_per_target(counts, targets)
    bits = counts.bits[:, target * width : (target + 1) * width]
    packed = np.ascontiguousarray(np.packbits(bits, axis=1))
    rows = packed.view(f"V{packed.shape[1]}").ravel()
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    occurrences = np.bincount(inverse.ravel(), weights=counts.occurrences, minlength=len(first))
    return TargetOutcomes(bits[first], occurrences.astype(np.int64))
