from __future__ import annotations

import attrs
import pytest

from oqtopus_experiments import ParameterError, PluginError, Probability


def test_a_qubit_may_be_named_in_each_of_three_ways(fakes):
    assert fakes.Ramp(physical_qubit=3).targets == ((3,),)
    assert fakes.Ramp(physical_qubits=[0, 1, 2]).targets == ((0,), (1,), (2,))
    assert fakes.Ramp(targets=[(4,), (7,)]).targets == ((4,), (7,))
    assert fakes.Ramp().targets == ((0,),)


def test_an_experiment_on_pairs_takes_a_list_of_two_qubits_as_one_target(fakes):
    @attrs.frozen(kw_only=True)
    class Pair(fakes.Ramp):
        name = "pair"
        num_qubits = 2

    assert Pair().targets == ((0, 1),)
    assert Pair(physical_qubit=4).targets == ((4, 5),)
    assert Pair(physical_qubits=[3, 1]).targets == ((3, 1),)
    assert Pair(targets=[(0, 1), (2, 3)]).targets == ((0, 1), (2, 3))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"physical_qubit": 0, "physical_qubits": [1]}, "not both"),
        ({"physical_qubit": 0, "targets": [(1,)]}, "not two of them"),
        ({"physical_qubits": [0, 1, 0]}, "qubit 0 is named twice"),
        ({"physical_qubit": -1}, "integer >= 0"),
        ({"physical_qubit": True}, "integer >= 0"),
        ({"physical_qubits": "0 to 1"}, "are no qubits; write"),
        ({"physical_qubits": 1}, "must be a list"),
        ({"physical_qubits": []}, "at least one target"),
        ({"targets": [(0, 1)]}, "must have 1 qubit"),
    ],
)
def test_qubits_that_make_no_sense_are_refused(fakes, arguments, message):
    with pytest.raises(ValueError, match=message):
        fakes.Ramp(**arguments)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"points": -5}, "points"),
        ({"points": 1.7}, "points"),
        ({"points": True}, "points"),
        ({"points": "5"}, "points"),
        ({"top": float("nan")}, "top"),
        ({"top": float("inf")}, "top"),
        ({"top": 0}, "top"),
        ({"wait": None}, "wait"),
    ],
)
def test_a_refused_parameter_is_named(fakes, arguments, field):
    with pytest.raises(ParameterError, match=f"'{field}'") as caught:
        fakes.Ramp(**arguments)

    assert caught.value.field == field


def test_an_experiment_cannot_be_changed_after_it_was_made(fakes):
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        fakes.Ramp().points = 7


def test_missing_points_stay_missing_and_are_named(fakes):
    result = fakes.Ramp(points=4).run(fakes.Toy(seed=1, broken=(2,)), shots=100)

    frame = result.dataset.to_frame()
    assert frame.signal.isna().tolist() == [False, False, True, False]
    assert frame.shots.tolist() == [100, 100, 0, 100]
    assert result.dataset.failures == {2: "the toy fell off the table"}


def test_a_run_without_any_counts_is_an_error_that_says_why(fakes):
    with pytest.raises(fakes.BackendError, match=r"none of the 2 circuits .*the toy fell off the table"):
        fakes.Ramp(points=2).run(fakes.Toy(broken=(0, 1)))


def test_every_count_in_a_result_traces_to_an_outcome_of_the_backend(fakes):
    class Spy(fakes.Toy):
        def submit(self, batch):
            job = super().submit(batch)
            seen.update({outcome.index: outcome.result for outcome in job.outcomes()})
            return job

    seen = {}
    result = fakes.Ramp(points=6).run(Spy(seed=3), shots=50)

    assert dict(result.counts) == seen


def test_a_number_of_shots_that_is_no_number_of_shots_is_refused(fakes):
    for shots in (0, -1, True, 1.7):
        with pytest.raises(ValueError, match="'shots' must be an integer >= 1"):
            fakes.Ramp().run(fakes.Toy(), shots=shots)


def test_anything_that_is_no_backend_is_refused_with_what_would_be(fakes):
    with pytest.raises(fakes.BackendError, match="is not a backend: pass one from"):
        fakes.Ramp().run(7)
    with pytest.raises(PluginError, match="no backend 'qulacs'"):
        fakes.Ramp().run("qulacs")


def test_the_table_has_one_row_per_target_with_errors_units_and_verdict(fakes):
    frame = fakes.Ramp(points=3).run(fakes.Toy(seed=1), shots=1000).analyze()

    assert frame.columns.tolist() == ["qubits", "mean", "mean_stderr", "verdict", "reasons", "points", "shots"]
    assert frame.loc[0, "verdict"] == "good"
    assert abs(frame.loc[0, "mean"] - 0.5) < 4 * frame.loc[0, "mean_stderr"]


def test_job_metadata_has_id_and_status(fakes):
    metadata = fakes.Ramp().run(fakes.Toy()).job_metadata

    assert metadata["job_id"] == "toy-1"
    assert metadata["status"] == "succeeded"


def test_an_experiment_whose_circuits_do_not_fit_its_declaration_is_refused_before_anything_runs(fakes):
    @attrs.frozen(kw_only=True)
    class Wide(fakes.Ramp):
        name = "wide"

        def circuit(self, position):
            return fakes.ToyCircuit(position, num_qubits=2)

    @attrs.frozen(kw_only=True)
    class Deaf(fakes.Ramp):
        name = "deaf"
        signal = Probability("01")

    with pytest.raises(PluginError, match=r"Wide\.circuit must act on 1 qubits .* it has 2 qubits"):
        Wide().run(fakes.Toy(refuses=True))
    with pytest.raises(PluginError, match=r"Deaf: .* reads 2 classical bits per target"):
        Deaf().run(fakes.Toy(refuses=True))
