"""Decays that are not one exponential, and delays that are not as asked for; the lifetime each of them still has."""

from __future__ import annotations

import numpy as np
from attrs import evolve

from .lab import Array, Lab, Law, Rng, strength

# Where a population is followed until it has fallen to 1/e, in units of the scale.
LINE = np.linspace(0, 8, 16_001)


def one_over_e(law: Law) -> float:
    """Return when a population has fallen to 1/e of where it starts: the lifetime of what is no exponential."""
    values = law(LINE)
    return float(LINE[np.argmax(values < values[0] / np.e)])


def decays_as(lab: Lab, law: Law) -> Lab:
    lifetime = one_over_e(law)
    return lab.with_law(law, lifetime, lifetime)


def two_lifetimes(lab: Lab, rng: Rng) -> Lab:
    ratio, part = strength(rng, 1.3, 10), rng.uniform(0.1, 0.9)
    return decays_as(lab, lambda u: part * np.exp(-u) + (1 - part) * np.exp(-ratio * u))


def stretched(lab: Lab, rng: Rng) -> Lab:
    exponent = 1 - strength(rng, 0.02, 0.5)
    return decays_as(lab, lambda u: np.exp(-(u**exponent)))


def compressed(lab: Lab, rng: Rng) -> Lab:
    exponent = 1 + strength(rng, 0.02, 0.8)
    return decays_as(lab, lambda u: np.exp(-(u**exponent)))


def quasiparticles(lab: Lab, rng: Rng) -> Lab:
    """A Poissonian number of quasi-particles from shot to shot, beside a constant loss (Pop et al. 2014)."""
    number, ratio = strength(rng, 0.05, 2.0), rng.uniform(1.5, 6)
    return decays_as(lab, lambda u: np.exp(number * (np.exp(-ratio * u) - 1) - u))


def quasiparticles_and_tls(lab: Lab, rng: Rng) -> Lab:
    """Quasi-particles, and a two-level system that swaps with the qubit in some of the shots."""
    number, part = strength(rng, 0.1, 1), strength(rng, 0.03, 0.4)
    ratio, rate = rng.uniform(2, 6), rng.uniform(2, 8)
    return decays_as(
        lab, lambda u: np.exp(number * (np.exp(-ratio * u) - 1) - u) * (1 - part + part * np.exp(-rate * u))
    )


def power_law(lab: Lab, rng: Rng) -> Lab:
    exponent = strength(rng, 1, 40)
    return decays_as(lab, lambda u: (1 + u / exponent) ** -exponent)


def lifetimes_of_a_spread(lab: Lab, rng: Rng) -> Lab:
    """T1 differs from shot to shot, log-normal."""
    lifetimes = np.exp(strength(rng, 0.05, 0.7) * np.array([-1.6, -1.0, -0.5, -0.2, 0.2, 0.5, 1.0, 1.6]))
    return decays_as(lab, lambda u: np.mean([np.exp(-u / t) for t in lifetimes], axis=0))


def coherent_exchange(lab: Lab, rng: Rng) -> Lab:
    """Swaps with a two-level system that loses its memory: the envelope is the T1 of the qubit."""
    depth, turns, memory = strength(rng, 0.01, 0.5), rng.uniform(0.5, 4), rng.uniform(0.3, 2)
    return lab.with_law(
        lambda u: np.exp(-u) * (1 - depth * (1 - np.cos(2 * np.pi * turns * u) * np.exp(-u / memory)) / 2)
    )


def prepared_in_two(lab: Lab, rng: Rng) -> Lab:
    """The pi pulse leaks to |2>, read as 1, which falls to |1> in part of T1: T1 is that of |1>."""
    leaked, rate = strength(rng, 0.005, 0.15), rng.uniform(1.3, 2.5)

    def law(u: Array) -> Array:
        two = leaked * np.exp(-rate * u)
        one = (1 - leaked) * np.exp(-u) + leaked * rate / (rate - 1) * (np.exp(-u) - np.exp(-rate * u))
        return one + two

    return lab.with_law(law)


def hidden_in_two(lab: Lab, rng: Rng) -> Lab:
    """As before, but |2> reads as 0: the population seems to come from nowhere."""
    leaked, rate = strength(rng, 0.005, 0.15), rng.uniform(1.3, 2.5)
    fed = leaked * rate / (rate - 1)
    return lab.with_law(lambda u: (1 - leaked) * np.exp(-u) + fed * (np.exp(-u) - np.exp(-rate * u)))


def trapped(lab: Lab, rng: Rng) -> Lab:
    """A part goes where it lives long and still reads as 1: the rest has the T1 of the qubit."""
    part, longer = strength(rng, 0.01, 0.2), rng.uniform(4, 20)
    return lab.with_law(lambda u: (1 - part) * np.exp(-u) + part * np.exp(-u / longer))


def rate_changes_with_the_delay(lab: Lab, rng: Rng) -> Lab:
    """What takes the energy is itself set free or used up."""
    change, within = rng.choice([-1, 1]) * strength(rng, 0.03, 0.4), rng.uniform(0.5, 3)
    return decays_as(lab, lambda u: np.exp(-u - change * (u - within * (1 - np.exp(-u / within)))))


def heated_by_waiting(lab: Lab, rng: Rng) -> Lab:
    """Equilibrium itself warms up during the delay."""
    rise, time = strength(rng, 0.005, 0.15), rng.uniform(1, 5)
    warmed = evolve(lab, idle=lambda u: rise * (1 - np.exp(-u / time)))
    return warmed.with_law(lambda u: np.exp(-u) + rise * (1 - np.exp(-u / time)))


def over_rotated(lab: Lab, rng: Rng) -> Lab:
    """The x gate of all circuits, also of references, misses |1>."""
    reached = np.cos(rng.uniform(0.05, 0.25) * np.pi / 2) ** 2
    return lab.with_law(lambda u: reached * np.exp(-u))


def far_longer_than_the_window(lab: Lab, rng: Rng) -> Lab:
    return lab.with_scale(np.full(lab.x.shape, strength(rng, 5, 60)))


def far_shorter_than_a_step(lab: Lab, rng: Rng) -> Lab:
    return lab.with_scale(np.full(lab.x.shape, strength(rng, 0.003, 0.1)))


def delays_start_late(lab: Lab, rng: Rng) -> Lab:
    """The same latency in every delay, not in references."""
    late = strength(rng, 0.01, 0.2) * lab.scale[0]
    return evolve(lab, x=lab.x + np.where(lab.is_point, late, 0.0))


def delays_on_a_coarse_clock(lab: Lab, rng: Rng) -> Lab:
    tick = strength(rng, 0.02, 0.4) * lab.scale[0]
    return evolve(lab, x=np.floor(lab.x / tick) * tick)


def delays_jitter(lab: Lab, rng: Rng) -> Lab:
    width = strength(rng, 0.003, 0.15) * lab.scale[0]
    return evolve(lab, x=np.where(lab.is_point, np.abs(lab.x + rng.normal(0, width, lab.x.shape)), lab.x))


def delays_have_a_longest(lab: Lab, rng: Rng) -> Lab:
    return evolve(lab, x=np.minimum(lab.x, rng.uniform(0.4, 0.97) * lab.longest))


def delays_wrap_around(lab: Lab, rng: Rng) -> Lab:
    return evolve(lab, x=lab.x % (rng.uniform(0.5, 0.98) * lab.longest))


def short_delays_are_lengthened(lab: Lab, rng: Rng) -> Lab:
    """The sequencer cannot wait for less than so long."""
    return evolve(lab, x=np.where(lab.is_point, np.maximum(lab.x, strength(rng, 0.05, 0.6) * lab.scale), lab.x))
