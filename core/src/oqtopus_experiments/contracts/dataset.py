"""The points of an experiment: signal and standard error per target, from the counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.signals import Signal
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
    """

    mean: NDArray[np.float64]
    stderr: NDArray[np.float64]
    shots: NDArray[np.int64]


@frozen(eq=False)
class Dataset:
    """
    What was measured.

    Args:
        sweep: The points.
        targets: The targets, in the order of the first axis of all arrays.
        signal: What was read from the counts.
        points: Estimates at the points of the sweep.
        references: Estimates of the reference circuits, one column in the order of their names.
        reference_names: Names of the reference circuits.
        failures: Why a circuit has no counts, by its index; references follow the points.
    """

    sweep: Sweep
    targets: tuple[Target, ...]
    signal: Signal
    points: Estimates
    references: Estimates
    reference_names: tuple[str, ...] = ()
    failures: Mapping[int, str] = field(factory=dict)

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

    @classmethod
    def from_counts(cls, experiment: Declaration, results: Mapping[int, Counts | Failure]) -> Dataset:
        """
        Read the signal of every target from the counts.

        Args:
            experiment: What was run.
            results: Counts or failure by index of the circuit; the sweep first, then the references. An index that
                is absent is a missing point.

        Raises:
            ValueError: When the width of the counts does not divide among the targets.
        """
        sweep = experiment.sweep()
        names = tuple(experiment.references())
        mean, stderr, shots = _estimates(experiment, results, sweep.size + len(names))
        size = sweep.size
        return cls(
            sweep=sweep,
            targets=experiment.targets,
            signal=experiment.signal,
            points=Estimates(mean[:, :size], stderr[:, :size], shots[:, :size]),
            references=Estimates(mean[:, size:], stderr[:, size:], shots[:, size:]),
            reference_names=names,
            failures={i: result.reason for i, result in sorted(results.items()) if isinstance(result, Failure)},
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
        frame.attrs["signal"] = self.signal.label
        return frame


def _estimates(
    experiment: Declaration, results: Mapping[int, Counts | Failure], size: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    shape = (len(experiment.targets), size)
    mean, stderr, shots = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=np.int64)
    for index, result in results.items():
        if isinstance(result, Counts) and result.shots:
            mean[:, index], stderr[:, index] = estimate(result, experiment.signal, len(experiment.targets))
            shots[:, index] = result.shots
    return mean, stderr, shots


def estimate(counts: Counts, signal: Signal, targets: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Return mean and standard error of the signal of each target, shape (targets,) each.

    Standard errors of a two-valued signal are binomial with half a count added to either side (the Jeffreys prior),
    those of others add one shot half the range of the signal away, so that no error bar is zero because all shots
    agreed.

    Raises:
        ValueError: When the width of the counts does not divide among the targets.
    """
    bits_per_target, rest = divmod(counts.width, targets)
    if rest:
        message = f"{counts.width} classical bits cannot be shared evenly by {targets} targets"
        raise ValueError(message)
    rows = counts.bits.reshape(-1, bits_per_target)
    values = signal.values(rows).reshape(len(counts.occurrences), targets)
    shots = counts.shots
    mean = counts.occurrences @ values / shots
    if signal.levels is not None:
        low, high = signal.levels
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
