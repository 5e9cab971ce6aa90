"""Analyze damaged and clean runs, and count what is good, bad, wrong and covered."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from attrs import evolve, field, frozen

from oqtopus_experiments import Analysis
from oqtopus_experiments_curvefit import CurveFit

from .kinds import KINDS
from .lab import ADVISED, Array, Lab, Record, Rng, new_lab

# A number is wrong when it is off by more than so many of its errors and by more than this part of the truth.
ERRORS, PART = 5.0, 0.05
# A damage below this noncentrality is missed by the best general test in most of the runs.
HIDDEN = 15.0
# From so many standard errors on a direction in which the model misses is a systematic.
SEEN = 2.0
SEED = 20261121


@frozen
class Tally:
    """
    How runs were judged.

    Args:
        runs: How many.
        good: With the verdict good.
        bad: With the verdict bad.
        wrong: With a number that is wrong, whatever the verdict.
        good_and_wrong: With such a number, and called good.
        hidden: Of these, so near a signal of the model that hardly any test could tell: see `noncentrality`.
        offered: With a number that is not bad.
        covered: Of these, with a truth within two standard errors, systematic included.
        reached: How many would be covered if the best test there could be looked for each damage: see `could_be_seen`.
    """

    runs: int = 0
    good: int = 0
    bad: int = 0
    wrong: int = 0
    good_and_wrong: int = 0
    hidden: int = 0
    offered: int = 0
    covered: int = 0
    reached: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.runs + other.runs,
            self.good + other.good,
            self.bad + other.bad,
            self.wrong + other.wrong,
            self.good_and_wrong + other.good_and_wrong,
            self.hidden + other.hidden,
            self.offered + other.offered,
            self.covered + other.covered,
            self.reached + other.reached,
        )

    def share(self, count: int) -> float:
        return count / self.runs if self.runs else math.nan

    @property
    def cover(self) -> float:
        return self.covered / self.offered if self.offered else math.nan

    @property
    def reach(self) -> float:
        return self.reached / self.offered if self.offered else math.nan


def total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def errors(analysis: Analysis, headline: str) -> float:
    """Return the error of a headline: statistical and systematic together."""
    quantity = analysis[headline]
    return math.hypot(quantity.stderr, quantity.systematic if math.isfinite(quantity.systematic) else 0.0)


def exactly(seen: Array, lab: Lab, rng: Rng) -> Record:
    """As many counts as are expected."""
    return Record(np.rint(seen * lab.shots), np.full(seen.shape, float(lab.shots)))


def noncentrality(lab: Lab, rng: Rng) -> float:
    """
    Return the chi-square of the best fit to what is expected, without the noise of shots.

    The square of how many standard errors the best test there could be would see, did it know the damage.
    """
    return analyzed(evolve(lab, drawing=exactly), rng).deviance


def could_be_seen(lab: Lab, rng: Rng) -> float:
    """
    Return how probable it is that a test which knows the damage sees it.

    That is the likelihood ratio of the damage against the model, the most powerful test of one direction (Neyman and
    Pearson, Phil. Trans. R. Soc. A 231, 289, 1933): a normal number of mean sqrt(noncentrality) and variance one,
    seen beyond `SEEN` standard errors. No choice of directions does better, and ours must look for many at once.
    """
    mean = math.sqrt(max(noncentrality(lab, rng), 0.0))
    return 1 - (math.erf((SEEN - mean) / math.sqrt(2)) + math.erf((SEEN + mean) / math.sqrt(2))) / 2


def judged(lab: Lab, analysis: Analysis, rng: Rng) -> Tally:
    """Count one run."""
    value, error, level = analysis[lab.headline].value, errors(analysis, lab.headline), analysis.verdict.level
    known = math.isfinite(value) and math.isfinite(error)
    low, high = lab.truth
    distance = max(low - value, value - high, 0.0) if known else math.nan
    wrong = known and distance > ERRORS * error and distance > PART * (low if value < low else high)
    offered = known and level != "bad"
    missed = wrong and level == "good"
    covered = offered and distance <= 2 * error
    return Tally(
        runs=1,
        good=level == "good",
        bad=level == "bad",
        wrong=wrong,
        good_and_wrong=missed,
        hidden=missed and noncentrality(lab, rng) < HIDDEN,
        offered=offered,
        covered=covered,
        reached=could_be_seen(lab, rng) if offered and not covered else covered,
    )


def analyzed(lab: Lab, rng: Rng) -> Analysis:
    (analysis,) = CurveFit().analyze(lab.experiment, lab.dataset(lab.measured(rng)))
    return analysis


@frozen
class Cell:
    """Runs of one kind of damage, by its number in `KINDS`, in one setup."""

    kind: int
    setup: str
    shots: int
    points: int
    runs: int
    seed: int = SEED


def measured(cell: Cell) -> Tally:
    kind = KINDS[cell.kind]
    rng = np.random.default_rng([cell.seed, *map(_number, (kind.name, cell.setup)), cell.shots, cell.points])
    tallies = []
    for _ in range(cell.runs):
        lab = kind.damage(new_lab(cell.setup, cell.shots, cell.points, rng), rng)
        tallies.append(judged(lab, analyzed(lab, rng), rng))
    return total(tallies)


def _number(text: str) -> int:
    return zlib.crc32(text.encode())


def cells(shots: int, points: int, runs: int, seed: int = SEED) -> list[Cell]:
    """Return the cells of all kinds; so many runs of each kind, shared among its setups."""
    return [
        Cell(number, setup, shots, points, max(1, round(runs / len(kind.setups))), seed)
        for number, kind in enumerate(KINDS)
        for setup in kind.setups
    ]


@frozen
class CleanCell:
    """Clean runs in one setup, over a window that the documents advise."""

    setup: str
    shots: int
    points: int
    runs: int
    seed: int = SEED


@frozen
class Clean:
    """How clean runs were judged: the pulls (NaN without a number), and how many were good, by verdict."""

    pulls: tuple[float, ...] = field(repr=False)
    good: int

    def within(self, sigmas: float) -> float:
        return float(np.mean(np.abs(self.pulls) < sigmas))


def measured_clean(cell: CleanCell) -> Clean:
    rng = np.random.default_rng([cell.seed, _number(cell.setup), cell.shots, cell.points])
    pulls, good = [], 0
    for _ in range(cell.runs):
        lab = new_lab(cell.setup, cell.shots, cell.points, rng, ADVISED)
        analysis = analyzed(lab, rng)
        quantity = analysis[lab.headline]
        pulls.append((quantity.value - lab.truth[0]) / quantity.stderr)
        good += analysis.verdict.level == "good"
    return Clean(tuple(pulls), good)


def in_parallel(function, work: Sequence, workers: int) -> list:  # type: ignore[no-untyped-def,type-arg]
    """Return the results of a function in the order of its work."""
    if workers == 1:
        return [function(item) for item in work]
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        return list(pool.map(function, work, chunksize=4))
