"""The job of a simulator: a job like any other, whose outcomes come piece by piece."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

import attrs
from attrs import field, frozen

from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.errand import Errand, Here, Simulate
from oqtopus_experiments.contracts.job import Job, JobStatus
from oqtopus_experiments.contracts.outcome import Failure, Outcome
from oqtopus_experiments.contracts.pieces import Pieces
from oqtopus_experiments.contracts.standing import Standing, tell
from oqtopus_experiments.contracts.work import Work
from oqtopus_experiments.contracts.workers import Workers, own_workers
from oqtopus_experiments.errors import JobError

_PATIENCE = 0.5
"""Seconds between two looks at the line: some systems let nobody press Ctrl-C while a thread waits."""
_OFTEN = 0.05
"""Seconds between two times that who waits is told: a thread that is woken takes its time from one that simulates."""


@frozen(eq=False)
class SimulatedJob(Job):
    """
    The job of a simulator that is given some circuits of a batch at a time.

    How many, follows from how long the circuits before took: about half a second of work. It works in a thread of its
    own from when it begins, as it is opened or first asked for outcomes or its state, and comes to its end whether
    anybody asks or not. Whoever takes no more outcomes, as after Ctrl-C, lets it rest until it is asked for them again.
    Each outcome is on disk once it arrives, so a run that was killed goes on with what is missing (`beside`).

    What comes of a circuit must depend on the seed, the name of the batch and the number of the circuit only, never on
    what is simulated with it or before it: `oqtopus_experiments.simulation.generator` makes the numbers for it.

    Args:
        id: What a person sees.
        circuits: How many circuits the batch has.
        simulate: Returns the counts of the circuits at these positions, or why there are none. It is called in another
            thread, for each position once, and never twice at a time. What it raises ends the job. For workers that are
            elsewhere it is an `Errand`.
        told: Called at the end: what else is to be known, such as the device.
        workers: Who simulates; by default the one thread of this process.
    """

    id: str
    circuits: int
    simulate: Simulate | Errand = field(repr=False)
    told: Callable[[], Mapping[str, Any]] = field(default=dict, repr=False)
    workers: Workers = field(factory=own_workers, repr=False)
    known: Mapping[int, Counts | Failure] = field(factory=dict, repr=False, kw_only=True)
    _work: _Simulation = field(init=False, repr=False)

    @_work.default
    def _all_that_is_missing(self) -> _Simulation:
        missing = [index for index in range(self.circuits) if index not in self.known]
        errand = self.simulate if isinstance(self.simulate, Errand) else Here(self.simulate)
        return _Simulation(errand, Pieces(missing), len(missing))

    def beside(self, known: Mapping[int, Counts | Failure]) -> SimulatedJob:
        """Return the same job where these outcomes are safe already: they are yielded first, and not simulated."""
        return attrs.evolve(self, known=known)

    def begin(self) -> None:
        """Let it have its turn; again where it rests."""
        self._enter()

    def status(self) -> JobStatus:
        """Return its state; to ask begins what never began, as who asks waits for its end, but wakes none."""
        if not self._work.begun:
            self._enter()
        return self._state()

    def _enter(self, *, first: bool = False) -> None:
        self._work.begun = True
        self.workers.enter(self._work, first=first)

    def _state(self) -> JobStatus:
        with self.workers.changed:
            work = self._work
            if work.cancelled:
                return "cancelled"
            if work.error is not None:
                return "failed"
            if not work.ended:
                return "running" if work.results else "submitted"
            results = [*self.known.values(), *work.results.values()]
            return "succeeded" if any(isinstance(result, Counts) for result in results) else "failed"

    def outcomes(self, timeout: float | None = None) -> Iterator[Outcome]:
        """Yield the outcomes that were known, then the others as they come; see `arrivals`."""
        for together in self.arrivals(timeout):
            yield from together

    def arrivals(self, timeout: float | None = None) -> Iterator[Sequence[Outcome]]:
        """
        Yield the outcomes that were known, then those of each piece together.

        Where a person interrupts, or it is closed, no further piece is begun until it is asked again.
        """
        until = math.inf if timeout is None else time.monotonic() + timeout
        yielded = 0
        try:
            if self.known:
                yield [Outcome(index, result) for index, result in self.known.items()]
            while arrived := self._wait(yielded, until):
                yield arrived
                yielded += len(arrived)
        except (KeyboardInterrupt, GeneratorExit):
            self.workers.leave(self._work)
            raise
        if self._work.error is not None:
            raise self._work.error

    def cancel(self) -> None:
        """Begin no further piece: circuits that were not simulated have no counts."""
        with self.workers.changed:
            self._work.cancel(self.id)
            self.workers.leave(self._work)
            self.workers.changed.notify_all()

    @property
    def metadata(self) -> Mapping[str, Any]:
        """``job_id``, ``status``, and what the backend added."""
        return {"job_id": self.id, "status": self._state(), **self.told()}

    def _wait(self, seen: int, until: float) -> list[Outcome]:
        """Return what has arrived beyond so many outcomes; nothing at the end."""
        self._enter(first=True)
        while not self._work.has_more_than(seen):
            left = until - time.monotonic()
            if left <= 0:
                message = (
                    f"job {self.id}: {self._work.circuits - seen} of {self.circuits} circuits were not simulated "
                    "when the time was up; what was is kept, and asking again goes on"
                )
                raise JobError(message)
            with self.workers.changed:
                standing = Standing(*self._work.standing, ahead=self.workers.before(self._work))
            tell(standing)  # to whoever watches, who may take time: others go on meanwhile
            with self.workers.changed:
                self.workers.changed.wait_for(partial(self._work.has_more_than, seen), min(left, _PATIENCE))
        with self.workers.changed:
            return [Outcome(index, result) for index, result in list(self._work.results.items())[seen:]]


def _answer_of(future: Future[Any]) -> Any:
    """Return the answer, or raise why there is none; workers that are gone may have taken their calls back."""
    if future.cancelled():
        message = "its workers are gone"
        raise JobError(message)
    return future.result()


def _told(results: Any) -> str:
    return str(len(results)) if isinstance(results, Sequence) else f"{results!r:.60}"


class _Simulation(Work):
    """
    What is left of a job, and what came of it.

    Args:
        errand: How a piece is simulated.
        pieces: The circuits, by their positions.
        circuits: How many they are.
    """

    def __init__(self, errand: Errand, pieces: Pieces, circuits: int) -> None:
        self.circuits = circuits
        self.results: dict[int, Counts | Failure] = {}
        self.error: BaseException | None = None
        self.cancelled = False
        self.begun = False
        self._errand = errand
        self._pieces = pieces
        self._under_way = 0
        self._told = math.inf

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.error is not None or len(self.results) == self.circuits

    def has_more_than(self, seen: int) -> bool:
        """Return whether there are more results than so many, or nothing more will come."""
        return self.ended or len(self.results) > seen

    @property
    def standing(self) -> tuple[int, int]:
        """How many circuits wait, and how many are being simulated."""
        return len(self._pieces), self._under_way

    def task(self, piece: Sequence[int]) -> Callable[[], Any]:
        """Return what simulates a piece."""
        return self._errand.pack(piece)

    @property
    def left(self) -> int:
        """How many circuits have not been given out; none after an error."""
        return 0 if self.error is not None else len(self._pieces)

    def next_piece(self, workers: int) -> Sequence[int]:
        """Return the next piece."""
        self._told = min(self._told, time.monotonic())
        piece = self._pieces.take(workers)
        self._under_way += len(piece)
        return piece

    def give_back(self, piece: Sequence[int]) -> None:
        """Have a piece again."""
        self._under_way -= len(piece)
        self._pieces.give_back(piece)

    def failed(self, error: BaseException) -> None:
        """Come to an end without the rest."""
        if self.error is None:
            self.error = self._errand.failed(tuple(self._pieces), error)

    def returned(self, piece: Sequence[int], simulated: Future[Any]) -> None:
        """Keep what came, or why nothing did."""
        self._under_way -= len(piece)
        try:
            seconds, results = self._errand.unpack(_answer_of(simulated))
            if not isinstance(results, Sequence) or len(results) != len(piece):
                message = f"simulate must return what came of each of {len(piece)} circuits, not {_told(results)}"
                raise TypeError(message)  # noqa: TRY301  # one end for all that is no answer
            self._pieces.took(len(piece), seconds)
            self.results.update(zip(piece, results, strict=True))
        except BaseException as error:  # noqa: BLE001  # whatever it is, whoever waits for the job is told
            self.error = self.error or self._errand.failed(piece, error)

    def is_news(self) -> bool:
        """Return whether nothing more will come, or nobody has been told for long enough."""
        now = time.monotonic()
        if not self.ended and now - self._told < _OFTEN:
            return False
        self._told = now
        return True

    def cancel(self, job_id: str) -> None:
        """Give up what is left."""
        left = self._pieces.drop()
        self.cancelled = self.cancelled or bool(left)
        failure = Failure("cancelled before it was simulated", job_id, final=False)
        self.results.update(dict.fromkeys(left, failure))
