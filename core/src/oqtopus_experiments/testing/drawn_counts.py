"""Outcomes behind signals that were drawn, made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.experiment import Declaration
from oqtopus_experiments.contracts.point_signals import PointSignals

ONE_BIT = np.array([[False], [True]])


@frozen(eq=False)
class DrawnCounts(Mapping[int, Counts]):
    """
    Counts of all targets side by side, by index of the circuit: only of circuits whose signals determine them.

    Args:
        ones: How often each target read 1 at each circuit, -1 where the signal does not say, shape (targets, circuits).
        shots: Shots of each circuit.
        seed: In which of the shots is drawn anew for each circuit and target from this: targets are independent.
    """

    ones: NDArray[np.int64] = field(repr=False)
    shots: int
    seed: int

    @classmethod
    def of(
        cls,
        experiment: Declaration,
        signals: PointSignals,
        mean: NDArray[np.float64],
        shots: int,
        rng: np.random.Generator,
    ) -> DrawnCounts:
        """Return the counts behind a signal of shape (targets, circuits)."""
        ones = np.full(mean.shape, -1, dtype=np.int64)
        for index in range(signals.size if experiment.num_qubits == 1 else 0):
            for signal, chosen in signals.at(index):
                try:
                    zero, one = signal.values(ONE_BIT)
                except ValueError:  # it reads more bits than one
                    continue
                if signal.two_values is not None and zero != one:
                    ones[chosen, index] = np.rint((mean[chosen, index] - zero) / (one - zero) * shots)
        return cls(ones, shots, int(rng.integers(2**63)))

    def __getitem__(self, index: int) -> Counts:
        if index not in range(self.ones.shape[1]) or (self.ones[:, index] < 0).any():
            raise KeyError(index)
        rng = np.random.default_rng([self.seed, index])
        first = np.arange(self.shots)[:, None] < self.ones[:, index]
        return Counts.from_shots(rng.permuted(first, axis=0))

    def __iter__(self) -> Iterator[int]:
        return iter(np.flatnonzero((self.ones >= 0).all(axis=0)).tolist())

    def __len__(self) -> int:
        return int((self.ones >= 0).all(axis=0).sum())
