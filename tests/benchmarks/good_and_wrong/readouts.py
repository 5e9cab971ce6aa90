"""What resonators, amplifiers and discriminators do to P(1): bent, cut, mixed with others. T1 and drive stay."""

from __future__ import annotations

import numpy as np
from attrs import evolve

from .lab import Array, Lab, Rng, relaxing, strength, turning


def saturated(lab: Lab, rng: Rng) -> Lab:
    low, high = strength(rng, 0.03, 0.25), 1 - strength(rng, 0.08, 0.3)
    return lab.read(lambda p, _: np.clip(p, low, high))


def cut_above(lab: Lab, rng: Rng) -> Lab:
    high = 1 - strength(rng, 0.08, 0.4)
    return lab.read(lambda p, _: np.minimum(p, high))


def cut_below(lab: Lab, rng: Rng) -> Lab:
    low = strength(rng, 0.03, 0.3)
    return lab.read(lambda p, _: np.maximum(p, low))


def bent_at_both_ends(lab: Lab, rng: Rng) -> Lab:
    half = strength(rng, 0.45, 1.6)
    return lab.read(lambda p, _: 0.5 + half * np.tanh((p - 0.5) / half))


def bent_to_one_side(lab: Lab, rng: Rng) -> Lab:
    """A discriminator whose errors depend on how many shots before read 1."""
    bend = rng.choice([-1, 1]) * strength(rng, 0.01, 0.3)
    return lab.read(lambda p, _: p + bend * p * (1 - p))


def in_coarse_levels(lab: Lab, rng: Rng) -> Lab:
    """Averaged by a converter of a few bits before anything is counted."""
    levels = int(rng.choice([8, 12, 16, 32, 64]))
    return lab.read(lambda p, _: np.round(p * levels) / levels)


def wrongly_mitigated(lab: Lab, rng: Rng) -> Lab:
    """Readout errors were divided out that are larger than the true ones; what leaves 0 to 1 is cut off."""
    ground, excited = lab.ground + strength(rng, 0.005, 0.08), lab.excited - strength(rng, 0.005, 0.1)
    return lab.read(lambda p, _: np.clip((p - ground) / (excited - ground), 0, 1))


def ones_get_lost(lab: Lab, rng: Rng) -> Lab:
    """Shots that read 1 are dropped more often, and the rest counts as all."""
    lost = strength(rng, 0.02, 0.5)
    return lab.read(lambda p, _: p * (1 - lost) / (1 - p * lost))


def lost_shots_read_0(lab: Lab, rng: Rng) -> Lab:
    """Another part of each circuit."""
    lost = strength(rng, 0.005, 0.2) * rng.random(lab.x.shape)
    return lab.read(lambda p, _: p * (1 - lost))


def long_circuits_lose_shots(lab: Lab, rng: Rng) -> Lab:
    """Those lost read 0, in proportion to the delay or amplitude that was asked for."""
    lost = strength(rng, 0.02, 0.4) * lab.part
    return lab.read(lambda p, _: p * (1 - lost))


def long_circuits_are_read_worse(lab: Lab, rng: Rng) -> Lab:
    """A part reads 0 or 1 by chance, in proportion to the delay or amplitude: the resonator is warm."""
    noise = strength(rng, 0.01, 0.25) * lab.part
    return lab.read(lambda p, _: p * (1 - noise) + noise / 2)


def on_a_slope(lab: Lab, rng: Rng) -> Lab:
    """The level moves in proportion to the delay or amplitude: a coupler leaks, an amplifier is not stable."""
    slope = rng.choice([-1, 1]) * strength(rng, 0.01, 0.15) * (lab.part - 0.5)
    return lab.read(lambda p, _: 0.1 + 0.8 * p + np.where(lab.is_point, slope, 0.0))


def shaken_by_the_pulse(lab: Lab, rng: Rng) -> Lab:
    """The level has not settled when the readout follows the pulse at once."""
    time = rng.uniform(0.05, 1.0) * (lab.scale[0] if lab.is_t1 else 1.0)
    kick = rng.choice([-1, 1]) * strength(rng, 0.01, 0.12) * np.exp(-lab.x / time)
    return lab.read(lambda p, _: 0.1 + 0.8 * p + np.where(lab.pulsed, kick, 0.0))


def neighbour_of(lab: Lab, rng: Rng) -> Array:
    """P(1) of another qubit in the same circuits."""
    u = lab.x / (lab.scale * np.exp(rng.choice([-1, 1]) * rng.uniform(0.3, 1.2)))
    return np.where(lab.pulsed, relaxing(u) if lab.is_t1 else turning(u), 0.0)


def crosstalk(lab: Lab, rng: Rng) -> Lab:
    """The readout of a neighbour in |1> changes one's own, in either direction."""
    shift, other = rng.choice([-1, 1]) * strength(rng, 0.005, 0.15), neighbour_of(lab, rng)
    middle = 0.05 + 0.9 * 0.5
    return lab.read(lambda p, _: middle + 0.85 * (p - middle) + shift * (other - 0.5))


def multiplexed_mixture(lab: Lab, rng: Rng) -> Lab:
    """A part of the shots is assigned to the neighbour."""
    part, other = strength(rng, 0.01, 0.25), neighbour_of(lab, rng)
    return lab.read(lambda p, _: (1 - part) * p + part * other)


def idle_neighbour_flips(lab: Lab, rng: Rng) -> Lab:
    """A neighbour that nobody drives is in |1> in some circuits by chance, and shifts one's own readout."""
    shift = strength(rng, 0.01, 0.15) * (rng.random(lab.x.shape) < rng.uniform(0.1, 0.5))
    return lab.read(lambda p, _: p * (1 - shift))


def not_reset(lab: Lab, rng: Rng) -> Lab:
    """A part of what the shot before left in |1> is still there when the next begins; pulses turn that too."""
    kept, moved = strength(rng, 0.01, 0.3), lab.law
    if lab.is_t1:  # an x gate takes it to |0>
        return lab.with_law(lambda u: moved(u) / (1 + kept * moved(u)))
    return lab.with_law(lambda u: moved(u) / (1 - kept * (1 - 2 * moved(u))))


def memory_of_the_circuit_before(lab: Lab, rng: Rng) -> Lab:
    """The resonator has not rung down: a part of the signal is that of the circuit that ran before."""
    kept = strength(rng, 0.005, 0.2)

    def reading(p: Array, now: Lab) -> Array:
        sequence = p[np.argsort(now.rank)]
        before = np.append(sequence[:1], sequence[:-1])
        return (1 - kept) * p + kept * before[now.rank]

    return lab.read(reading)


def references_of_another_day(lab: Lab, rng: Rng) -> Lab:
    """The readout was better or worse when the references ran."""
    ground, excited = rng.uniform(-0.02, 0.04), rng.choice([-1, 1]) * strength(rng, 0.005, 0.12)
    return evolve(
        lab,
        ground=np.where(lab.is_point, lab.ground, np.clip(lab.ground + ground, 0, 1)),
        excited=np.where(lab.is_point, lab.excited - 0.1, np.clip(lab.excited - 0.1 + excited, 0, 1)),
    )


def references_are_swapped(lab: Lab, rng: Rng) -> Lab:
    return evolve(lab, pulsed=np.where(lab.is_point, lab.pulsed, ~lab.pulsed))


def one_reference_failed(lab: Lab, rng: Rng) -> Lab:
    """One circuit of |1> was run without its x gate."""
    chosen = rng.choice(np.flatnonzero(~lab.is_point & lab.pulsed))
    return evolve(lab, pulsed=np.where(np.arange(len(lab.x)) == chosen, False, lab.pulsed))
