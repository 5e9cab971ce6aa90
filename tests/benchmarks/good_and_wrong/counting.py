"""Counts that are not what they say: shots that never ran, full counters, circuits without counts."""

from __future__ import annotations

import numpy as np
from attrs import evolve
from numpy.typing import NDArray

from .choosing import at, some
from .lab import Array, Lab, Record, Rng, strength


def more_shots_said_than_taken(lab: Lab, rng: Rng) -> Lab:
    """Fractions of fewer shots, multiplied up."""
    taken = max(10, int(lab.shots / rng.choice([2, 4, 10])))

    def draw(p: Array, now: Lab, drawing: Rng) -> Record:
        ones = drawing.binomial(taken, np.clip(p, 0, 1)) * (now.shots / taken)
        return Record(np.round(ones), np.full(p.shape, float(now.shots)))

    return evolve(lab, drawing=draw)


def fewer_shots_said_than_taken(lab: Lab, rng: Rng) -> Lab:
    factor = rng.choice([2, 4, 10])

    def draw(p: Array, now: Lab, drawing: Rng) -> Record:
        ones = drawing.binomial(int(now.shots * factor), np.clip(p, 0, 1)) / factor
        return Record(np.round(ones), np.full(p.shape, float(now.shots)))

    return evolve(lab, drawing=draw)


def shots_cut_short_at_some(lab: Lab, rng: Rng) -> Lab:
    """A job ended early; the shots that never ran count as 0."""
    kept = np.ones(lab.x.shape)
    chosen = some(lab, rng, 1, 5)
    kept[chosen] = rng.uniform(0.3, 0.98, len(chosen))
    return lab.read(lambda p, _: p * kept)


def shots_differ(lab: Lab, rng: Rng) -> Lab:
    """Honest, and only some circuits have all shots."""
    part = rng.uniform(0.05, 1, lab.x.shape)

    def draw(p: Array, now: Lab, drawing: Rng) -> Record:
        shots = np.maximum(np.round(now.shots * part), 10)
        return Record(drawing.binomial(shots.astype(int), np.clip(p, 0, 1)).astype(float), shots)

    return evolve(lab, drawing=draw)


def counter_is_full(lab: Lab, rng: Rng) -> Lab:
    """Counts beyond the largest number of the counter are that number."""
    full = np.round(lab.shots * rng.uniform(0.5, 0.9))
    return lab.edited(lambda record, *_: Record(np.minimum(record.ones, full), record.shots))


def counter_wraps(lab: Lab, rng: Rng) -> Lab:
    full = np.round(lab.shots * rng.uniform(0.6, 0.95))
    return lab.edited(lambda record, *_: Record(record.ones % full, record.shots))


def lost(record: Record, mask: NDArray[np.bool_]) -> Record:
    return Record(np.where(mask, 0, record.ones), np.where(mask, 0, record.shots))


def points_missing(lab: Lab, rng: Rng) -> Lab:
    chosen = at(rng.choice(lab.points, int(rng.uniform(0.1, 0.4) * lab.points), replace=False), lab)
    return lab.edited(lambda record, *_: lost(record, chosen))


def end_of_the_sweep_missing(lab: Lab, rng: Rng) -> Lab:
    chosen = lab.is_point & (np.arange(len(lab.x)) >= rng.uniform(0.4, 0.8) * lab.points)
    return lab.edited(lambda record, *_: lost(record, chosen))


def beginning_of_the_sweep_missing(lab: Lab, rng: Rng) -> Lab:
    chosen = np.arange(len(lab.x)) < rng.uniform(0.05, 0.35) * lab.points
    return lab.edited(lambda record, *_: lost(record, chosen))


def some_all_zero(lab: Lab, rng: Rng) -> Lab:
    chosen = at(some(lab, rng, 1, 4), lab)
    return lab.read(lambda p, _: np.where(chosen, 0.0, p))


def some_without_information(lab: Lab, rng: Rng) -> Lab:
    chosen = at(some(lab, rng, 1, 4), lab)
    return lab.read(lambda p, _: np.where(chosen, 0.5, p))


def some_far_off(lab: Lab, rng: Rng) -> Lab:
    """A few points are off by as much each, in either direction."""
    chosen = some(lab, rng, 1, 4)
    off = np.zeros(lab.x.shape)
    off[chosen] = rng.choice([-1, 1], len(chosen)) * strength(rng, 0.02, 0.3)
    return lab.read(lambda p, _: p + off)


def shifted_up(lab: Lab, rng: Rng) -> Lab:
    """So many counts are in every register before the first shot."""
    more = np.round(lab.shots * strength(rng, 0.01, 0.2))
    return lab.edited(lambda record, *_: Record(np.minimum(record.ones + more, record.shots), record.shots))
