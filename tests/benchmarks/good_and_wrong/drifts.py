"""What changes along the run: how (a course of time from 0 to 1) and what (T1 or drive, readout, temperature)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from attrs import evolve

from .lab import Array, Lab, Rng, in_order, strength

Course: TypeAlias = Callable[[Lab, Rng], Array]
Damage: TypeAlias = Callable[[Lab, Rng], Lab]


# Courses: numbers of size one, one for each circuit


def linear(lab: Lab, rng: Rng) -> Array:
    return rng.choice([-1, 1]) * (lab.time - 0.5)


def settling(lab: Lab, rng: Rng) -> Array:
    """Exponential: much at the beginning."""
    return rng.choice([-1, 1]) * np.exp(-lab.time / rng.uniform(0.1, 0.4))


def pink(lab: Lab, rng: Rng) -> Array:
    """1/f noise."""
    size = len(lab.time)
    frequencies = np.arange(1, size // 2 + 1)
    phases, weights = rng.uniform(0, 2 * np.pi, len(frequencies)), rng.normal(size=len(frequencies))
    waves = weights / np.sqrt(frequencies) * np.cos(2 * np.pi * frequencies * lab.time[:, None] + phases)
    course = waves.sum(axis=1)
    return course / max(float(np.ptp(course)), 1e-9)


def telegraph(lab: Lab, rng: Rng) -> Array:
    """Jumps between two values a few times."""
    jumps = np.sort(rng.uniform(0, 1, rng.integers(2, 7)))
    return (np.searchsorted(jumps, lab.time) % 2) * rng.choice([-1, 1]) * 1.0


def step(lab: Lab, rng: Rng) -> Array:
    return rng.choice([-1, 1]) * (lab.time > rng.uniform(0.3, 0.7)) * 1.0


def wave(lab: Lab, rng: Rng) -> Array:
    """An air conditioner."""
    return np.sin(2 * np.pi * (rng.uniform(1, 4) * lab.time + rng.random())) / 2


def independent(lab: Lab, rng: Rng) -> Array:
    return rng.normal(size=len(lab.time)) / 2


def burst(lab: Lab, rng: Rng) -> Array:
    """A cosmic ray: all at once, forgotten within a few circuits."""
    since = lab.time - rng.uniform(0.1, 0.9)
    return np.where(since >= 0, np.exp(-np.maximum(since, 0) / rng.uniform(0.02, 0.15)), 0.0)


def first_circuits(lab: Lab, rng: Rng) -> Array:
    return (lab.time < rng.uniform(0.03, 0.15)) * 1.0


# What they change


def of_scale(course: Course, low: float, high: float) -> Damage:
    """T1 changes by such a part (in its logarithm), the drive by a fifth of that."""

    def damage(lab: Lab, rng: Rng) -> Lab:
        size = strength(rng, low, high) * (1.0 if lab.is_t1 else 0.2)
        return lab.with_scale(np.exp(size * course(lab, rng)))

    return damage


def of_readout(course: Course, low: float, high: float) -> Damage:
    """The contrast changes by such a part: |1> is seen less well, |0> by a third of that."""

    def damage(lab: Lab, rng: Rng) -> Lab:
        change = strength(rng, low, high) * course(lab, rng)
        excited = np.clip(lab.excited - 0.1 - change, 0.3, 1.0)
        return evolve(lab, excited=excited, ground=np.clip(lab.ground + change / 3, 0.0, 0.4))

    return damage


def of_level(course: Course, low: float, high: float) -> Damage:
    """Both states move the same way in the plane of the readout."""

    def damage(lab: Lab, rng: Rng) -> Lab:
        change = strength(rng, low, high) * course(lab, rng)
        ground, excited = lab.ground + 0.08 + change, lab.excited - 0.08 + change
        return evolve(lab, ground=np.clip(ground, 0, 1), excited=np.clip(excited, 0, 1))

    return damage


def of_temperature(course: Course, low: float, high: float) -> Damage:
    def damage(lab: Lab, rng: Rng) -> Lab:
        warmer = strength(rng, low, high) * np.abs(course(lab, rng))
        return evolve(lab, thermal=np.clip(lab.thermal + warmer, 0, 0.45))

    return damage


def cosmic_ray(lab: Lab, rng: Rng) -> Lab:
    """Quasi-particles of a burst shorten T1 by much for a while; the truth is that of the rest of the run."""
    rate = 1 + strength(rng, 0.3, 10) * burst(lab, rng)
    return evolve(lab, scale=lab.scale / rate)


def drive_drops_out(lab: Lab, rng: Rng) -> Lab:
    """The local oscillator unlocks for a while: pulses turn by less."""
    weaker = 1 - strength(rng, 0.05, 0.9) * burst(lab, rng)
    return evolve(lab, x=lab.x * weaker)


def readout_drops_out(lab: Lab, rng: Rng) -> Lab:
    """For a while a part of what is read is noise."""
    noise = strength(rng, 0.05, 0.8) * burst(lab, rng)
    return evolve(lab, ground=lab.ground * (1 - noise) + noise / 2, excited=lab.excited * (1 - noise) + noise / 2)


def not_warm_yet(lab: Lab, rng: Rng) -> Lab:
    """The first circuits of a run are read out worse."""
    lost = strength(rng, 0.03, 0.6) * first_circuits(lab, rng)
    return evolve(lab, excited=lab.excited * (1 - lost))


def in_the_order_of_the_sweep(damage: Damage) -> Damage:
    """The same damage where nobody shuffled the circuits."""
    return lambda lab, rng: damage(in_order(lab), rng)
