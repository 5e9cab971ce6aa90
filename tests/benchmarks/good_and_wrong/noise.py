"""Counts that scatter more than shots do, or less."""

from __future__ import annotations

import numpy as np
from attrs import evolve

from .lab import Array, Lab, Record, Rng, binomial, strength


def overdispersed(lab: Lab, rng: Rng) -> Lab:
    """P(1) of each circuit scatters by a part of what it can."""
    excess = strength(rng, 0.1, 20)  # of the variance, at a thousand shots

    def draw(p: Array, now: Lab, drawing: Rng) -> Record:
        inside, size = np.clip(p, 1e-6, 1 - 1e-6), 1000 / excess
        return binomial(drawing.beta(inside * size, (1 - inside) * size), now, drawing)

    return evolve(lab, drawing=draw)


def shots_come_in_rows(lab: Lab, rng: Rng) -> Lab:
    """Each shot repeats the one before with some probability: as many fewer independent ones."""
    repeats = rng.uniform(0.05, 0.95)

    def draw(p: Array, now: Lab, drawing: Rng) -> Record:
        independent = max(5, int(now.shots * (1 - repeats) / (1 + repeats)))
        ones = drawing.binomial(independent, np.clip(p, 0, 1)) / independent
        return Record(np.round(ones * now.shots), np.full(p.shape, float(now.shots)))

    return evolve(lab, drawing=draw)


def gain_differs_between_circuits(lab: Lab, rng: Rng) -> Lab:
    factor = 1 - np.abs(strength(rng, 0.003, 0.1) * rng.normal(size=lab.x.shape))
    return lab.read(lambda p, _: p * factor)


def smoothed(lab: Lab, rng: Rng) -> Lab:
    """Somebody averaged neighbouring points before counting."""
    width = int(rng.choice([3, 5]))

    def edit(record: Record, now: Lab, _: Rng) -> Record:
        padded = np.pad(record.ones[: now.points], width // 2, mode="edge")
        ones = record.ones.copy()
        ones[: now.points] = np.round(np.convolve(padded, np.ones(width) / width, mode="valid"))
        return Record(ones, record.shots)

    return lab.edited(edit)


def rounded_to_percents(lab: Lab, rng: Rng) -> Lab:
    """Counts made from fractions of so many digits."""
    step = lab.shots * float(rng.choice([0.01, 0.02, 0.05]))
    return lab.edited(lambda record, *_: Record(np.round(record.ones / step) * step, record.shots))
