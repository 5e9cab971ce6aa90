"""Speed beside floors measured in the same run, held to a limit: ``nox -s bench``. The table is that of `speed`."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from . import ours
from .cold import cold, told
from .sides import Side, compare, side


@pytest.fixture(scope="module")
def sides() -> Iterator[list[Side]]:
    """Ours and the floors."""
    with side("ours", sys.executable) as one, side("floors", sys.executable) as other:
        yield [one, other]


@pytest.mark.parametrize(
    ("task", "limit"), [("rabi_noiseless", 2), ("rabi_bare", 5), ("rabi_noisy", 2), ("t1", 2), ("analysis_100", 4)]
)
def test_a_task_costs_little_more_than_a_script_for_it_alone(sides: Sequence[Side], task: str, limit: float) -> None:
    ratios = []
    for _ in range(3):  # others on the machine slow down one side more than the other, and not three times in a row
        compare(sides, task, repeats=15)
        one, other = (found.median(task) for found in sides)
        assert one is not None
        assert other is not None
        print(f"{task}: {one * 1e3:.1f} ms, {other * 1e3:.1f} ms, ratio {one / other:.2f} (limit {limit})")
        ratios.append(one / other)
        if ratios[-1] <= limit:
            break
    assert min(ratios) <= limit


def test_a_cold_run_costs_little_more_than_the_imports_of_what_others_wrote() -> None:
    found = cold()
    print(told(found))
    assert found["run"] <= 1.25 * found["third"]


def test_a_million_shots_cost_at_most_twice_a_thousand() -> None:
    for task in (ours.rabi_noiseless, lambda shots=1000: ours.t1(shots=shots)):
        assert within("a million shots", lambda t=task: t(shots=10**6), task, 2)


def test_qubits_cost_no_more_the_more_there_are() -> None:
    ten_times = 10**1.1
    assert within("100 qubits beside 10", lambda: ours.t1(100, own=True), lambda: ours.t1(10, own=True), ten_times, 3)


def within(name: str, one: Callable[[], object], other: Callable[[], object], limit: float, repeats: int = 9) -> bool:
    """Print what two tasks took, and return whether the first takes at most so many times the second."""
    first, second = seconds(one, other, repeats=repeats)
    print(f"{name}: {first * 1e3:.1f} ms, {second * 1e3:.1f} ms, ratio {first / second:.2f} (limit {limit})")
    return first <= limit * second


def seconds(*tasks: Callable[[], object], repeats: int = 9) -> list[float]:
    """Return the median times of warm tasks, measured in turn; of the processor, whoever else uses the machine."""
    times: list[list[float]] = [[] for _ in tasks]
    for task in tasks:
        task()
    for _ in range(repeats):
        for task, found in zip(tasks, times, strict=True):
            begin = time.process_time()
            task()
            found.append(time.process_time() - begin)
    return [statistics.median(found) for found in times]
