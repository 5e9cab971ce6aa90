"""Speed beside floors measured in the same run, held to a limit: ``nox -s bench``. The table is that of `speed`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import pytest

from . import floors, ours
from .cold import cold, told


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


def within(name: str, one: Callable[[], object], other: Callable[[], object], limit: float, repeats: int = 9) -> bool:
    """Print what two tasks took, and return whether the first takes at most so many times the second."""
    first, second = seconds(one, other, repeats=repeats)
    print(f"{name}: {first * 1e3:.1f} ms, {second * 1e3:.1f} ms, ratio {first / second:.2f} (limit {limit})")
    return first <= limit * second


@pytest.mark.parametrize(("task", "limit"), [("rabi_noiseless", 2), ("rabi_bare", 5), ("rabi_noisy", 2), ("t1", 2)])
def test_one_qubit_costs_little_more_than_a_script_for_that_task_alone(task: str, limit: float) -> None:
    assert within(task, ours.TASKS[task], floors.TASKS[task], limit)


def test_the_analysis_of_100_qubits_costs_little_more_than_bare_fits() -> None:
    assert within("analysis_100", ours.TASKS["analysis_100"], floors.TASKS["analysis_100"], 4)


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
