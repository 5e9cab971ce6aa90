"""What was read at each point, short enough to be shown beside it: shots, and how many of them read what."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from attrs import define
from numpy.typing import NDArray

from oqtopus_experiments.contracts.dataset import Dataset
from oqtopus_experiments.contracts.estimates import bits_per_target

MOST = 4
"""So many outcomes of several bits are told, the most frequent first."""


@define(slots=False)
class ReadCounts:
    """The counts behind the points of a data set; those that were read, where it is mitigated."""

    dataset: Dataset

    @cached_property
    def _raw(self) -> Dataset:
        return self.dataset.raw or self.dataset

    @cached_property
    def _ones(self) -> NDArray[np.float64] | None:
        """How often each target read 1 at each point, shape (targets, points); None where targets have more bits."""
        raw, targets = self._raw, len(self._raw.targets)
        if raw.apart or any(bits_per_target(counts, targets) != 1 for counts in raw.counts.values()):
            return None
        ones = np.full(raw.shots.shape, np.nan)
        for index in range(raw.sweep.size):
            counts = raw.counts.get(index)
            if counts is not None:
                ones[:, index] = counts.occurrences @ counts.bits
        return ones

    def of(self, target: int, members: NDArray[np.intp]) -> dict[str, Any]:
        """
        Return what was read at points joined in rows of the sweep, filled up with -1, shape (n, m).

        ``shots``: of each row. ``ones``: how many of them read 1, for targets of one bit. ``read``: for targets of
        more, a text like ``00: 512, 11: 488``, with ``...`` where there are more outcomes.
        """
        there = members >= 0
        shots = np.where(there, self._raw.shots[target][members], 0).sum(axis=1)
        told: dict[str, Any] = {"shots": shots.tolist()}
        if (there.sum(axis=1) > 1).any():
            told["circuits"] = there.sum(axis=1).tolist()
        elif self._ones is not None:
            ones = np.where(there, np.nan_to_num(self._ones[target])[members], 0).sum(axis=1)
            told["ones"] = ones.astype(int).tolist()
        else:
            told["read"] = [self._outcomes(target, row.max(initial=-1)) for row in members]
        return told

    def _outcomes(self, target: int, point: int) -> str:
        if point < 0:
            return ""
        found = self._raw.outcomes(target, point)
        order = np.argsort(-found.occurrences, kind="stable")
        texts = [
            f"{''.join('01'[bit] for bit in found.bits[i][::-1].astype(int))}: {found.occurrences[i]}"
            for i in order[:MOST]
        ]
        return ", ".join([*texts, *(["..."] if len(order) > MOST else [])])
