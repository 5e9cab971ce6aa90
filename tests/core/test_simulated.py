"""Simulated jobs: circuits come piece by piece, whoever asks; what is safe is not simulated again."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import threading
import time
from concurrent.futures import Future

import pytest
from attrs import frozen

from oqtopus_experiments import (
    Backend,
    Batch,
    Counts,
    Failure,
    JobError,
    MemoryJournal,
    Outcome,
    SimulatedJob,
    standing,
)
from oqtopus_experiments.contracts import pieces as cut, simulated
from oqtopus_experiments.contracts.pieces import GROWTH, Pieces
from oqtopus_experiments.simulation import generator

PATIENT = 20.0
"""Seconds that a test waits for what takes hundredths of one."""


def counts_of(position: int, seed: int = 1) -> Counts:
    ones = int(generator(seed, "toy", position).binomial(1000, 0.3))
    return Counts.from_dict({"0": 1000 - ones, "1": ones}, 1)


class Bench:
    """Simulates circuits one by one, and remembers in which pieces it was asked to."""

    def __init__(self, pause: float = 0.0, broken: int | None = None):
        self.pieces: list[tuple[int, ...]] = []
        self.gate = threading.Event()
        self.gate.set()
        self._pause, self._broken = pause, broken

    def simulate(self, positions):
        self.pieces.append(tuple(positions))
        self.gate.wait(PATIENT)
        time.sleep(self._pause * len(positions))
        if self._broken in positions:
            message = f"circuit {self._broken} cannot be simulated"
            raise ValueError(message)
        return [counts_of(position) for position in positions]

    @property
    def simulated(self):
        return [position for piece in self.pieces for position in piece]

    def job(self, circuits=20):
        return SimulatedJob("toy-1", circuits, self.simulate, lambda: {"device": "bench"})


def until(true, seconds=PATIENT):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_every_circuit_comes_once_and_has_the_counts_of_its_number():
    job = Bench().job()
    assert {outcome.index: outcome.result for outcome in job.outcomes()} == {i: counts_of(i) for i in range(20)}
    assert list(job.outcomes()) == list(job.outcomes())
    assert job.metadata == {"job_id": "toy-1", "status": "succeeded", "device": "bench"}


def test_what_is_safe_already_is_yielded_and_not_simulated():
    bench = Bench()
    safe = {3: counts_of(7), 5: Failure("it never will be", "toy-0")}
    found = {outcome.index: outcome.result for outcome in bench.job().beside(safe).outcomes()}
    assert {index: found[index] for index in safe} == safe
    assert sorted(bench.simulated) == [index for index in range(20) if index not in safe]


def test_a_simulation_that_nobody_asks_still_ends():
    bench = Bench()
    bench.job().begin()
    until(lambda: len(bench.simulated) == 20)


def test_a_simulation_of_which_only_the_state_is_asked_ends_too():
    job = Bench(pause=0.002).job()
    until(lambda: job.status() == "succeeded")


def test_to_ask_what_is_known_of_it_begins_nothing():
    bench = Bench()
    job = bench.job()
    assert job.metadata == {"job_id": "toy-1", "status": "submitted", "device": "bench"}
    time.sleep(0.05)
    assert not bench.pieces


def test_the_first_piece_is_one_circuit_and_the_next_follow_what_it_took():
    quick, slow = Pieces(range(1000)), Pieces(range(1000))
    sizes: dict[str, list[int]] = {"quick": [], "slow": []}
    for name, pieces, seconds in (("quick", quick, 1e-6), ("slow", slow, 2.0)):
        for _ in range(4):
            piece = pieces.take()
            sizes[name].append(len(piece))
            pieces.took(len(piece), seconds * len(piece))
    assert sizes == {"quick": [1, GROWTH, GROWTH**2, GROWTH**3], "slow": [1, 1, 1, 1]}


def test_who_waits_is_told_now_and_then_and_at_the_end(monkeypatch):
    """A thread that is woken takes its time from the one that simulates."""
    now = [100.0]
    monkeypatch.setattr(simulated.time, "monotonic", lambda: now[0])
    work = Bench().job(circuits=4)._work

    def returned(seconds):
        piece = work.next_piece(1)
        now[0] += seconds
        future = Future()
        future.set_result((seconds, [counts_of(position) for position in piece]))
        work.returned(piece, future)
        return work.is_news()

    monkeypatch.setattr(cut, "SECONDS", 1e-6)  # every piece is one circuit
    assert [returned(seconds) for seconds in (0.03, 0.03, 0.03, 0.001)] == [False, True, False, True]


def test_a_piece_shrinks_again_when_circuits_become_dearer():
    pieces = Pieces(range(1000))
    pieces.took(100, 0.1)
    assert len(pieces.take()) == 500
    pieces.took(500, 5.0)
    assert len(pieces.take()) == 50


def test_when_the_time_is_up_it_goes_on_and_may_be_asked_again():
    bench = Bench(pause=0.03)
    job = bench.job()
    with pytest.raises(JobError, match=r"job toy-1: \d+ of 20 circuits were not simulated when the time was up"):
        list(job.outcomes(0.05))
    assert len(list(job.outcomes(PATIENT))) == 20
    assert sorted(bench.simulated) == list(range(20))


def test_what_ran_before_a_cancel_is_yielded_and_the_rest_has_no_counts_for_now():
    bench = Bench()
    job = bench.job()
    arriving = job.outcomes()  # kept: who takes no more of them lets it rest
    first = next(arriving)
    until(lambda: len(bench.simulated) > 1)
    job.cancel()
    found = {outcome.index: outcome.result for outcome in job.outcomes()}
    assert found[first.index] == first.result
    for index, result in found.items():
        assert result == counts_of(index) if index in bench.simulated else not result.final
    assert len(found) == 20


def test_a_cancelled_simulation_says_so_and_begins_nothing_more():
    bench = Bench()
    bench.gate.clear()
    job = bench.job()
    job.begin()
    until(lambda: bench.pieces)
    job.cancel()
    bench.gate.set()
    assert sum(isinstance(outcome.result, Counts) for outcome in job.outcomes()) == 1
    assert job.status() == "cancelled"
    assert bench.simulated == [0]


def test_an_error_ends_the_job_and_costs_no_counts_that_came_before():
    job = Bench(broken=9).job()
    arrived = []
    with pytest.raises(ValueError, match="circuit 9 cannot be simulated"):
        arrived.extend(job.outcomes())
    assert [outcome.index for outcome in arrived] == list(range(9))
    assert job.status() == "failed"
    with pytest.raises(ValueError, match="circuit 9"):
        list(job.outcomes())


def test_too_few_answers_are_an_error_and_put_nothing_beside_another_circuit():
    job = SimulatedJob("short", 3, lambda positions: [counts_of(0)] * (len(positions) - 1))
    with pytest.raises(TypeError, match="what came of each of 1 circuits, not 0"):
        list(job.outcomes())


def test_ctrl_c_while_it_is_waited_for_begins_no_further_piece(monkeypatch):
    bench = Bench()
    bench.gate.clear()
    job = bench.job()

    def pressed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(job.workers.changed, "wait", pressed)
        with pytest.raises(KeyboardInterrupt):
            next(job.outcomes())
    bench.gate.set()
    time.sleep(0.05)
    assert bench.simulated == [0]
    assert len(list(job.outcomes())) == 20


@pytest.fixture
def small(monkeypatch):
    """Pieces of one circuit."""
    monkeypatch.setattr(cut, "SECONDS", 1e-6)


def rests(bench):
    """Return whether it begins no further piece; one may be under way."""
    time.sleep(0.05)
    count = len(bench.pieces)
    time.sleep(0.2)
    return len(bench.pieces) == count


def pressed(_):
    raise KeyboardInterrupt


def test_ctrl_c_while_it_tells_how_it_is_doing_begins_no_further_piece(small):
    bench = Bench(pause=0.005)
    job = bench.job(1000)
    with standing.heard_by(pressed), pytest.raises(KeyboardInterrupt):
        list(job.outcomes())
    assert rests(bench)
    assert job.status() == "running"  # to ask does not wake it
    assert rests(bench)
    assert len(bench.simulated) < 1000
    job.cancel()


def test_ctrl_c_in_what_is_done_with_an_outcome_begins_no_further_piece(fakes, small):
    bench = Bench(pause=0.02)
    submitted = fakes.Ramp(points=400).submit(Simulator(bench=bench), shots=1000)
    with pytest.raises(KeyboardInterrupt) as caught:
        submitted.result(progress=pressed)
    assert caught.value.__traceback__  # which holds all that is under way, as a notebook does
    assert rests(bench)
    assert len(bench.simulated) < 400
    submitted.cancel()


def test_whoever_watches_may_take_time_and_holds_up_nobody():
    bench, watched = Bench(), Bench(pause=0.05)
    go, told = threading.Event(), threading.Event()

    def watch(_):
        told.set()
        go.wait(PATIENT)

    def wait():
        with standing.heard_by(watch):
            list(watched.job(3).outcomes())

    watching = threading.Thread(target=wait)
    watching.start()
    assert told.wait(PATIENT)
    assert len(list(bench.job().outcomes(PATIENT / 2))) == 20
    go.set()
    watching.join(PATIENT)


def test_the_job_that_is_waited_for_has_its_turn_before_the_older_one():
    old, new = Bench(pause=0.01), Bench()
    older = old.job(200)
    older.begin()
    until(lambda: len(old.pieces) > 1)
    assert len(list(new.job().outcomes())) == 20
    assert len(old.simulated) < 200
    older.cancel()


def test_jobs_that_nobody_waits_for_run_one_after_the_other():
    one, other = Bench(pause=0.001), Bench(pause=0.001)
    first, second = one.job(), other.job()
    first.begin()
    second.begin()
    until(lambda: other.pieces)
    assert len(one.simulated) == 20
    list(second.outcomes())


@frozen(kw_only=True)
class Simulator(Backend):
    name = "bench"
    bench: Bench

    def submit(self, batch):
        return self.bench.job(len(batch.circuits))


class Remembering(MemoryJournal):
    """A journal that holds outcomes."""

    def __init__(self, results):
        super().__init__()
        self._results = results

    def results(self):
        return dict(self._results)


def test_a_run_that_is_opened_again_simulates_what_its_journal_misses():
    bench = Bench()
    batch = Batch((None,) * 20, 1000, (0,))
    safe = {index: counts_of(index) for index in range(12)}
    again = {12: Failure("cancelled before it was simulated", "toy-0", final=False)}
    journal = Remembering(safe | again)
    job = Simulator(bench=bench).open(batch, journal)
    assert sorted(job.outcomes(), key=lambda outcome: outcome.index) == [Outcome(i, counts_of(i)) for i in range(20)]
    assert bench.simulated == list(range(12, 20))
    assert journal.records == ({"job_id": "toy-1"},)


ABANDONED = """
import time
from oqtopus_experiments import Counts, SimulatedJob

def simulate(positions):
    time.sleep(0.05 * len(positions))
    return [Counts.from_dict({"0": 1}, 1) for _ in positions]

job = SimulatedJob("abandoned", 100_000, simulate)
print(next(job.outcomes()).index)
"""


def test_a_process_does_not_wait_for_a_simulation_that_it_began():
    done = subprocess.run([sys.executable, "-c", ABANDONED], capture_output=True, text=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == ("0\n", "")


def _in_a_child(answers):
    answers.put(len(list(Bench().job().outcomes())))


@pytest.mark.skipif(sys.platform == "win32", reason="no process is forked there")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")
def test_a_child_of_a_process_that_has_simulated_can_simulate():
    list(Bench().job().outcomes())
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=_in_a_child, args=(answers,))
    child.start()
    assert answers.get(timeout=PATIENT) == 20
    child.join(PATIENT)


def test_numbers_belong_to_a_circuit_and_to_nothing_that_was_drawn_before():
    drawn = {circuit: generator(5, "t1", circuit).random(3).tolist() for circuit in (2, 0, 1)}
    assert {circuit: generator(5, "t1", circuit).random(3).tolist() for circuit in (0, 1, 2)} == drawn
    others = [generator(5, "rabi", 0), generator(6, "t1", 0), generator(None, "t1", 0), generator(None, "t1", 0)]
    seen = [*drawn.values(), *(other.random(3).tolist() for other in others)]
    assert len({tuple(numbers) for numbers in seen}) == len(seen)


def test_numbers_of_many_circuits_scatter_as_random_numbers_do():
    first = [generator(7, "t1", circuit).random() for circuit in range(4000)]
    mean = sum(first) / len(first)
    pairs = sum((a - 0.5) * (b - 0.5) for a, b in zip(first[1:], first, strict=False)) / (len(first) / 12)
    assert abs(mean - 0.5) < 4 / (12 * len(first)) ** 0.5
    assert abs(pairs) < 4 / len(first) ** 0.5


def test_who_watches_hears_what_is_being_simulated_and_who_is_before_it():
    old, new = Bench(pause=0.01), Bench(pause=0.01)
    job, heard = new.job(), []
    old.job().begin()
    with standing.heard_by(heard.append):
        found = list(job.outcomes())
    assert len(found) == 20
    assert any(told.running for told in heard)
    assert all(told.waiting + told.running <= 20 for told in heard)
    count = len(heard)
    list(job.outcomes())
    assert len(heard) == count
