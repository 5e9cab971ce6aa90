"""What a mitigation is calibrated by, with where and when it was measured. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from oqtopus_experiments.contracts.analysis import Analysis


@frozen(eq=False)
class Calibration:
    """
    What a mitigation is calibrated by, and where it comes from.

    Args:
        experiment: Name of the experiment.
        analyses: Its analyses.
        run: The run it was measured in, by the name of its folder; empty for one without.
        label: Its label there.
        created: When, ISO 8601.
        backend: Name of the backend.
        device: What tells the device from others of that backend.
    """

    experiment: str
    analyses: tuple[Analysis, ...]
    run: str
    label: str
    created: str
    backend: str
    device: Mapping[str, Any] = field(repr=False)
