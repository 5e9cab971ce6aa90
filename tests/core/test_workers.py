"""Workers that fail, break, or take their time: whoever waits for a job is told, and nobody else is held up."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial

import pytest

from oqtopus_experiments import Counts, DeviceError, SimulatedJob
from oqtopus_experiments.contracts.errand import Here
from oqtopus_experiments.contracts.workers import Workers

PATIENT = 20.0
"""Seconds that a test waits for what takes hundredths of one."""


def simulate(positions):
    return [Counts.from_dict({"0": 7, "1": position}, 1) for position in positions]


def job_for(workers, simulate=simulate, circuits=20):
    return SimulatedJob("one", circuits, simulate, workers=workers)


def ended(job):
    until = time.monotonic() + PATIENT
    while not job._work.ended:  # asking it anything else would let it have its turn
        assert time.monotonic() < until
        time.sleep(0.005)


def arrived(job):
    return sorted(outcome.index for outcome in job.outcomes(PATIENT))


@pytest.fixture
def threads():
    with ThreadPoolExecutor(2) as executor:
        yield Workers(lambda: nullcontext(executor))


class Held:
    """What a test lets go when it wants to."""

    def __init__(self):
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self):
        self.reached.set()
        assert self.go.wait(PATIENT)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda _: None, "of each of 1 circuits, not None"),
        (lambda positions: (one for one in simulate(positions)), "of each of 1 circuits, not <generator"),
        (lambda _: 3, "of each of 1 circuits, not 3"),
    ],
)
def test_an_answer_that_is_none_ends_the_job_instead_of_letting_it_wait(answer, told, threads):
    with pytest.raises(TypeError, match=told):
        arrived(job_for(threads, answer))
    assert arrived(job_for(threads)) == list(range(20))


class Broken(Here):
    """Fails in the author's code where a piece is made, or where its answer is read; names the circuits concerned."""

    def __init__(self, packs: int = 100, unpacks: int = 100):
        super().__init__(simulate)
        object.__setattr__(self, "left", {"pack": packs, "unpack": unpacks})

    def _count(self, what):
        self.left[what] -= 1
        if self.left[what] < 0:
            message = f"{what} is broken"
            raise ZeroDivisionError(message)

    def pack(self, positions):
        self._count("pack")
        return super().pack(positions)

    def unpack(self, answer):
        self._count("unpack")
        return super().unpack(answer)

    def failed(self, positions, error):
        return ValueError(f"circuits {list(positions)}: {error}")


@pytest.mark.parametrize(
    ("errand", "told"),
    [
        (partial(Broken, packs=0), r"circuits \[0, 1, 2, .* 19\]: pack is broken"),
        (partial(Broken, packs=1), r"circuits \[1, 2, .* 19\]: pack is broken"),
        (partial(Broken, unpacks=0), r"circuits \[0\]: unpack is broken"),
    ],
)
def test_an_errand_that_fails_ends_its_job_by_name_and_the_others_go_on(errand, told, threads):
    broken, sound = job_for(threads, errand()), job_for(threads)
    sound.begin()
    with pytest.raises(ValueError, match=told):
        arrived(broken)
    assert arrived(sound) == list(range(20))
    assert broken.status() == "failed"
    assert broken._work.standing[1] == 0  # nothing of it is thought to be under way


def test_workers_that_cannot_be_counted_any_more_end_all_that_stands_in_line():
    told = iter([1, 1, DeviceError("the scheduler is gone")])

    def width(_):
        answer = next(told, 1)
        if isinstance(answer, Exception):
            raise answer
        return answer

    held = Held()

    def slow(positions):
        held()
        return simulate(positions)

    with ThreadPoolExecutor(2) as executor:
        workers = Workers(lambda: nullcontext(executor), width)
        one, other = job_for(workers, slow), job_for(workers)
        one.begin()
        other.begin()
        held.go.set()
        for job in (one, other):
            ended(job)
            with pytest.raises(DeviceError, match="the scheduler is gone"):
                arrived(job)
        assert arrived(job_for(workers)) == list(range(20))


class Fragile(ThreadPoolExecutor):
    """Breaks after some calls."""

    def __init__(self, calls: int):
        super().__init__(1)
        self._calls = calls

    def submit(self, fn, /, *args, **kwargs):
        self._calls -= 1
        if self._calls < 0:
            message = "the client is not running"
            raise OSError(message)
        return super().submit(fn, *args, **kwargs)


def test_an_executor_is_asked_how_many_pieces_it_may_have_at_once():
    asked: list[Executor] = []

    def width(executor):
        asked.append(executor)
        return 0  # nobody: the first that comes finds a piece waiting

    with ThreadPoolExecutor(1) as executor:
        assert arrived(job_for(Workers(lambda: nullcontext(executor), width))) == list(range(20))
    assert set(asked) == {executor}


def test_an_executor_that_broke_is_followed_by_another():
    opened: list[Executor] = []

    @contextmanager
    def make():
        with Fragile(2 if not opened else 1000) as executor:
            opened.append(executor)
            yield executor

    workers = Workers(make, linger=60.0)
    assert arrived(job_for(workers, circuits=2)) == [0, 1]
    assert arrived(job_for(workers)) == list(range(20))
    assert len(opened) == 2


def test_an_executor_that_breaks_in_the_middle_ends_all_that_stands_in_line():
    opened: list[Executor] = []

    def make():
        opened.append(Fragile(1 if not opened else 1000))
        return opened[-1]

    held = Held()

    def slow(positions):
        held()
        return simulate(positions)

    workers = Workers(make)
    one, other = job_for(workers, slow), job_for(workers)
    one.begin()
    other.begin()
    held.go.set()
    for job in (one, other):
        ended(job)
        with pytest.raises(OSError, match="the client is not running"):
            arrived(job)
    assert arrived(job_for(workers)) == list(range(20))


def test_workers_that_take_nothing_from_the_beginning_are_told_to_who_asks():
    with pytest.raises(OSError, match="the client is not running"):
        arrived(job_for(Workers(lambda: Fragile(0))))


@pytest.mark.parametrize("slow", ["make", "width", "pack"])
def test_while_workers_are_opened_counted_or_given_a_piece_other_jobs_are_not_held_up(slow, threads):
    held = Held()
    held.go.set()
    executor = ThreadPoolExecutor(2)

    @contextmanager
    def make():
        held() if slow == "make" else None
        with executor:
            yield executor

    def width(_):
        held() if slow == "width" else None
        return 1

    class Slow(Here):
        def pack(self, positions):
            held() if slow == "pack" else None
            return super().pack(positions)

    workers = Workers(make, width)
    old = job_for(workers)
    if slow != "make":
        assert arrived(old) == list(range(20))
    held.reached.clear()
    held.go.clear()
    waiting = job_for(workers, Slow(simulate))
    asking = threading.Thread(target=waiting.begin)
    asking.start()
    assert held.reached.wait(PATIENT)

    answers: list[object] = []

    def ask():
        answers.append(workers.before(waiting._work))
        old.cancel()
        if slow != "make":
            answers.append(arrived(old))

    other = threading.Thread(target=ask, daemon=True)
    other.start()
    other.join(PATIENT / 4)
    assert not other.is_alive()
    assert answers[1:] == ([] if slow == "make" else [list(range(20))])
    held.go.set()
    asking.join(PATIENT)
    assert arrived(waiting) == list(range(20))


def test_while_workers_are_closed_a_job_is_not_held_up():
    held = Held()

    @contextmanager
    def make():
        with ThreadPoolExecutor(1) as executor:
            yield executor
        held()

    workers = Workers(make, linger=0.01)
    assert arrived(job_for(workers)) == list(range(20))
    assert held.reached.wait(PATIENT)
    begin = time.monotonic()
    assert arrived(job_for(workers)) == list(range(20))
    assert time.monotonic() - begin < PATIENT / 2
    held.go.set()
