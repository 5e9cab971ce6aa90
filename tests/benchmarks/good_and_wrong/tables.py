"""The tables: kind by shots of what is good and wrong; what clean runs are called, and how errors cover the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from attrs import frozen

from .kinds import KINDS
from .lab import SETUPS
from .measuring import Clean, CleanCell, Tally, cells, in_parallel, measured, measured_clean, total

# Shots and points; the limits are those of thirty points.
COLUMNS = ((1000, 30), (10_000, 30), (1000, 10), (10_000, 10))
CLEAN_SHOTS = (100, 300, 1000, 5000, 20_000)
CLEAN_POINTS = (8, 15, 30, 100, 300, 1000)
# Long sweeps take long: so many points in all are analyzed for each number of points.
MOST_POINTS = 30_000


@frozen
class DamageTable:
    """Tallies by column, then by name of the kind and setup."""

    tallies: Mapping[tuple[int, int], Mapping[tuple[str, str], Tally]]

    def of_kind(self, name: str, column: tuple[int, int]) -> Tally:
        return total(tally for (kind, _), tally in self.tallies[column].items() if kind == name)

    def mean(self, what: str, column: tuple[int, int]) -> float:
        """Return the mean share over the kinds, each counting the same."""
        found = [self.of_kind(kind.name, column) for kind in KINDS if not kind.harmless]
        return float(np.mean([tally.share(getattr(tally, what)) for tally in found]))

    def cover(self, column: tuple[int, int]) -> float:
        """Return how often the truth is covered where a number is offered, over all runs."""
        return total(self.tallies[column].values()).cover

    def reach(self, column: tuple[int, int]) -> float:
        """Return how often it could be covered at most, by systematics of what is seen to miss."""
        return total(self.tallies[column].values()).reach

    def text(self) -> str:
        """Return the table for a terminal, in percent."""
        titles = "".join(f" | {shots:>6d} x {points:<2d}         " for shots, points in COLUMNS)
        heads = " |  g&w good  bad cover" * len(COLUMNS)
        rows = [f"{'shots x points':42s}{titles}", f"{'kind':42s}{heads}"]
        rows += [
            f"{kind.name[:40] + '.' * kind.harmless:42s}"
            + "".join(_row(self.of_kind(kind.name, column)) for column in COLUMNS)
            for kind in KINDS
        ]
        for setup in SETUPS:
            shares = (total(t for (_, s), t in self.tallies[c].items() if s == setup) for c in COLUMNS)
            rows.append(f"{'all of ' + setup:42s}" + "".join(map(_row, shares)))
        rows.append(f"{'mean of the kinds that are not harmless (.)':42s}" + "".join(map(self._mean_row, COLUMNS)))
        rows += [
            f"{title:42s}" + "".join(f" | {100 * self.mean(what, column):4.1f}                " for column in COLUMNS)
            for what, title in (("hidden", "of these hardly to be seen"), ("wrong", "wrong, whatever the verdict"))
        ]
        reaches = (f" | {100 * self.reach(column):4.1f}                " for column in COLUMNS)
        rows.append(f"{'cover that the best test could reach':42s}" + "".join(reaches))
        return "\n".join(rows)

    def _mean_row(self, column: tuple[int, int]) -> str:
        shares = [self.mean(what, column) for what in ("good_and_wrong", "good", "bad")]
        return _percent(*shares, self.cover(column))


def _row(tally: Tally) -> str:
    return _percent(*map(tally.share, (tally.good_and_wrong, tally.good, tally.bad)), tally.cover)


def _percent(good_and_wrong: float, good: float, bad: float, cover: float) -> str:
    return f" | {100 * good_and_wrong:4.1f} {100 * good:4.0f} {100 * bad:4.0f}  {100 * cover:4.0f}"


def damage_table(runs: int, workers: int, columns: Sequence[tuple[int, int]] = COLUMNS) -> DamageTable:
    """Measure so many runs of each kind and column."""
    work = {column: cells(*column, runs) for column in columns}
    flat = [cell for part in work.values() for cell in part]
    found = iter(in_parallel(measured, flat, workers))
    return DamageTable(
        {column: {(KINDS[cell.kind].name, cell.setup): next(found) for cell in part} for column, part in work.items()}
    )


@frozen
class CleanTable:
    """Clean runs by setup, shots and points."""

    found: Mapping[tuple[str, int, int], Clean]

    def good(self, setup: str) -> float:
        """Return the share of good verdicts, each number of shots and points counting the same."""
        return float(np.mean([c.good / len(c.pulls) for (name, *_), c in self.found.items() if name == setup]))

    def pulls(self, setup: str) -> np.ndarray:
        return np.concatenate([clean.pulls for (name, *_), clean in self.found.items() if name == setup])

    def text(self) -> str:
        rows = []
        for setup in SETUPS:
            rows.append(f"\n{setup}: good, in percent" + "".join(f" {points:6d}" for points in CLEAN_POINTS))
            for shots in CLEAN_SHOTS:
                found = (self.found[setup, shots, points] for points in CLEAN_POINTS)
                shares = "".join(f" {100 * clean.good / len(clean.pulls):6.1f}" for clean in found)
                rows.append(f"{shots:6d} shots{'':{len(setup) + 12}s}{shares}")
            pulls = self.pulls(setup)
            known = pulls[np.isfinite(pulls)]
            inside = [float(np.mean(np.abs(pulls) < sigmas)) for sigmas in (1, 2)]
            tails = (100 * float(np.mean(tail)) for tail in (known < -3, known > 3))
            rows.append(
                f"{len(pulls)} runs: good {100 * self.good(setup):.1f} %, 1 sigma {inside[0]:.3f}, "
                f"2 sigma {inside[1]:.3f}, mean pull {known.mean():+.3f}, below -3 and above 3: "
                + " and ".join(f"{tail:.2f} %" for tail in tails)
            )
        return "\n".join(rows)


def clean_table(runs: int, workers: int) -> CleanTable:
    """Measure so many clean runs for each setup, number of shots and points; fewer of long sweeps."""
    work = [
        CleanCell(setup, shots, points, max(20, min(runs, MOST_POINTS // points)))
        for setup in SETUPS
        for shots in CLEAN_SHOTS
        for points in CLEAN_POINTS
    ]
    found = in_parallel(measured_clean, work, workers)
    return CleanTable({(cell.setup, cell.shots, cell.points): one for cell, one in zip(work, found, strict=True)})
