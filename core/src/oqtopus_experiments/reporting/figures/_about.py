"""What a figure says of itself in small print: device, date, shots, and what its bands are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import frozen

from oqtopus_experiments.contracts.analysis import Analysis
from oqtopus_experiments.contracts.dataset import Dataset

BAND_OF_A_FIT = "band: ±1 σ of the fit"


@frozen
class About:
    """
    Where the points of a figure come from.

    Args:
        device: What was measured, and by which backend; empty when unknown.
        created: When it was begun, ISO 8601; empty when unknown.
    """

    device: str = ""
    created: str = ""

    @classmethod
    def of(cls, provenance: Mapping[str, Any], metadata: Mapping[str, Any]) -> About:
        """Return what a result says of where it comes from, and its job of the device; all of it may be missing."""
        backend, device = provenance.get("backend"), metadata.get("device")
        used = backend.get("use") if isinstance(backend, Mapping) else None
        named = [text for text in (device, used) if isinstance(text, str) and text]
        created = provenance.get("created")
        told = f"{named[0]} ({named[1]})" if len(named) > 1 and named[0] != named[1] else "".join(named[:1])
        return cls(told, created if isinstance(created, str) else "")

    def small_print(self, *more: str) -> str:
        """Return ``noisy · 2026-11-22 08:12 UTC``, and whatever more is said of the figure."""
        return " · ".join(filter(None, [self.device, _moment(self.created), *more]))


NOTHING = About()


def of_points(dataset: Dataset, analyses: Sequence[Analysis]) -> tuple[str, ...]:
    """Return what is said of points: shots of a circuit, and what a band is where there is one."""
    banded = any(curve.stderr is not None for analysis in analyses for curve in analysis.curves)
    return (_shots(dataset), BAND_OF_A_FIT if banded else "")


def _shots(dataset: Dataset) -> str:
    found = dataset.shots[dataset.shots > 0]
    return f"{_span(np.unique(found).tolist())} shots per circuit" if found.size else ""


def _span(numbers: Iterable[int]) -> str:
    ordered = sorted(numbers)
    return f"{ordered[0]:,}" if len(ordered) == 1 else f"{ordered[0]:,} to {ordered[-1]:,}"


def _moment(created: str) -> str:
    return f"{created[:16].replace('T', ' ')} UTC" if created else ""
