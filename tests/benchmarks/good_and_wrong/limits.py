"""
How often a number is good and wrong, held against what is promised: ``nox -s good_and_wrong``.

By path (minutes): pytest -s tests/benchmarks/good_and_wrong/limits.py. Fewer or more runs of each kind: python -m
good_and_wrong --runs 30, in tests/benchmarks.
"""

from __future__ import annotations

import os
import zlib

import numpy as np
import pytest
from attrs import evolve

from .invisible import INVISIBLE
from .kinds import KINDS
from .lab import SETUPS, new_lab
from .measuring import SEED, analyzed, exactly
from .tables import clean_table, damage_table

WORKERS = os.cpu_count() or 1
# Of each kind and column; of each setup, number of shots and number of points.
RUNS, CLEAN_RUNS = 60, 150
AT_MOST = {(1000, 30): 0.03, (10_000, 30): 0.04}
CLEAN_GOOD = 0.98
# What was promised of errors and systematics together, and what they were measured to do.
COVER = 0.95
COVERED = {(1000, 30): 0.85, (10_000, 30): 0.88}
# A test that looks for one damage it knows sees more than one that must look for all: so much is allowed.
SHORT_OF_THE_BEST = 0.06


@pytest.fixture(scope="module")
def damaged():
    table = damage_table(RUNS, WORKERS)
    print(f"\n{table.text()}")
    return table


@pytest.fixture(scope="module")
def clean():
    table = clean_table(CLEAN_RUNS, WORKERS)
    print(f"\n{table.text()}")
    return table


def test_there_are_enough_kinds_and_none_stands_twice():
    counted = [kind.name for kind in KINDS if not kind.harmless]
    assert len(counted) >= 60
    assert len({kind.name for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("kind", "setup"),
    [pytest.param(kind, setup, id=f"{kind.name}: {setup}") for kind in INVISIBLE for setup in kind.setups],
)
def test_what_is_said_to_be_invisible_is_a_signal_of_the_model(kind, setup):
    rng = np.random.default_rng([SEED, zlib.crc32(kind.name.encode())])
    for _ in range(10):
        lab = kind.damage(new_lab(setup, 10_000_000, 30, rng), rng)
        analysis = analyzed(evolve(lab, drawing=exactly), rng)
        assert analysis.deviance < 1
        assert abs(analysis[lab.headline].value / lab.truth[0] - 1) > 0.05


@pytest.mark.parametrize("column", AT_MOST)
def test_few_numbers_are_good_and_wrong(damaged, column):
    assert damaged.mean("good_and_wrong", column) <= AT_MOST[column]


@pytest.mark.parametrize("column", COVERED)
def test_errors_and_systematics_cover_the_truth_of_most_damaged_runs_that_are_not_bad(damaged, column):
    assert damaged.cover(column) >= COVERED[column]


@pytest.mark.parametrize("column", COVERED)
def test_they_cover_nearly_as_many_as_the_best_test_could_find(damaged, column):
    assert damaged.cover(column) >= damaged.reach(column) - SHORT_OF_THE_BEST


@pytest.mark.xfail(strict=True, reason="the best test of each damage by itself would reach 92.3 and 94.7 %")
@pytest.mark.parametrize("column", COVERED)
def test_errors_and_systematics_cover_the_truth_of_damaged_runs_as_often_as_promised(damaged, column):
    assert damaged.cover(column) >= COVER


@pytest.mark.parametrize("setup", SETUPS)
def test_clean_runs_are_good(clean, setup):
    assert clean.good(setup) >= CLEAN_GOOD


@pytest.mark.parametrize("setup", SETUPS)
def test_errors_of_clean_runs_cover_the_truth(clean, setup):
    pulls = clean.pulls(setup)
    assert 0.65 <= np.mean(np.abs(pulls) < 1) <= 0.72
    assert 0.94 <= np.mean(np.abs(pulls) < 2) <= 0.97
