"""The table, on the terminal: python -m good_and_wrong --runs 30, in tests/benchmarks."""

from __future__ import annotations

import argparse

from .tables import clean_table, damage_table

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--clean", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    if given.runs:
        print(damage_table(given.runs, given.workers).text())
    if given.clean:
        print(clean_table(given.clean, given.workers).text())
