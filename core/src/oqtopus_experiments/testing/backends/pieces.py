"""Simulations in pieces: what comes of a circuit has nothing to do with what is simulated beside it, or before."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence

from oqtopus_experiments.contracts.batch import Batch
from oqtopus_experiments.contracts.counts import Counts
from oqtopus_experiments.contracts.errand import Errand
from oqtopus_experiments.contracts.outcome import Failure
from oqtopus_experiments.contracts.simulated import SimulatedJob
from oqtopus_experiments.contracts.subject import BackendSubject
from oqtopus_experiments.testing.backends.notebooks import Notebook
from oqtopus_experiments.testing.backends.resuming import anew, outcomes_that_are_safe_stay
from oqtopus_experiments.testing.backends.running import batch_of, collected
from oqtopus_experiments.testing.backends.seeds import random_circuits, seeded, the_same_seed_gives_the_same_counts
from oqtopus_experiments.testing.check import NotApplicable, NotConforming
from oqtopus_experiments.testing.presupposing import presupposing


def _prepared(subject: BackendSubject) -> tuple[BackendSubject, Batch]:
    chosen = seeded(subject, 3)
    return chosen, batch_of(chosen, random_circuits(chosen), 1000)


def _job(subject: BackendSubject, batch: Batch) -> SimulatedJob:
    job = anew(subject).backend.submit(batch)
    if not isinstance(job, SimulatedJob):
        message = "its jobs are not simulated piece by piece: it returns no SimulatedJob"
        raise NotApplicable(message)
    return job


def _simulated(job: SimulatedJob, positions: Sequence[int]) -> list[Counts | Failure]:
    """Simulate some circuits; for workers elsewhere, what is sent to them and what they return is pickled."""
    if not isinstance(job.simulate, Errand):
        return list(job.simulate(positions))
    task = pickle.loads(pickle.dumps(job.simulate.pack(positions)))  # noqa: S301  # written just now
    answer = pickle.loads(pickle.dumps(task()))  # noqa: S301  # as above
    return list(job.simulate.unpack(answer)[1])


@presupposing(the_same_seed_gives_the_same_counts)
def pieces_have_the_counts_of_the_whole(subject: BackendSubject) -> None:
    """A batch that is simulated circuit by circuit, the last first, has the counts of one that is simulated at once."""
    chosen, batch = _prepared(subject)
    positions = range(len(batch.circuits))
    whole = _simulated(_job(chosen, batch), positions)
    job = _job(chosen, batch)
    alone = {position: _simulated(job, [position])[0] for position in reversed(positions)}
    _expect_same(dict(enumerate(whole)), alone, "simulated circuit by circuit, the last first,")


@presupposing(pieces_have_the_counts_of_the_whole, outcomes_that_are_safe_stay)
def a_simulation_that_was_killed_goes_on_with_what_is_missing(subject: BackendSubject) -> None:
    """A simulation killed after any circuit has in the end the counts of one that was not disturbed."""
    chosen, batch = _prepared(subject)
    _job(chosen, batch)
    undisturbed = dict(enumerate(collected(chosen, batch, anew(chosen).backend.open(batch, Notebook()))))
    for killed in range(1, len(undisturbed)):
        safe = {index: undisturbed[index] for index in range(killed)}
        job = anew(chosen).backend.open(batch, Notebook([{"job_id": "killed"}], safe))
        found = dict(enumerate(collected(chosen, batch, job)))
        _expect_same(undisturbed, found, f"opened again with the counts of circuits 0 to {killed - 1},")


def _expect_same(expected: Mapping[int, Counts | Failure], found: Mapping[int, Counts | Failure], when: str) -> None:
    other = [str(index) for index in expected if expected[index] != found[index]]
    if other:
        message = (
            f"{when} circuits {', '.join(other)} have other counts than in a run that was not disturbed: draw those of "
            "a circuit from generator(seed, batch.name, batch.order.circuit(position))"
        )
        raise NotConforming(message)
