"""
What nobody can see in the data given: damage whose signal is exactly one of the model, with another headline.

None of it is counted. That it is as said is tested: the model fits the expected counts of ten million shots. To see it
takes other data: a second clock, another experiment, references, or circuits in another order.
"""

from __future__ import annotations

import numpy as np
from attrs import evolve

from .kind import Kind
from .lab import Lab, Rng


def wrong_clock(lab: Lab, rng: Rng) -> Lab:
    """Delays are a constant factor longer than asked for: T1 in units of another clock."""
    return evolve(lab, x=lab.x * rng.uniform(1.1, 1.5))


def attenuated(lab: Lab, rng: Rng) -> Lab:
    """Every amplitude is a constant factor smaller, also that of the x gate: another drive."""
    return evolve(lab, x=lab.x * rng.uniform(0.8, 0.95))


def far_too_strong(lab: Lab, rng: Rng) -> Lab:
    """A drive that turns more than once between two amplitudes at equal steps: on them it is a weaker one, exactly."""
    return evolve(lab, scale=lab.scale * rng.uniform(0.02, 0.07))


def labels_swapped(lab: Lab, rng: Rng) -> Lab:
    """All circuits, references too, are those of another qubit, which is as good a one."""
    return evolve(lab, scale=lab.scale * rng.uniform(0.7, 0.9))


def loss_at_a_constant_rate(lab: Lab, rng: Rng) -> Lab:
    """A bath at another temperature, leakage that reads as 0, a Purcell decay: an exponential of another constant."""
    rate = rng.uniform(0.1, 0.5)
    return lab.with_law(lambda u: np.exp(-u * (1 + rate)))


def contrast_falls_with_the_delay(lab: Lab, rng: Rng) -> Lab:
    """By equal parts for equal delays, without references, and towards |0> where no heat is: a shorter T1."""
    cold, rate = evolve(lab, thermal=np.zeros(lab.x.shape)), rng.uniform(0.2, 0.8)
    fallen = np.exp(-rate * lab.x / lab.scale)
    return cold.read(lambda p, now: now.ground + (p - now.ground) * fallen)


INVISIBLE = (
    Kind(wrong_clock, ("t1", "t1 with references")),
    Kind(attenuated, ("rabi",)),
    Kind(far_too_strong, ("rabi",)),
    Kind(labels_swapped, ("t1", "t1 with references", "rabi")),
    Kind(loss_at_a_constant_rate, ("t1", "t1 with references")),
    Kind(contrast_falls_with_the_delay, ("t1",)),
)
