"""Whatever a backend returns, whoever wrote it: what cannot be is refused by name, and the rest is on disk."""

import math
from typing import ClassVar

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Axis,
    BackendError,
    Counts,
    Failure,
    FinishedJob,
    JobError,
    Outcome,
    PluginFault,
    Sweep,
    cli,
    load_run,
)
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal

POINTS, SHOTS, BAD = 5, 10, 2
ONES = Counts.from_dict({"1": SHOTS}, 1)


@pytest.fixture
def answering(fakes):
    """Return a function that makes a device which answers with what it is told to."""

    def make(answer):
        @frozen(kw_only=True)
        class Answering(fakes.Toy):
            name: ClassVar[str] = "answering"

            def submit(self, batch):
                return FinishedJob("job-7", answer)

        return Answering()

    return make


def all_but(*odd):
    """Good outcomes of every circuit but one, with odd ones in its place, so that good ones come behind them."""
    good = [Outcome(index, ONES) for index in range(POINTS) if index != BAD]
    return [*good[:BAD], *odd, *good[BAD:]]


class Unprintable:
    def __repr__(self):
        return 1 / 0


FAULTS = {
    "not an Outcome": ((BAD, ONES), "a tuple is not an Outcome"),
    "nothing that can be shown": (Unprintable(), "a Unprintable is not an Outcome"),
    "None": (None, "None is not an Outcome"),
    "a dict for counts": (Outcome(BAD, {"1": SHOTS}), "circuit 2: a dict is neither Counts nor a Failure"),
    "a text for a failure": (Outcome(BAD, "it broke"), "circuit 2: 'it broke' is neither"),
    "a failure without words": (Outcome(BAD, Failure(None)), "circuit 2: the reason of its failure is None"),
    "index beyond": (Outcome(POINTS, ONES), "outcome 5 of a batch of 5 circuits"),
    "index before": (Outcome(-1, ONES), "outcome -1 of a batch of 5 circuits"),
    "index a float": (Outcome(2.0, ONES), "circuit 2.0: an index is an integer"),
    "index a text": (Outcome("2", ONES), "circuit '2': an index is an integer"),
    "index a bool": (Outcome(True, ONES), "circuit True: an index is an integer"),
    "twice": (Outcome(0, Counts.from_dict({"0": SHOTS}, 1)), "a second outcome of circuit 0; the first is kept"),
    "too wide": (Outcome(BAD, Counts.from_dict({"11": SHOTS}, 2)), "circuit 2 has 1 classical bits, its counts 2"),
    "more shots": (Outcome(BAD, Counts.from_dict({"1": 11}, 1)), "circuit 2: counts of 11 shots, where 10 were asked"),
}


@pytest.mark.parametrize(("odd", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named_with_author_job_and_circuit_and_costs_no_other_circuit_its_counts(
    fakes, answering, odd, said, tmp_path
):
    handle = fakes.Ramp(points=POINTS).submit(answering(all_but(odd)), SHOTS, runs=tmp_path)

    with pytest.raises(BackendError) as caught:
        handle.result()

    assert said in str(caught.value)
    assert f"module {__name__}: Answering, job job-7: " in str(caught.value)
    assert "All other outcomes are kept" in str(caught.value)
    kept = ExperimentJournal(handle.journal.path).outcomes()
    assert kept == {index: ONES for index in range(POINTS) if index != BAD}
    assert load_run(handle.folder).results["ramp"].dataset.shots[0].tolist() == [10, 10, 0, 10, 10]


@pytest.mark.parametrize(("odd", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_an_error_without_a_run_folder_too(fakes, answering, odd, said):
    with pytest.raises(BackendError) as caught:
        fakes.Ramp(points=POINTS).run(answering(all_but(odd)), SHOTS)

    assert said in str(caught.value)


def test_a_backend_of_a_distribution_is_named_with_it(fakes, monkeypatch):
    monkeypatch.setattr(fakes.Toy, "submit", lambda *_: FinishedJob("job-7", [None]))

    with pytest.raises(BackendError, match=r"^toy-distribution: Toy, job job-7: None is not an Outcome"):
        fakes.Ramp(points=POINTS).run(fakes.Toy(), SHOTS)


def test_several_faults_are_told_together_and_a_few_of_many(fakes, answering):
    with pytest.raises(BackendError) as caught:
        fakes.Ramp(points=POINTS).run(answering([Outcome(-1 - index, ONES) for index in range(9)]), SHOTS)

    assert str(caught.value).count("of a batch of 5 circuits") == 5
    assert "and 4 more" in str(caught.value)


def test_a_backend_that_never_ends_with_nonsense_is_left(fakes, answering):
    def endless():
        while True:
            yield "nonsense"

    @frozen(kw_only=True)
    class Endless(fakes.Toy):
        def submit(self, batch):
            job = super().submit(batch)

            class Job(type(job)):
                def outcomes(self, timeout=None):
                    return endless()

            return Job(job.id, ())

    with pytest.raises(BackendError, match="'nonsense' is not an Outcome"):
        fakes.Ramp(points=POINTS).run(Endless(), SHOTS)


def test_a_circuit_without_an_outcome_is_a_missing_point_with_the_reason(fakes, answering, tmp_path):
    handle = fakes.Ramp(points=POINTS).submit(answering(all_but()), SHOTS, runs=tmp_path)

    result = handle.result()

    reason = f"module {__name__}: Answering, job job-7: no outcome of circuit 2"
    assert result.dataset.failures == {BAD: reason}
    assert result.dataset.shots[0].tolist() == [10, 10, 0, 10, 10]
    assert load_run(handle.folder).results["ramp"].dataset.failures == {BAD: reason}


def test_a_backend_that_does_not_repeat_what_is_known_loses_nothing_of_it(fakes, answering, tmp_path):
    handle = fakes.Ramp(points=POINTS).submit(answering([Outcome(BAD, ONES)]), SHOTS, runs=tmp_path)
    with handle.journal.writing() as journal:
        journal.record([Outcome(index, ONES) for index in range(POINTS) if index != BAD])

    result = handle.result()

    assert result.counts == dict.fromkeys(range(POINTS), ONES)
    assert ExperimentJournal(handle.journal.path).outcomes() == result.counts


def test_what_was_refused_is_told_although_the_time_is_up(fakes, caplog):
    @frozen(kw_only=True)
    class Slow(fakes.Toy):
        def submit(self, batch):
            class Job(FinishedJob):
                def outcomes(self, timeout=None):
                    yield Outcome(9, ONES)
                    message = "time is up"
                    raise JobError(message)

            return Job("job-7", ())

    with pytest.raises(JobError, match="time is up"):
        fakes.Ramp(points=POINTS).run(Slow(), SHOTS)

    assert "job job-7: outcome 9 of a batch of 5 circuits" in caplog.text


def test_indices_may_be_the_integers_of_numpy(fakes, answering):
    outcomes = [Outcome(np.int64(index), ONES) for index in range(POINTS)]

    assert list(fakes.Ramp(points=POINTS).run(answering(outcomes), SHOTS).counts) == list(range(POINTS))


@pytest.mark.parametrize("time", [math.nan, math.inf, "noon", True], ids=str)
def test_counts_survive_a_time_that_cannot_be(fakes, answering, time, tmp_path):
    handle = fakes.Ramp(points=POINTS).submit(answering(all_but(Outcome(BAD, ONES, time))), SHOTS, runs=tmp_path)

    with pytest.raises(BackendError, match=r"circuit 2: .* is not a time in seconds since 1970; its counts are kept"):
        handle.result()

    assert len(ExperimentJournal(handle.journal.path).outcomes()) == POINTS


def test_fewer_shots_than_asked_for_are_kept_and_named(fakes, answering, tmp_path, monkeypatch, capsys):
    few = Counts.from_dict({"1": 7}, 1)
    handle = fakes.Ramp(points=POINTS).submit(answering(all_but(Outcome(BAD, few))), SHOTS, runs=tmp_path)

    result = handle.result()

    said = "1 of 5 circuits came back with fewer shots than the 10 asked for: 7"
    assert result.counts[BAD] == {"1": 7}
    assert result.notes == (said,)
    assert said in result._repr_html_()
    assert load_run(handle.folder).results["ramp"].notes == (said,)
    monkeypatch.setattr("sys.argv", ["oqx", "analyze", str(handle.folder)])
    with pytest.raises(SystemExit):
        cli.main()
    assert said in capsys.readouterr().out
    assert said in (handle.folder / "report.html").read_text()


def test_a_circuit_without_a_single_shot_is_a_missing_point_that_is_named(fakes, answering):
    none = Counts(np.zeros((0, 1), dtype=bool), np.zeros(0, dtype=np.int64))

    result = fakes.Ramp(points=POINTS).run(answering(all_but(Outcome(BAD, none))), SHOTS)

    assert result.dataset.shots[0].tolist() == [10, 10, 0, 10, 10]
    assert result.notes == ("1 of 5 circuits came back with fewer shots than the 10 asked for: 0",)


def test_as_many_shots_as_asked_for_need_no_note(fakes):
    assert fakes.Ramp(points=POINTS).run(fakes.Toy(), SHOTS).notes == ()


@pytest.mark.parametrize(
    ("bits", "occurrences", "said"),
    [
        (np.array([[0, 1]]), np.array([3]), "bits must be an array of bool"),
        (np.array([True]), np.array([3]), "bits must be an array of bool of 2 dimensions"),
        ([[True]], np.array([3]), "bits must be a numpy array of bool, not list"),
        (np.array([[True]]), np.array([3.0]), "occurrences must be an array of integers"),
        (np.array([[True]]), np.array([True]), "occurrences must be an array of integers"),
        (np.array([[True]]), np.array([[3]]), "occurrences must be an array of integers of 1 dimensions"),
        (np.array([[True]]), [3], "occurrences must be a numpy array of integers, not list"),
        (np.array([[True]]), np.array([-3]), "an outcome cannot have been seen -3 times"),
        (np.array([[True], [False]]), np.array([4, -3]), "an outcome cannot have been seen -3 times"),
        (np.array([[True], [False]]), np.array([3]), "1 occurrences for 2 outcomes"),
        (np.array([[True]]), np.array([3, 4]), "2 occurrences for 1 outcomes"),
    ],
)
def test_counts_that_cannot_be_are_not_made(bits, occurrences, said):
    with pytest.raises(ValueError, match=said):
        Counts(bits, occurrences)


def test_a_failure_says_why_and_is_no_fault(fakes, answering):
    result = fakes.Ramp(points=POINTS).run(answering(all_but(Outcome(BAD, Failure("it broke")))), SHOTS)

    assert result.dataset.failures == {BAD: "it broke"}


def test_circuits_are_named_as_in_the_experiment_whatever_order_they_ran_in(fakes):
    class Pairs(fakes.Ramp):
        def sweep(self):
            return Sweep(Axis("position", np.linspace(0, 1, 40)))

    moved = []

    @frozen(kw_only=True)
    class Drifting(fakes.Toy):
        drifts: ClassVar[bool] = True

        def submit(self, batch):
            moved.extend(circuit for circuit in range(40) if batch.order.position(circuit) != circuit)
            place = batch.order.position(moved[0])
            good = [Outcome(index, ONES) for index in range(len(batch.circuits))]
            good[place] = Outcome(place, Counts.from_dict({"11": 1}, 2))
            return FinishedJob("1", good)

    with pytest.raises(BackendError) as caught:
        Pairs().run(Drifting(), SHOTS)

    assert f"circuit {moved[0]} has 1 classical bits" in str(caught.value)


def test_a_submit_that_returns_outcomes_instead_of_a_job_is_told_what_to_return(fakes, tmp_path, monkeypatch):
    monkeypatch.setattr(fakes.Toy, "submit", lambda *_: [])

    with pytest.raises(PluginFault, match=r"submit must return a Job, as FinishedJob\(id, outcomes\), not \[\]"):
        fakes.Ramp(points=POINTS).submit(fakes.Toy(), SHOTS, runs=tmp_path)
