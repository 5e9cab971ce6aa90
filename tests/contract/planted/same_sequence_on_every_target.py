"""A bug: every target gets the same random sequences."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen
from planted.sound_sequences import Sequences

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Replicated(Sequences):
    """P(expected) after random pairs of equal pi pulses: `rate` is what a pulse keeps of the `amplitude`."""

    name: ClassVar[str] = "same-sequence-on-every-target"

    def circuit(self, length, seed):
        return self.drawn(np.random.default_rng([seed, length]), length, seed % 2)


@hookimpl
def register_experiments():
    return [Replicated]
