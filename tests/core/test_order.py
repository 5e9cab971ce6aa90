"""Circuits run in an order that makes a drift look like noise, and every number still belongs to its circuit."""

import json
import re
from collections import Counter
from types import ModuleType
from typing import ClassVar

import numpy as np
import pytest
from attrs import evolve, frozen
from hypothesis import given, settings, strategies as st

from oqtopus_experiments import (
    Axis,
    Batch,
    Counts,
    Dataset,
    Failure,
    FinishedJob,
    JobError,
    Order,
    Outcome,
    PartState,
    StoreError,
    Sweep,
    hookimpl,
    load_run,
)
from oqtopus_experiments.execution._resume import job_states, reopen, send_again
from oqtopus_experiments.execution._submission import create_folder, submit_or_resume
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal

LENGTHS = Axis("length", [1, 2, 4, 8, 16])
KINDS = Axis("kind", ["reference", "interleaved"])
POINTS = 20


@given(points=st.integers(1, 30), kinds=st.integers(1, 4), references=st.integers(0, 9), seed=st.integers(0, 2**63 - 1))
@settings(max_examples=60, deadline=None)
def test_every_circuit_runs_once_whatever_is_swept(points, kinds, references, seed):
    sweep = Sweep(Axis("kind", [f"kind {i}" for i in range(kinds)]), Axis("length", range(points)))

    order = Order.drawn(sweep, references, seed)

    assert sorted(order.circuits) == list(range(points * kinds + references))
    assert order == Order.drawn(sweep, references, seed)
    assert [order.circuit(order.position(circuit)) for circuit in range(sweep.size)] == list(range(sweep.size))


@given(seed=st.integers(0, 2**53))
@settings(max_examples=60, deadline=None)
def test_series_at_the_same_coordinates_run_one_after_the_other(seed):
    sweep = Sweep(KINDS, LENGTHS, Axis("seed", range(3)))
    points = sweep.points()

    ran = [points[circuit] for circuit in Order.drawn(sweep, 0, seed).circuits]

    for first, second in zip(ran[::2], ran[1::2], strict=True):
        assert first["kind"] != second["kind"]
        assert (first["length"], first["seed"]) == (second["length"], second["seed"])


def test_references_do_not_come_between_a_point_and_its_partner():
    sweep = Sweep(KINDS, LENGTHS)
    for seed in range(50):
        order = Order.drawn(sweep, 6, seed)
        for point in range(len(LENGTHS.values)):
            assert abs(order.position(point) - order.position(point + len(LENGTHS.values))) == 1


def test_no_series_is_first_more_often_than_another_and_no_point_is_early_more_often():
    sweep = Sweep(KINDS, LENGTHS)
    positions = np.array([[Order.drawn(sweep, 0, seed).position(i) for i in range(10)] for seed in range(2000)])

    first = (positions[:, :5] < positions[:, 5:]).mean(axis=0)
    assert np.abs(first - 0.5).max() < 0.045  # four standard errors
    assert np.abs(positions.mean(axis=0) - 4.5).max() < 4 * positions.std() / 2000**0.5


def test_references_are_spread_over_the_run():
    sweep = Sweep(Axis("delay", np.linspace(0, 1, 40)))
    for seed in range(100):
        order = Order.drawn(sweep, 4, seed)
        places = sorted(order.position(40 + i) for i in range(4))
        assert all(11 * i - 1 <= place <= 11 * i + 11 for i, place in enumerate(places))


def test_a_point_that_is_swept_twice_is_measured_in_two_places():
    sweep = Sweep(KINDS, Axis("length", [3] * 50))
    order = Order.drawn(sweep, 0, seed=1)

    ran = [circuit // 50 for circuit in order.circuits]
    assert all(one != other for one, other in zip(ran[::2], ran[1::2], strict=True))


def test_an_order_is_the_same_with_every_version():
    """A journal may keep the seed only: were this list another one, counts would be misplaced."""
    sweep = Sweep(KINDS, Axis("length", [1.0, 2.0, 4.0]))

    assert Order.drawn(sweep, 2, seed=7).circuits == EXPECTED


EXPECTED = (6, 2, 5, 0, 3, 7, 4, 1)


@pytest.mark.parametrize("circuits", [(0, 0), (1, 2), (0, 2), (-1, 0), (0.0, 1), (True, False)], ids=str)
def test_an_order_that_is_none_is_refused(circuits):
    with pytest.raises(ValueError, match="names every circuit from 0 to 1 once"):
        Order(circuits)


def test_a_batch_in_another_order_holds_the_same_circuits():
    batch = Batch(("a", "b", "c", "d"), 1, (0,))

    shuffled = batch.in_order(Order((2, 0, 3, 1), 1))

    assert shuffled.circuits == ("c", "a", "d", "b")
    assert [shuffled.order.circuit(position) for position in range(4)] == [2, 0, 3, 1]
    assert shuffled.in_order(Order((3, 2, 1, 0), 2)).circuits == ("d", "c", "b", "a")
    assert shuffled.in_order(Order()) == batch


# Through a run: a device that drifts, and one that is a queue.


@pytest.fixture
def ramp(fakes):
    """An experiment whose outcome tells its point: P(1) is 0 or 1, as the bits of 5 in two's powers."""

    class Steps(fakes.Ramp):
        name: ClassVar[str] = "ramp"

        def circuit(self, position):
            return fakes.ToyCircuit(float(round(position * (POINTS - 1)) % 3 == 0))

        def references(self):
            return {"zero": fakes.ToyCircuit(0.0), "one": fakes.ToyCircuit(1.0)}

    return Steps(points=POINTS)


TRUTH = [float(i % 3 == 0) for i in range(POINTS)]


@pytest.fixture
def clock(fakes):
    """A device that runs circuits one after the other and knows when: second 1000.1 + position."""

    @frozen(kw_only=True)
    class Clock(fakes.Toy):
        name: ClassVar[str] = "clock"
        drifts: ClassVar[bool] = True
        ran: ClassVar[list] = []

        def submit(self, batch):
            self.ran.append(batch)
            job = super().submit(batch)
            return FinishedJob(job.id, [evolve(o, time=1000.1 + o.index) for o in job.outcomes()])

    return Clock()


def test_counts_belong_to_their_points_whatever_order_they_came_in(clock, ramp):
    result = ramp.run(clock, 5)

    order = clock.ran[0].order
    assert [order.circuit(i) for i in range(POINTS + 2)] != list(range(POINTS + 2))
    assert result.dataset.mean[0].tolist() == TRUTH
    assert result.dataset.references.mean[0].tolist() == [0.0, 1.0]
    assert [result.counts[i] == {"1": 5} for i in range(POINTS)] == [bool(p) for p in TRUTH]
    assert result.dataset.positions.tolist() == [order.position(i) for i in range(POINTS)]
    assert result.dataset.times.tolist() == [1000.1 + order.position(i) for i in range(POINTS)]


def test_every_run_without_a_seed_has_an_order_of_its_own(clock, ramp):
    ramp.run(clock, 1)
    ramp.run(clock, 1)

    assert clock.ran[0].order != clock.ran[1].order


def test_a_simulator_runs_in_the_order_of_the_sweep(fakes, ramp, tmp_path):
    handle = ramp.submit(fakes.Toy(), 5, runs=tmp_path)
    dataset = handle.result().dataset

    assert dataset.positions.tolist() == list(range(POINTS))
    assert np.isnan(dataset.times).all()
    assert not any("order" in line for line in lines_of(handle.journal.path))


def lines_of(path):
    return [json.loads(line) for line in (path / "journal.jsonl").read_text().splitlines()]


def test_order_and_times_are_read_back_bit_for_bit(clock, fakes, tmp_path):
    handle = fakes.Ramp(points=POINTS).submit(clock, 5, runs=tmp_path)
    dataset = handle.result().dataset

    found = load_run(handle.folder).results["ramp"].dataset

    assert found.execution.times.tobytes() == dataset.execution.times.tobytes()
    assert found.execution.positions.tolist() == dataset.execution.positions.tolist()
    assert found.mean.tolist() == dataset.mean.tolist()
    noted = next(line for line in lines_of(handle.journal.path) if "order" in line)
    assert noted["order"] == list(handle.batch.order.circuits)
    assert noted["seed"] == handle.batch.order.seed


def test_the_journal_on_disk_names_circuits_and_not_positions(clock, ramp, tmp_path):
    handle = ramp.submit(clock, 5, runs=tmp_path)
    handle.result()

    outcomes = {line["index"]: line for line in lines_of(handle.journal.path) if "index" in line}
    assert [outcomes[i]["counts"] == {"1": 5} for i in range(POINTS)] == [bool(p) for p in TRUTH]


SHOTS = POINTS - 1
RAMP = [i / SHOTS for i in range(POINTS)]


def answer(circuit):
    """Counts that tell the circuit."""
    ones = round(circuit.p1 * SHOTS)
    return Counts.from_dict({"1": ones, "0": SHOTS - ones}, 1)


@pytest.fixture
def queue(fakes):
    """A queue that answers a few circuits, then is interrupted; like all queues it speaks of positions."""

    @frozen(kw_only=True)
    class Queue(fakes.Toy):
        name: ClassVar[str] = "queue"
        drifts: ClassVar[bool] = True
        queued: ClassVar[bool] = True
        budget: ClassVar[list[int]] = [6]
        broken_circuits: ClassVar[set[int]] = set()
        submitted: ClassVar[list[int]] = []
        batches: ClassVar[list] = []

        def open(self, batch, journal):
            queue = self
            queue.batches.append(batch)
            known = {record["index"] for record in journal.records if "index" in record}
            known -= {index for record in journal.records for index in record.get("again", ())}
            results = journal.results()
            for index in range(len(batch.circuits)):
                if index not in known:
                    journal.append({"index": index, "job_id": f"job {index}"})
                    queue.submitted.append(batch.order.circuit(index))

            class Job(FinishedJob):
                def outcomes(self, timeout=None):
                    for index, circuit in enumerate(batch.circuits):
                        if index in results:
                            yield Outcome(index, results[index])
                            continue
                        if queue.budget[0] == 0:
                            message = "time is up"
                            raise JobError(message)
                        queue.budget[0] -= 1
                        if batch.order.circuit(index) in queue.broken_circuits:
                            yield Outcome(index, Failure("fell off", f"job {index}"))
                        else:
                            yield Outcome(index, answer(circuit), 1000.25 + index)

            return Job("first", ())

        def jobs(self, journal):
            jobs = {record["index"]: record["job_id"] for record in journal.records if "index" in record}
            failed = {i for i, result in journal.results().items() if isinstance(result, Failure)}
            return [PartState(i, jobs[i], "failed" if i in failed else "done", lost=i in failed) for i in jobs]

    registered(Queue)
    return Queue()


def registered(backend):
    module = ModuleType("queue_plugin")
    module.register_backends = hookimpl(lambda: [backend])
    registry().register(module, "queue-distribution")


@pytest.fixture
def stopped(fakes, ramp, queue, tmp_path):
    """The folder of a run that was interrupted after six outcomes."""
    entry = ConfiguredExperiment("ramp", fakes.Ramp(points=POINTS), SHOTS, fakes.Mean())
    config = RunConfig("order", tmp_path, 7, queue, (entry,))
    folder = create_folder(config)
    (handle,) = submit_or_resume(config, folder)
    with pytest.raises(JobError):
        handle.result()
    queue.budget[0] = 10**6
    return folder


def go_on(folder):
    config, folder = reopen(folder.path)
    (handle,) = submit_or_resume(config, folder)
    return handle.result()


def test_a_resumed_run_goes_on_with_exactly_its_order(stopped, queue):
    result = go_on(stopped)

    first, second = queue.batches
    assert first.order == second.order
    assert first.circuits == second.circuits
    assert sorted(queue.submitted) == list(range(POINTS))  # each once
    assert result.dataset.mean[0].tolist() == RAMP
    assert result.dataset.positions.tolist() == [first.order.position(i) for i in range(POINTS)]
    assert result.dataset.times.tolist() == [1000.25 + first.order.position(i) for i in range(POINTS)]


def test_the_seed_of_the_run_gives_the_order_again(stopped, queue, fakes):
    assert queue.batches[0].order == Order.drawn(fakes.Ramp(points=POINTS).sweep(), 0, 7)


def damage(folder, *numbers):
    file = folder.path / "ramp" / "journal.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    for number in numbers:
        lines[number] = lines[number].replace("0", "1", 1) if number else lines[number].replace("position", "pQsition")
    file.write_text("".join(lines))


@pytest.mark.parametrize("number", [0, 1], ids=["what was swept", "the order"])
def test_a_damaged_line_does_not_cost_the_order(stopped, queue, number):
    damage(stopped, number)
    assert len(ExperimentJournal(stopped.path / "ramp").damage) == 1

    result = go_on(stopped)

    assert result.dataset.mean[0].tolist() == RAMP
    assert queue.batches[0].order == queue.batches[1].order
    again = ExperimentJournal(stopped.path / "ramp")
    assert again.sweep is not None
    assert again.known_order == queue.batches[0].order


def test_without_either_line_nothing_is_guessed_and_the_counts_keep_their_places(stopped):
    damage(stopped, 0, 1)

    with pytest.raises(StoreError, match=r"in which order the circuits run are damaged.*oqx analyze"):
        go_on(stopped)
    dataset = load_run(stopped.path).results["ramp"].dataset
    known = np.isfinite(dataset.mean[0])
    assert known.sum() == 6
    assert dataset.mean[0][known].tolist() == np.array(RAMP)[known].tolist()
    assert set(dataset.positions) == {-1}


def test_a_journal_of_before_there_were_orders_is_in_the_order_of_the_sweep(stopped, queue):
    file = stopped.path / "ramp" / "journal.jsonl"
    sweep = lines_of(stopped.path / "ramp")[0]
    file.write_text(json.dumps({key: sweep[key] for key in ("sweep", "references")}) + "\n")

    result = go_on(stopped)

    assert queue.batches[-1].order == Order()
    assert result.dataset.mean[0].tolist() == RAMP
    assert result.dataset.positions.tolist() == list(range(POINTS))


def test_an_order_of_other_circuits_is_named_as_damage(stopped):
    with ExperimentJournal(stopped.path / "ramp").writing() as journal:
        lines = [line for line in lines_of(journal.path) if "order" not in line]
    text = "".join(json.dumps({k: v for k, v in line.items() if k not in ("crc", "seed")}) + "\n" for line in lines)
    (journal.path / "journal.jsonl").write_text(text + json.dumps({"order": [1, 0], "seed": 3}) + "\n")

    with pytest.raises(StoreError, match="an order of 2 circuits for 20"):
        load_run(stopped.path)
    with pytest.raises(StoreError, match="an order of 2 circuits for 20"):
        go_on(stopped)


def test_jobs_and_failures_are_told_by_the_circuits_of_the_experiment(stopped, queue):
    queue.broken_circuits.update({3, 11})
    result = go_on(stopped)
    lost = {circuit for circuit in (3, 11) if circuit in result.dataset.failures}
    _, folder = reopen(stopped.path)
    order = queue.batches[0].order

    states = job_states(queue, folder.journal("ramp"))

    assert [state.index for state in states] == list(range(POINTS))
    assert all(state.job_id == f"job {order.position(state.index)}" for state in states)
    assert {state.index for state in states if state.lost} == lost
    assert lost


def test_only_what_failed_is_submitted_again_and_lands_where_it_belongs(stopped, queue):
    queue.broken_circuits.update(range(0, POINTS, 3))
    failed = set(go_on(stopped).dataset.failures)
    queue.broken_circuits.clear()
    queue.submitted.clear()
    config, folder = reopen(stopped.path)

    number = send_again(config, folder)
    assert set(ExperimentJournal(stopped.path / "ramp").outcomes()) == set(range(POINTS)) - failed
    result = go_on(stopped)

    assert number == len(failed) > 0
    assert set(queue.submitted) == failed
    assert result.dataset.mean[0].tolist() == RAMP


def test_a_damaged_outcome_names_the_circuit_of_the_experiment(stopped, queue):
    order = queue.batches[0].order
    lines = (stopped.path / "ramp" / "journal.jsonl").read_text().splitlines()
    number = next(i for i, line in enumerate(lines) if line.startswith('{"index"'))

    damage(stopped, number)

    (told,) = ExperimentJournal(stopped.path / "ramp").damage
    assert re.search(rf"an outcome of circuit {order.circuit(0)} is lost", str(told))


def test_a_result_in_memory_has_the_order_too(queue, ramp):
    queue.budget[0] = 10**6
    dataset = ramp.run(queue, SHOTS, runs=False).dataset

    assert dataset.mean[0].tolist() == TRUTH
    assert Counter(dataset.positions.tolist()).most_common(1)[0][1] == 1


def test_a_dataset_made_by_hand_knows_neither_order_nor_times(fakes, ramp):
    dataset = Dataset.from_counts(ramp, {})

    assert set(dataset.positions) == {-1}
    assert np.isnan(dataset.times).all()
