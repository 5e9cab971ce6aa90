"""
Plant faults one at a time and see whether the tests of their area notice.

Each file ``*.toml`` beside this one lists faults of one area::

    [[mutant]]
    name = "a submission is repeated blindly after a lost answer"
    file = "plugins/oqtopus/src/oqtopus_experiments_oqtopus/_service.py"
    find = "if uncertain and"          # stands exactly once in the file
    replace = "if False and"
    tests = ["tests/plugins/oqtopus/test_faults.py"]
    # equivalent = "why no test could notice", where the fault changes nothing that anybody could see

Usage: ``python tests/mutants/run.py [--least SHARE] [AREA or part of a name ...]``. Works in copies only.
Ends with 1 when too few faults are noticed, or a fault that is called equivalent is noticed all the same.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 600
"""Seconds after which a fault that makes the tests hang counts as noticed."""
COPIED = (
    *("core", "plugins", "tests", "docs", "pyproject.toml", "noxfile.py", "mkdocs.yml"),
    *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE"),
)


def planted(wanted: list[str]) -> list[dict[str, Any]]:
    """Return the faults whose area or name holds any of some texts; all of them without texts."""
    found = []
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for fault in tomllib.loads(path.read_text())["mutant"]:
            text = f"{path.stem}: {fault['name']}"
            if not wanted or any(part in text for part in wanted):
                found.append({**fault, "text": text})
    return found


def stale(fault: dict[str, Any]) -> str:
    """Return why a fault cannot be planted, or an empty text."""
    path = ROOT / fault["file"]
    if not path.is_file():
        return f"there is no {fault['file']}"
    count = path.read_text().count(fault["find"])
    missing = [test for test in fault["tests"] if not (ROOT / test.partition("::")[0]).exists()]
    if missing:
        return f"there is no {missing[0]}"
    return "" if count == 1 else f"its text stands {count} times in {fault['file']}"


def fails(copy: Path, tests: list[str]) -> bool:
    """Return whether any of some tests fails in a copy of the repository."""
    sources = [str(copy / "core/src"), *(str(path) for path in sorted(copy.glob("plugins/*/src")))]
    threads = {"OMP_NUM_THREADS": "1", "MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    # Found before whatever is installed; the entry points of that are used.
    environment = {**os.environ, **threads, "PYTHONPATH": os.pathsep.join(sources)}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(f"pytest ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode != 0


def noticed(fault: dict[str, Any], copies: Queue[Path]) -> bool:
    """Plant one fault in a copy, run the tests of its area, and take it out again."""
    copy = copies.get()
    path = copy / fault["file"]
    original = path.read_text()
    try:
        path.write_text(original.replace(fault["find"], fault["replace"]))
        return fails(copy, fault["tests"])
    finally:
        path.write_text(original)
        copies.put(copy)


def copied(folder: Path, count: int) -> Iterator[Path]:
    """Copy what the tests need, so many times."""
    for number in range(count):
        for part in COPIED:
            source, target = ROOT / part, folder / str(number) / part
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        if (ROOT.parent / "shared").exists() and not (folder / "shared").exists():
            (folder / "shared").symlink_to(ROOT.parent / "shared")
        yield folder / str(number)


def main() -> int:
    """Plant all faults that were asked for, and say what was noticed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("wanted", nargs="*")
    parser.add_argument("--least", type=float, default=0.95, help="share of the faults that must be noticed")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    faults = planted(options.wanted)
    for fault in faults:
        if problem := stale(fault):
            print(f"STALE     {fault['text']}: {problem}")
            return 1
    with tempfile.TemporaryDirectory() as folder:
        copies: Queue[Path] = Queue()
        for copy in copied(Path(folder), options.workers):
            copies.put(copy)
        every = sorted({test for fault in faults for test in fault["tests"]})
        if fails(copy, every):
            print("the tests fail without any fault")
            return 1
        with ThreadPoolExecutor(options.workers) as pool:
            seen = list(pool.map(lambda fault: noticed(fault, copies), faults))
    return told(faults, seen, options.least)


def told(faults: list[dict[str, Any]], seen: list[bool], least: float) -> int:
    """Print what was noticed; return 1 when it is too little, or a fault wrongly excused."""
    wrong = 0
    real = [was for fault, was in zip(faults, seen, strict=True) if not fault.get("equivalent")]
    for fault, was in zip(faults, seen, strict=True):
        reason = fault.get("equivalent")
        wrong += bool(reason and was)
        word = ("EXCUSED WRONGLY" if was else "equivalent") if reason else ("noticed" if was else "NOT NOTICED")
        print(f"{word:<12} {fault['text']}" + (f" ({reason})" if reason else ""))
    share = sum(real) / len(real) if real else 1.0
    print(f"{sum(real)} of {len(real)} faults noticed ({share:.1%}), {len(faults) - len(real)} equivalent")
    return 1 if wrong or share < least else 0


if __name__ == "__main__":
    sys.exit(main())
