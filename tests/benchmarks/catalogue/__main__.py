"""The table, on the terminal: python -m catalogue --only t1 --runs 300, in tests/benchmarks."""

from __future__ import annotations

import argparse
import time

from .case import all_cases
from .measuring import measured

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases with this word in their label")
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    for case in all_cases(given.only):
        started = time.monotonic()
        print(measured(case, given.runs, given.workers).text())
        print(f"  {time.monotonic() - started:.0f} s", flush=True)
