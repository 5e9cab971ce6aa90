"""Counts that are those of another circuit or qubit, from the sequencer to the file: stale, shifted, exchanged."""

from __future__ import annotations

import numpy as np
from attrs import evolve

from .choosing import at, some, stretch, where
from .lab import Lab, Record, Rng
from .readouts import neighbour_of


def before(record: Record, lab: Lab) -> Record:
    """Return for every circuit what the one that ran before it gave; the first its own."""
    sequence = np.argsort(lab.rank)
    previous = np.append(sequence[:1], sequence[:-1])[lab.rank]
    return Record(record.ones[previous], record.shots[previous])


def stale_buffer_at_some(lab: Lab, rng: Rng) -> Lab:
    chosen = at(some(lab, rng, 1, 4), lab)
    return lab.edited(lambda record, now, _: where(chosen, before(record, now), record))


def stale_buffer_for_a_while(lab: Lab, rng: Rng) -> Lab:
    """The same counts come back again and again."""
    chosen = stretch(lab, rng, 0.06, 0.25)

    def edit(record: Record, now: Lab, _: Rng) -> Record:
        held = np.flatnonzero(chosen)
        if not len(held):
            return record
        first = held[np.argmin(now.rank[held])]
        same = Record(np.full_like(record.ones, record.ones[first]), np.full_like(record.shots, record.shots[first]))
        return where(chosen, same, record)

    return lab.edited(edit)


def circuits_run_twice(lab: Lab, rng: Rng) -> Lab:
    """Some points are those of the one before in the sweep, measured anew."""
    chosen = some(lab, rng, 1, 6)
    x = lab.x.copy()
    x[chosen] = lab.x[np.maximum(chosen - 1, 0)]
    return evolve(lab, x=x)


def all_off_by_one(lab: Lab, rng: Rng) -> Lab:
    """Each point is that of its neighbour in the sweep; the last one twice."""
    points = np.arange(lab.points)
    x = lab.x.copy()
    x[points] = lab.x[np.minimum(points + 1, lab.points - 1)]
    return evolve(lab, x=x)


def rolled_by_one(lab: Lab, rng: Rng) -> Lab:
    """Each point is that of its neighbour, and the last is the first."""
    x = lab.x.copy()
    x[: lab.points] = np.roll(lab.x[: lab.points], rng.choice([-1, 1]))
    return evolve(lab, x=x)


def off_by_one_from_somewhere(lab: Lab, rng: Rng) -> Lab:
    """One circuit was lost on the way; all that ran later moved up by one."""
    start = rng.uniform(0.1, 0.95)

    def edit(record: Record, now: Lab, _: Rng) -> Record:
        sequence = np.argsort(now.rank)
        after = np.append(sequence[1:], sequence[-1:])[now.rank]
        return where(now.time > start, Record(record.ones[after], record.shots[after]), record)

    return lab.edited(edit)


def off_by_one_in_part_of_the_sweep(lab: Lab, rng: Rng) -> Lab:
    """The later part of the sweep has the delays or amplitudes of its neighbours."""
    start = int(rng.uniform(0.2, 0.8) * lab.points)
    points = np.arange(start, lab.points)
    x = lab.x.copy()
    x[points] = lab.x[points - 1]
    return evolve(lab, x=x)


def points_exchanged(lab: Lab, rng: Rng) -> Lab:
    one, other = rng.choice(lab.points, 2, replace=False)
    x = lab.x.copy()
    x[[one, other]] = x[[other, one]]
    return evolve(lab, x=x)


def bits_flipped_at_some(lab: Lab, rng: Rng) -> Lab:
    chosen = at(some(lab, rng, 1, 3), lab)
    return lab.edited(lambda record, *_: where(chosen, Record(record.shots - record.ones, record.shots), record))


def bits_flipped_for_a_while(lab: Lab, rng: Rng) -> Lab:
    chosen = stretch(lab, rng, 0.1, 0.4)
    return lab.edited(lambda record, *_: where(chosen, Record(record.shots - record.ones, record.shots), record))


def of_another_target(lab: Lab, rng: Rng) -> Lab:
    """Some circuits have the counts of a neighbour."""
    chosen, other = at(some(lab, rng, 1, 5), lab), neighbour_of(lab, rng)
    return lab.read(lambda p, now: np.where(chosen, now.ground + (now.excited - now.ground) * other, p))


def of_another_target_for_a_while(lab: Lab, rng: Rng) -> Lab:
    chosen, other = stretch(lab, rng, 0.1, 0.5), neighbour_of(lab, rng)
    return lab.read(lambda p, now: np.where(chosen, now.ground + (now.excited - now.ground) * other, p))
