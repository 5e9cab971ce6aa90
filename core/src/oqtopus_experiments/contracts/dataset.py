"""The points of an experiment: signal and standard error per target, from the counts. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.order import Execution, Order
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.point_signals import PointSignals
from oqtopus_experiments.contracts.signals import Probability, Signal
from oqtopus_experiments.contracts.sweep import Sweep
from oqtopus_experiments.contracts.targets import Target, as_value

if TYPE_CHECKING:
    import pandas as pd


ENUMERATED = 10
"""The range of a signal over so many bits is found by trying all outcomes, over more by trying a thousand."""


@frozen(eq=False)
class Estimates:
    """
    Signals estimated from counts; missing ones are NaN with 0 shots.

    Args:
        mean: Mean of the signal over the shots, shape (targets, points).
        stderr: Its standard error, shape (targets, points); never 0.
        shots: Shots behind it, shape (targets, points).
        low: The lower of the two values a signal can have, shape (targets, points); NaN where it has more than two.
        high: The higher one, likewise.
    """

    mean: NDArray[np.float64]
    stderr: NDArray[np.float64]
    shots: NDArray[np.int64]
    low: NDArray[np.float64] = field()
    high: NDArray[np.float64] = field()

    @low.default
    @high.default
    def _not_two_valued(self) -> NDArray[np.float64]:
        return np.full_like(self.mean, np.nan)

    def columns(self, chosen: slice) -> Estimates:
        """Return some of the points."""
        return Estimates(
            self.mean[:, chosen], self.stderr[:, chosen], self.shots[:, chosen], self.low[:, chosen],
            self.high[:, chosen],
        )  # fmt: skip


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


@frozen(eq=False)
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

    @execution.default
    def _nothing_is_known(self) -> Execution:
        return Execution.of(self.sweep.size + len(self.reference_names), None)

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

    def outcomes(self, target: int, point: int | str) -> TargetOutcomes:
        """
        Return what one target read at one point, as arrays: no rows where there are no counts.

        Args:
            target: Position of the target in `targets`.
            point: Index of a point of the sweep, or the name of a reference circuit.

        Raises:
            KeyError: When there is no such target, point or reference circuit.
        """
        size, names = self.sweep.size, self.reference_names
        known = point in names if isinstance(point, str) else 0 <= point < size
        if not known or not 0 <= target < len(self.targets):
            message = f"there is no point {point!r} of target {target}: {size} points, {len(self.targets)} targets"
            raise KeyError(message)
        index = size + names.index(point) if isinstance(point, str) else int(point)
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
    ) -> Dataset:
        """
        Read the signal of every target from the counts.

        Args:
            experiment: What was run.
            results: Counts or failure by index of the circuit; the sweep first, then the references. An index that
                is absent is a missing point.
            order: The order in which the circuits ran; None where nobody knows.
            times: When circuits ran, s since 1970, by index of the circuit, as far as it is known.

        Raises:
            ValueError: When the width of the counts does not divide among the targets.
        """
        sweep, names = experiment.sweep(), tuple(experiment.references())
        signals = PointSignals.of(experiment, sweep, names)
        estimates = _estimates(signals, results, len(experiment.targets))
        return cls(
            sweep=sweep,
            targets=experiment.targets,
            signal_label=signals.label,
            points=estimates.columns(slice(0, sweep.size)),
            references=estimates.columns(slice(sweep.size, None)),
            reference_names=names,
            failures={i: result.reason for i, result in sorted(results.items()) if isinstance(result, Failure)},
            counts={i: result for i, result in results.items() if isinstance(result, Counts) and result.shots},
            execution=Execution.of(sweep.size + len(names), order, times or {}),
        )

    def to_frame(self) -> pd.DataFrame:
        """
        Return one row per target and point: qubits, the axes, ``signal``, ``signal_stderr``, ``shots``.

        Units of the axes are in ``attrs["units"]``; missing points have NaN and 0 shots.
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
    width = _bits_per_target(counts, targets)
    bits = counts.bits[:, target * width : (target + 1) * width]
    packed = np.ascontiguousarray(np.packbits(bits, axis=1))
    rows = packed.view(f"V{packed.shape[1]}").ravel()
    _, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
    occurrences = np.bincount(inverse.ravel(), weights=counts.occurrences, minlength=len(first))
    return TargetOutcomes(bits[first], occurrences.astype(np.int64))


def _bits_per_target(counts: Counts, targets: int) -> int:
    bits, rest = divmod(counts.width, targets)
    if rest:
        message = f"{counts.width} classical bits cannot be shared evenly by {targets} targets"
        raise ValueError(message)
    return bits


def _estimates(signals: PointSignals, results: Mapping[int, Counts | Failure], targets: int) -> Estimates:
    shape = (targets, signals.size)
    mean, stderr, shots = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    for index, result in results.items():
        if isinstance(result, Counts) and result.shots:
            shots[:, index] = result.shots
            for signal, chosen in signals.at(index):
                found, error = estimate(result, signal, targets)
                mean[chosen, index], stderr[chosen, index] = found[chosen], error[chosen]
    low, high = signals.two_values(targets)
    return Estimates(mean, stderr, shots, low, high)


def estimate(counts: Counts, signal: Signal, targets: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return mean and standard error of the signal of each target, shape (targets,) each.

    Standard errors of a two-valued signal are binomial with half a count added to either side (the Jeffreys prior),
    those of others add one shot half the range of the signal away, so that no error bar is zero because all shots
    agreed.

    Raises:
        ValueError: When the width of the counts does not divide among the targets.
    """
    bits_per_target = _bits_per_target(counts, targets)
    rows = counts.bits.reshape(-1, bits_per_target)
    values = signal.values(rows).reshape(len(counts.occurrences), targets)
    shots = counts.shots
    mean = counts.occurrences @ values / shots
    if signal.two_values is not None:
        low, high = signal.two_values
        return mean, (high - low) * binomial_stderr((mean - low) / (high - low), shots)
    possible = np.append(signal.values(_outcomes(bits_per_target)), values)
    # A signal that is always the same has no scale; 1 is as good as any.
    spread = float(np.ptp(possible)) or 1.0
    variance = (counts.occurrences @ (values - mean) ** 2 + spread**2 / 4) / shots
    return mean, np.sqrt(variance / shots)


@cache
def _outcomes(width: int) -> NDArray[np.bool_]:
    """Return all outcomes of so many bits, or many of them where there are too many; shape (outcomes, width)."""
    if width <= ENUMERATED:
        every: NDArray[np.bool_] = (np.arange(2**width)[:, None] >> np.arange(width)) % 2 == 1
        return every
    return np.random.default_rng(0).random((2**ENUMERATED, width)) < 0.5


def binomial_stderr(fraction: NDArray[np.float64], shots: int) -> NDArray[np.float64]:
    """Return the standard error of an observed fraction, with half a count added to either side; never 0."""
    smoothed = (fraction * shots + 0.5) / (shots + 1)
    error: NDArray[np.float64] = np.sqrt(smoothed * (1 - smoothed) / shots)
    return error
