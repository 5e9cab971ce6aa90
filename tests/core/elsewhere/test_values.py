"""Counts taken elsewhere, as Python has them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oqtopus_experiments import Counts, CountsError, Failure

LIST = [{"0": 1, "1": 9}, {"0": 4, "1": 6}, None, Failure("busy"), Counts.from_dict({"1": 5}, 1)]


def test_a_list_is_in_the_order_of_the_experiments_own_sweep(here):
    dataset = here.Wait(calibrated=False, physical_qubit=2).result_from(LIST).dataset

    np.testing.assert_array_equal(dataset.mean, [[0.9, 0.6, np.nan, np.nan, 1.0]])
    assert dataset.sweep.grid()["delay"].tolist() == [0, 100, 200, 300, 400]
    assert dataset.failures == {3: "busy"}
    assert dataset.targets == ((2,),)


def test_axes_say_which_points_a_list_is_of(here):
    result = here.Wait().result_from(LIST[:2], axes={"delay": [5.0, 70_000.0]})

    assert result.dataset.sweep.grid()["delay"].tolist() == [5, 70_000]
    assert result.experiment.sweep().axes[0].unit == "ns"


def test_references_stand_behind_the_points(here):
    result = here.Wait(points=1).result_from([{"1": 9}, {"0": 9}, {"0": 8, "1": 1}, {"1": 9}, {"1": 9}])

    assert result.dataset.reference_names == ("ground 1", "ground 2", "excited 1", "excited 2")
    assert result.dataset.references.mean == pytest.approx(np.array([[0, 1 / 9, 1, 1]]))


def test_a_mapping_is_by_point_and_by_name_of_a_reference(here):
    result = here.Wait().result_from({50: {"1": 9}, 0.0: {"0": 9}, "ground 1": {"0": 9}})

    assert result.dataset.sweep.grid()["delay"].tolist() == [50, 0]
    assert result.dataset.mean.tolist() == [[1, 0]]
    assert result.dataset.reference_names[0] == "ground 1"


def test_points_of_several_axes_are_tuples_and_all_targets_read_side_by_side(here):
    experiment = here.Sequences(targets=[(0, 1), (2, 3)])

    result = experiment.result_from({(9, 0): {"01 01": 3, "00 01": 1}, (4, 0): {"0000": 4}})

    assert result.dataset.sweep.grid()["length"].tolist() == [9, 4]
    assert result.dataset.mean.tolist() == [[1, 0], [0.75, 0]]


def test_bits_that_begin_on_the_left_are_turned_as_a_whole(here):
    experiment = here.Sequences(targets=[(0, 1), (2, 3)])

    dataset = experiment.result_from({(9, 0): {"1000": 4}}, first_bit="left").dataset

    assert dataset.mean.tolist() == [[1], [0]]


def test_a_frame_is_a_table(here):
    frame = pd.DataFrame({"delay (us)": [0, 1, 1], "target": 3, "outcome": [1, 0, 1], "count": [5, 2, 3]})

    result = here.Wait().result_from(frame)

    assert result.dataset.mean.tolist() == [[1, 0.6]]
    assert result.provenance["imported"] == {"source": "a DataFrame"}


@pytest.mark.parametrize(
    ("counts", "options", "told"),
    [
        (LIST[:3], {}, r"counts of 3 circuits, and the sweep 5 points.*axes=\{'delay'"),
        (LIST, {"axes": {"time": [1.0]}}, "axes must name delay; got time"),
        (LIST, {"axes": {"delay": ["a"] * 5}}, "axes:|delay"),
        (LIST[:2], {"axes": {"delay": [1.0, np.nan]}}, "axes: .*not finite"),
        ({0.0: {"1": 4}}, {"axes": {"delay": [0.0]}}, "leave out axes"),
        ({"later": {"1": 4}}, {}, "'later' is not a point of the axes delay"),
        ({(0.0, 1): {"1": 4}}, {}, "is not a point of the axes delay"),
        ({0.0: {"01": 4}}, {}, "circuit 0: '01' is not a bit string of 1 classical bits"),
        ({0.0: {"1": 0.5}}, {}, "circuit 0: the count of '1' must be an integer"),
        ({0.0: {1: 5}}, {}, "an outcome is a bit string"),
        ({0.0: 5}, {}, "counts are a mapping of outcomes to numbers"),
        ({0.0: {"1": 0}}, {}, "has no counts"),
        ({}, {}, "a key for each point"),
        (5, {}, "counts must be the path of a CSV file"),
        (LIST, {"first_bit": "up"}, "first_bit must be"),
    ],
)
def test_what_cannot_be_the_counts_of_the_experiment_is_refused(here, counts, options, told):
    with pytest.raises(CountsError, match=told):
        here.Wait(calibrated=False).result_from(counts, **options)
