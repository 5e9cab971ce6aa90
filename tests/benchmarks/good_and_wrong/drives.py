"""Rotations that do not grow in proportion to the amplitude, or not only; where they still invert the qubit."""

from __future__ import annotations

import numpy as np
from attrs import evolve

from .lab import Array, Lab, Law, Rng, relaxing, strength, turning

# Where a rotation is followed, in units of the scale.
LINE = np.linspace(0, 2, 8001)


def first_inversion(law: Law) -> float:
    """Return the amplitude of the first maximum, up to two pi amplitudes."""
    return float(LINE[np.argmax(law(LINE))])


def damped(lab: Lab, rng: Rng) -> Lab:
    length = strength(rng, 2, 100)
    return lab.with_law(lambda u: (1 - np.exp(-u / length) * np.cos(np.pi * u)) / 2)


def inhomogeneous(lab: Lab, rng: Rng) -> Lab:
    """The drive differs from shot to shot, normally."""
    width = strength(rng, 0.01, 0.15)
    return lab.with_law(lambda u: (1 - np.exp(-((width * np.pi * u) ** 2) / 2) * np.cos(np.pi * u)) / 2)


def relaxes_while_driven(lab: Lab, rng: Rng) -> Lab:
    """Pulses grow longer with the amplitude: what is excited decays towards |0>."""
    length = strength(rng, 4, 150)
    return lab.with_law(lambda u: turning(u) * np.exp(-u / length))


def compressed_drive(lab: Lab, rng: Rng) -> Lab:
    """An amplifier gives less at high power; it inverts where the angle is pi."""
    part = strength(rng, 0.002, 0.06)
    top = np.sqrt(1 / (3 * part))  # where more amplitude would turn it back
    u = np.minimum(LINE, top)
    inverts = float(LINE[np.argmax(u - part * u**3 >= 1)])
    return lab.with_law(lambda v: turning(np.minimum(v, top) - part * np.minimum(v, top) ** 3), inverts, inverts)


def power_of_the_drive(lab: Lab, rng: Rng) -> Lab:
    power = 1 + rng.choice([-1, 1]) * strength(rng, 0.005, 0.25)
    return lab.with_law(lambda u: turning(u**power))


def detuned(lab: Lab, rng: Rng) -> Lab:
    """Off resonance by part of the Rabi frequency at the pi amplitude; the first maximum or the resonant amplitude."""
    off = strength(rng, 0.03, 0.7)

    def law(u: Array) -> Array:
        frequency = np.hypot(u, off)
        return (u / frequency) ** 2 * turning(frequency)

    first = first_inversion(law)
    return lab.with_law(law, min(first, 1.0), max(first, 1.0))


def light_shift(lab: Lab, rng: Rng) -> Lab:
    """The drive detunes the qubit by its own power."""
    part = strength(rng, 0.01, 0.35)

    def law(u: Array) -> Array:
        frequency = np.hypot(u, part * u**2)
        return np.where(u > 0, (u / np.maximum(frequency, 1e-9)) ** 2 * turning(frequency), 0.0)

    first = first_inversion(law)
    return lab.with_law(law, min(first, 1.0), max(first, 1.0))


def beating(lab: Lab, rng: Rng) -> Lab:
    """Two frequencies, of a charge that jumps between shots, say; the first maximum or the mean drive."""
    ratio, part = 1 - strength(rng, 0.01, 0.2), rng.uniform(0.3, 0.5)

    def law(u: Array) -> Array:
        return (1 - part) * turning(u) + part * turning(ratio * u)

    ends = (first_inversion(law), 1 / (1 - part + part * ratio))
    return lab.with_law(law, min(ends), max(ends))


def phase_offset(lab: Lab, rng: Rng) -> Lab:
    """Rotated before the pulse about the same axis; where it is inverted or what a pulse turns by."""
    before = rng.choice([-1, 1]) * strength(rng, 0.01, 0.25)
    return lab.with_law(lambda u: turning(u + before), min(1.0, 1 - before), max(1.0, 1 - before))


def swept_in_far_too_long_steps(lab: Lab, rng: Rng) -> Lab:
    """No damage: the sweep goes to 40 pi pulses, say, with fewer than two points in many of the periods."""
    swept = evolve(lab.experiment, max_amplitude=strength(rng, 10, 60) * lab.points / 30)
    (amplitudes,) = swept.sweep().grid().values()
    return evolve(lab, experiment=swept, asked=amplitudes, x=amplitudes)


def too_strong(lab: Lab, rng: Rng) -> Lab:
    """It turns up to three times as far as it was calibrated to."""
    return lab.with_scale(np.full(lab.x.shape, 1 / strength(rng, 1.3, 3)))


def far_too_weak(lab: Lab, rng: Rng) -> Lab:
    return lab.with_scale(np.full(lab.x.shape, strength(rng, 3, 15)))


def dead_zone(lab: Lab, rng: Rng) -> Lab:
    """Small amplitudes give nothing; it inverts at the pi amplitude all the same."""
    dead = strength(rng, 0.02, 0.3)
    return lab.with_law(lambda u: turning(np.maximum(u - dead, 0) / (1 - dead)))


def drive_has_a_largest(lab: Lab, rng: Rng) -> Lab:
    return evolve(lab, x=np.minimum(lab.x, rng.uniform(0.5, 0.99) * lab.longest))


def drive_in_coarse_steps(lab: Lab, rng: Rng) -> Lab:
    step = strength(rng, 0.02, 0.3)
    return evolve(lab, x=np.round(lab.x / step) * step)


def leaks_when_driven_hard(lab: Lab, rng: Rng) -> Lab:
    """|2>, read as 1, takes a part that grows with the fourth power of the amplitude."""
    part = strength(rng, 0.0001, 0.01)
    return lab.with_law(lambda u: turning(u) + np.minimum(part * u**4, 0.8) * (1 - turning(u)))


def heated_by_the_drive(lab: Lab, rng: Rng) -> Lab:
    part = strength(rng, 0.001, 0.03)
    return lab.with_law(lambda u: turning(u) + np.minimum(part * u**2, 0.5) * (1 - 2 * turning(u)))


def drive_with_noise(lab: Lab, rng: Rng) -> Lab:
    """The amplitude differs from circuit to circuit."""
    factor = 1 + strength(rng, 0.002, 0.06) * rng.normal(size=lab.x.shape)
    return evolve(lab, x=lab.x * factor)


# Of both experiments


def state_preparation(lab: Lab, rng: Rng) -> Lab:
    """Hot: much of the population is in |1> before anything begins."""
    return evolve(lab, thermal=lab.thermal + rng.uniform(0.05, 0.25))


def superposed(lab: Lab, rng: Rng) -> Lab:
    """Starts on the sphere beside |0>, about the axis that no pulse turns about: contrast is lost, no phase is won."""
    left = np.cos(rng.uniform(0.05, 0.4) * np.pi / 2)
    if lab.is_t1:
        return lab.with_law(lambda u: (1 + left) / 2 * relaxing(u))
    return lab.with_law(lambda u: (1 - left * np.cos(np.pi * u)) / 2)
