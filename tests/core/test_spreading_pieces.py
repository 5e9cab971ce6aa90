"""Pieces for several workers, parts of a batch, and executors that are opened for work and closed after it."""

from __future__ import annotations

import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext

import pytest

from oqtopus_experiments import Batch, Counts, DeviceError, JobError, Order, SimulatedJob
from oqtopus_experiments.contracts.pieces import GROWTH, SECONDS, WORTHWHILE, Pieces
from oqtopus_experiments.contracts.workers import Workers


def simulate(positions):
    return [Counts.from_dict({"0": 7, "1": position}, 1) for position in positions]


def test_several_workers_share_what_is_left():
    pieces = Pieces(range(1000))
    first = [pieces.take(4) for _ in range(4)]
    assert [len(piece) for piece in first] == [1, 1, 1, 1]
    for _ in first:
        pieces.took(1, SECONDS / 1000)

    assert len(pieces.take(4)) == GROWTH
    pieces.took(GROWTH, GROWTH * SECONDS / 1000)
    pieces.took(64, 64 * SECONDS / 1000)
    assert len(pieces.take(4)) == (1000 - 4 - GROWTH) // 4


def test_what_was_learnt_from_a_large_piece_is_not_forgotten_for_a_small_one_that_comes_late():
    pieces = Pieces(range(10_000))
    pieces.took(64, 64e-6)
    pieces.took(1, 1e-6)

    assert len(pieces.take()) == 64 * GROWTH


def test_a_piece_is_never_so_small_that_sending_it_costs_more():
    pieces = Pieces(range(100))
    pieces.took(100, 100 * WORTHWHILE / 20)

    assert len(pieces.take(1000)) == 20


def test_a_part_of_a_batch_has_the_numbers_of_the_whole():
    circuits = tuple("abcde")  # a batch asks nothing of them
    batch = Batch(circuits, 10, (0,), "whole", Order((4, 2, 0, 1, 3), 5))

    part = batch.part([1, 4]).part([1])

    assert part.circuits == ("e",)
    assert [part.order.circuit(position) for position in range(1)] == [3]
    assert [batch.part([3, 0]).order.circuit(position) for position in range(2)] == [1, 4]
    assert Batch(circuits, 10, (0,)).part([2]).order.circuit(0) == 2


@pytest.mark.parametrize(
    ("circuits", "told"),
    [
        ((1, 1), "1 is named twice"),
        ((-1,), "-1 is no number of a circuit"),
        ((0.5,), "0.5 is no number of a circuit"),
        ((True,), "True is no number of a circuit"),
    ],
)
def test_an_order_and_a_part_of_one_name_each_circuit_once(circuits, told):
    with pytest.raises(ValueError, match=f"a part of an order names circuits, each once: {told}"):
        Order(circuits, whole=False)
    with pytest.raises(ValueError, match=f"an order names every circuit from 0 to .* once: {told}"):
        Order(circuits)


class Opened:
    """Counts how often its executor was opened and closed."""

    def __init__(self, error: Exception | None = None):
        self.opened = self.closed = 0
        self.error = error

    @contextmanager
    def __call__(self):
        self.opened += 1
        if self.error:
            raise self.error
        with ThreadPoolExecutor(2) as executor:
            yield executor
        self.closed += 1


def test_an_executor_is_opened_for_work_and_closed_when_there_is_none():
    opened = Opened()
    workers = Workers(opened, lambda _: 2, linger=0.05)
    for number in (1, 2):
        job = SimulatedJob("one", 20, simulate, workers=workers)
        assert opened.opened == number - 1
        assert len(list(job.outcomes(20))) == 20
        until = time.monotonic() + 20
        while opened.closed < number and time.monotonic() < until:
            time.sleep(0.01)
        assert (opened.opened, opened.closed) == (number, number)
        assert job.status() == "succeeded"
        assert opened.opened == number


def test_where_there_are_no_workers_the_job_does_not_begin_and_its_circuits_wait_for_the_next_time():
    opened = Opened(DeviceError("nobody at tcp://nowhere"))
    workers = Workers(opened, lambda _: 2)
    job = SimulatedJob("one", 5, simulate, workers=workers)
    with pytest.raises(DeviceError, match="nowhere"):
        job.begin()
    opened.error = None

    assert sorted(outcome.index for outcome in job.outcomes(20)) == [0, 1, 2, 3, 4]


class Gone(Executor):
    """Takes calls back, as a cluster does that goes away."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_workers_that_take_a_call_back_end_the_job_instead_of_letting_it_wait():
    job = SimulatedJob("gone", 5, simulate, workers=Workers(lambda: nullcontext(Gone())))

    with pytest.raises(JobError, match="its workers are gone"):
        list(job.outcomes(5))


def test_what_returns_while_a_journal_waits_for_its_disk_is_written_at_once(monkeypatch):
    monkeypatch.setattr("oqtopus_experiments.contracts.pieces.SECONDS", 1e-9)  # every circuit is a piece of its own
    workers = Workers(lambda: ThreadPoolExecutor(4), lambda _: 4)
    job = SimulatedJob("one", 50, simulate, workers=workers)
    writes = []
    for together in job.arrivals(20):
        writes.append(len(together))
        until = time.monotonic() + 20  # as long as a disk may take
        while job.status() == "running" and time.monotonic() < until:
            time.sleep(0.01)

    assert sum(writes) == 50
    assert len(writes) <= 2
