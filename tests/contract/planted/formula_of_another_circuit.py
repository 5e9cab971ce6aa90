"""A bug: the model starts at its maximum, the circuit at its minimum."""

from __future__ import annotations

from typing import ClassVar

import attrs
import numpy as np
from attrs import frozen
from planted.sound_rotation import Rotation

from oqtopus_experiments import hookimpl


def reversed_oscillation(amplitude, period, contrast, offset):
    return offset + contrast / 2 * np.cos(2 * np.pi * amplitude / period)


@frozen(kw_only=True)
class Reversed(Rotation):
    """P(1) against the amplitude of a pulse: `period`, `contrast` and `offset` of the oscillation."""

    name: ClassVar[str] = "formula-of-another-circuit"

    def fit_model(self):
        return attrs.evolve(super().fit_model(), function=reversed_oscillation, bounds={"contrast": (0, 1)})


@hookimpl
def register_experiments():
    return [Reversed]
