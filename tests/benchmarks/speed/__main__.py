"""
Speed of ours beside a floor, and beside qiskit-experiments where it is installed, in turn within one run.

``python tests/benchmarks/speed [--repeats 5] [--only t1] [--large] [--cold] [--peer PYTHON] [--json FILE]``, as
``nox -s bench`` does. Each side is a process of its own, so that none has the memory of another to walk through. Times
are of the processor, as other work on the machine adds to those by the clock; the JSON has both, and how busy the
machine was.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cold
from sides import Side, compare, side

WARM = {
    "rabi_noiseless": "Rabi, 50 amplitudes, noiseless, warm",
    "rabi_bare": "the same beside a script that has no circuits of Qiskit",
    "rabi_noisy": "Rabi, 50 amplitudes, noisy, warm",
    "t1": "T1, 51 delays, noisy, warm",
    "t1_5": "T1, 5 qubits side by side",
    "t1_100": "T1, 100 qubits side by side",
    "analysis_100": "analysis of T1 on 100 qubits",
    "t1_10_own": "T1, 10 qubits, each its own noise",
    "t1_100_own": "T1, 100 qubits, each its own noise",
    "three_10_own": "T1, echo and benchmarking, 10 qubits, each its own noise",
    "three_100_own": "T1, echo and benchmarking, 100 qubits, each its own noise",
}
LARGE = {
    "t1_1000": "T1, 1000 qubits side by side",
    "t1_1000_own": "T1, 1000 qubits, each its own noise",
    "three_1000_own": "T1, echo and benchmarking, 1000 qubits, each its own noise",
}
GROWTHS = ("t1_{}_own", "three_{}_own")


def table(sides: Sequence[Side], rows: dict[str, str]) -> list[str]:
    """Return the rows of a table in Markdown."""
    lines = ["| task | ours | floor | ratio | qiskit-experiments |", "|---|---|---|---|---|"]
    by_name = {one.name: one for one in sides}
    for task, told in rows.items():
        ours, floor, peer = (
            by_name[name].median(task) if name in by_name else None for name in ("ours", "floors", "peer")
        )
        ratio = f"{ours / floor:.2f}" if ours and floor else ""
        lines.append(f"| {told} | {shown(ours)} | {shown(floor)} | {ratio} | {shown(peer)} |")
    return lines


def shown(seconds: float | None) -> str:
    """Return a time as people read it."""
    if seconds is None:
        return ""
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def exponents(ours: Side) -> dict[str, float]:
    """Return how times grow from 10 to 100 and from 100 to 1000 qubits, as exponents."""
    found = {}
    for pattern in GROWTHS:
        for few, many in ((10, 100), (100, 1000)):
            one, other = ours.median(pattern.format(few)), ours.median(pattern.format(many))
            if one and other:
                found[f"{pattern.format(few)} to {many}"] = math.log10(other / one)
    return found


def machine() -> dict[str, Any]:
    """Return where this was measured, and how busy it was."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": os.getloadavg(),
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print a table, and write all numbers beside it."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", default="", help="tasks whose name begins with this")
    parser.add_argument("--large", action="store_true", help="a thousand qubits too, which takes minutes")
    parser.add_argument("--cold", action="store_true", help="a cold run beside its imports too")
    parser.add_argument("--peer", default="", help="a Python in which qiskit-experiments is installed")
    parser.add_argument("--json", type=Path, default=Path("build/bench.json"))
    chosen = parser.parse_args(arguments)
    rows = {
        task: told
        for task, told in ({**WARM, **LARGE} if chosen.large else WARM).items()
        if task.startswith(chosen.only)
    }
    before = machine()
    with ExitStack() as stack:
        # What has no peer here is compared with its floor alone.
        started = [("ours", sys.executable), ("floors", sys.executable), ("peer", chosen.peer)]
        sides = [stack.enter_context(side(name, python)) for name, python in started if python]
        for task in rows:
            compare(sides, task, chosen.repeats)
        lines = table(sides, rows)
        found = {
            "before": before,
            "after": machine(),
            "versions": {one.name: one.about["versions"] for one in sides},
            "seconds": {one.name: one.times for one in sides},
            "exponents": exponents(sides[0]),
            "cold": cold.cold(chosen.repeats) if chosen.cold else {},
        }
    print("\n".join(lines))
    print(*(f"growth {name}: exponent {value:.2f}" for name, value in found["exponents"].items()), sep="\n")
    if found["cold"]:
        print(cold.told(found["cold"]))
    print(f"load {before['load'][0]:.1f} to {found['after']['load'][0]:.1f} on {before['processors']} processors")
    chosen.json.parent.mkdir(parents=True, exist_ok=True)
    chosen.json.write_text(json.dumps(found, indent=1) + "\n")
    print(f"all numbers: {chosen.json}")


if __name__ == "__main__":
    main()
