"""A bug: importing the plugin imports SciPy."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from attrs import frozen
from planted.sound_decay import Decay
from scipy.optimize import minimize_scalar

from oqtopus_experiments import Axis, Sweep, hookimpl


@frozen(kw_only=True)
class Heavy(Decay):
    """P(1) after a delay: `lifetime` and `amplitude` of its decay, and the `rate`, one over the lifetime."""

    name: ClassVar[str] = "heavy-import"

    def sweep(self):
        closest = minimize_scalar(lambda delay: (delay - self.longest / 100) ** 2).x
        return Sweep(Axis("delay", np.linspace(closest, self.longest, self.delays), unit="ns"))


@hookimpl
def register_experiments():
    return [Heavy]
