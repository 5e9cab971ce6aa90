"""
The catalogue held against what is promised: ``nox -s catalogue``.

By path (minutes): pytest -s tests/benchmarks/catalogue/limits.py. One distribution: -k "t1".
"""

from __future__ import annotations

import os

import pytest

from .case import all_cases
from .measuring import measured

RUNS = 300
WORKERS = os.cpu_count() or 1
# 68.3 % are meant; the bounds are 2.2 standard errors of a binomial of 300 runs, and the seeds are fixed.
COVERED = (0.62, 0.74)
MEAN_PULL = 0.2
GOOD = 0.98


@pytest.fixture(scope="module", params=all_cases(), ids=lambda case: case.label)
def table(request):
    found = measured(request.param, RUNS, WORKERS)
    print(f"\n{found.text()}")
    return found


def test_error_bars_cover_the_truth_as_often_as_they_say(table):
    off = {
        name: str(found) for name, found in table.coverage.items() if not COVERED[0] <= found.within(1) <= COVERED[1]
    }
    assert not off


def test_numbers_are_right_on_average(table):
    off = {name: str(found) for name, found in table.coverage.items() if abs(found.mean_pull) > MEAN_PULL}
    assert not off


def test_clean_runs_are_good(table):
    assert all(found.good >= GOOD for found in table.coverage.values())


def test_no_impostor_is_called_good(table):
    assert not {name: count for name, count in table.fooled.items() if count}
