"""A table of counts taken elsewhere: what it may say, and what each slip of a tired person is told."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments import CountsError, StoreError, load_run

GOOD = """\
delay (us),target,outcome,count
0,3,0,10
0,3,1,990
0.2,3,0,400
0.2,3,1,600
"""


def test_the_points_of_the_data_are_the_points_of_the_result(here, table):
    result = here.Wait(calibrated=False).result_from(table(GOOD))

    assert result.dataset.sweep.grid()["delay"].tolist() == [0.0, 200.0]
    assert result.experiment.sweep().size == 2
    assert result.dataset.targets == ((3,),)
    assert result.dataset.mean.tolist() == [[0.99, 0.6]]
    assert result.dataset.shots.tolist() == [[1000, 1000]]
    assert (result.dataset.positions == -1).all()  # nobody said in which order they ran
    assert result.notes == ()


@pytest.mark.parametrize(
    ("header", "zero", "late"),
    [("delay (us)", "0", "0.2"), ("delay [us]", "0", "0.2"), ("delay_us", "0", "0.2"), ("delay_ns", "0", "200"),
     ("delay", "0 us", "0.2 us"), ("delay (s)", "0", "2e-7"), ("delay (us)", "0", "200 ns")],
)  # fmt: skip
def test_a_unit_stands_in_the_header_or_in_the_cell(here, table, header, zero, late):
    text = f"{header},target,outcome,count\n{zero},3,1,9\n{late},3,1,5\n{late},3,0,4\n"

    result = here.Wait().result_from(table(text))

    assert result.dataset.sweep.grid()["delay"] == pytest.approx([0, 200])
    assert result.notes == ()


def test_an_axis_without_a_unit_is_taken_as_stored_and_said(here, table):
    result = here.Wait().result_from(table("delay,target,outcome,count\n0,3,1,9\n200,3,0,9\n"))

    assert result.dataset.sweep.grid()["delay"].tolist() == [0, 200]
    assert len(result.notes) == 1
    assert "'delay' names no unit and was taken in ns" in result.notes[0]
    assert "'delay (us)'" in result.notes[0]


@pytest.mark.parametrize("separator", [";", "\t", ", "])
def test_spreadsheets_separate_columns_as_they_like(here, table, separator):
    text = "\ufeff" + GOOD.replace(",", separator).replace("\n", "\r\n") + "\r\n\r\n"

    result = here.Wait().result_from(table(text))

    assert result.dataset.mean.tolist() == [[0.99, 0.6]]


def test_targets_that_were_read_apart_keep_their_own_counts(here, table):
    text = "delay (ns),target,outcome,count\n0,3,1,90\n0,3,0,10\n0,5,1,70\n0,5,0,130\n50,5,1,1\n50,5,0,3\n"

    dataset = here.Wait().result_from(table(text)).dataset

    assert dataset.targets == ((3,), (5,))
    assert dataset.shots.tolist() == [[100, 0], [200, 4]]
    np.testing.assert_array_equal(dataset.mean, [[0.9, np.nan], [0.35, 0.25]])
    assert dataset.outcomes(1, 0).probability("1") == 0.35
    assert dataset.outcomes(0, 1).shots == 0
    assert dataset.counts == {}  # nobody knows what they read together


@pytest.mark.parametrize("pair", ["4-2", "(4, 2)", '"4,2"', "4 2"])
@pytest.mark.parametrize(("first_bit", "mean"), [("right", 0.3), ("left", 0.7)])
def test_bits_of_a_pair_are_read_from_the_side_that_is_said(here, table, pair, first_bit, mean):
    cell = pair if '"' in pair else f'"{pair}"'
    text = f"length,seed,target,outcome,count\n3,7,{cell},01,3\n3,7,{cell},10,7\n"

    result = here.Sequences().result_from(table(text), first_bit=first_bit)

    assert result.dataset.targets == ((4, 2),)
    assert result.dataset.mean == pytest.approx(np.array([[mean]]))
    assert f"on the {first_bit}" in result.notes[0]


def test_a_grid_of_whole_numbers_is_a_grid_in_whatever_order_its_rows_stand(here, table):
    rows = [(9, 1, 4), (2, 0, 1), (9, 0, 3), (2, 1, 2)]
    text = "seed,length,target,outcome,count\n" + "".join(
        f"{s},{n},0-1,01,{c}\n{s},{n},0-1,00,{10 - c}\n" for n, s, c in rows
    )

    dataset = here.Sequences().result_from(table(text)).dataset

    assert dataset.sweep.is_grid
    assert dataset.sweep.shape == (2, 2)
    assert dataset.sweep.axes[0].values.dtype.kind == "i"
    assert [dataset.sweep.grid()[name].tolist() for name in ("length", "seed")] == [[9, 9, 2, 2], [1, 0, 1, 0]]
    assert dataset.mean[0] == pytest.approx([0.4, 0.3, 0.2, 0.1])


def test_points_that_are_no_grid_are_a_sum_of_lines(here, table):
    points = ((1, 5, 1), (8, 7, 2), (9, 3, 4), (1, 6, 3))
    text = "length,seed,target,outcome,count\n"
    text += "".join(f"{n},{s},0-1,01,{c}\n{n},{s},0-1,00,{10 - c}\n" for n, s, c in points)

    dataset = here.Sequences().result_from(table(text)).dataset

    assert dataset.sweep.grid()["seed"].tolist() == [5, 6, 7, 3]
    assert dataset.mean[0] == pytest.approx([0.1, 0.3, 0.2, 0.4])


def test_a_point_may_have_no_value_on_an_axis_where_the_experiment_has_such_points(here, table):
    text = "basis,phase (deg),target,outcome,count\nz,,0,1,3\nx,0,0,1,5\nx,90,0,1,7\nz,,0,0,7\nx,0,0,0,5\nx,90,0,0,3\n"

    sweep = here.Settings().result_from(table(text)).dataset.sweep

    assert sweep.points() == [
        {"basis": "z"}, {"basis": "x", "phase": 0.0}, {"basis": "x", "phase": pytest.approx(np.pi / 2)}
    ]  # fmt: skip


def test_repeated_points_are_points_when_they_are_numbered(here, table):
    text = "delay (ns),repetition,target,outcome,count\n" + "".join(
        f"{d},{r},0,1,{c}\n{d},{r},0,0,{10 - c}\n" for d, r, c in ((0, 1, 9), (0, 2, 8), (50, 1, 4))
    )

    dataset = here.Wait().result_from(table(text)).dataset

    assert dataset.sweep.grid()["delay"].tolist() == [0, 0, 50]
    assert dataset.mean[0] == pytest.approx([0.9, 0.8, 0.4])


def test_references_are_known_by_name_and_another_repetition_is_one_of_its_kind(here, table):
    text = "delay (ns),reference,target,outcome,count\n0,,0,1,6\n0,,0,0,4\n,ground 1,0,0,10\n"
    text += ",ground 7,0,1,1\n,ground 7,0,0,9\n"

    result = here.Wait().result_from(table(text))

    names = result.dataset.reference_names
    assert names == (
        "ground 1",
        "ground 7",
        "excited 1",
        "excited 2",
    )  # no excited one came: it is missing, not left out
    np.testing.assert_array_equal(result.dataset.references.mean, [[0.0, 0.1, np.nan, np.nan]])
    assert tuple(result.experiment.fit_model().references) == names
    assert result.experiment.calibrated


def test_an_experiment_is_told_that_there_are_no_references(here, table):
    result = here.Wait().result_from(table(GOOD))

    assert result.dataset.reference_names == ()
    assert result.experiment.parameters()["calibrated"] is False


HEAD = "delay (us),target,outcome,count\n"
REFERENCES = "delay (us),reference,target,outcome,count\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "holds no counts"),
        (HEAD, "holds no counts"),
        ("delay (us),target,outcome,counts\n0,3,1,5\n", r"no axis 'counts'; did you mean 'count'"),
        ("delay (us),target,outcome\n0,3,1\n", r"no column 'count'; its columns are: delay \(us\), target, outcome"),
        ("target,outcome,count\n3,1,5\n", r"no column 'delay \(ns\)'"),
        ("delay (us),power,target,outcome,count\n0,1,3,1,5\n", r"no axis 'power'.*remove the column"),
        ("delay (us),delay_ns,target,outcome,count\n0,0,3,1,5\n", "are of one axis"),
        ("delay (us),target,target,outcome,count\n0,3,3,1,5\n", "two columns 'target'"),
        ("delay (MHz),target,outcome,count\n0,3,1,5\n", "unit 'MHz', but this needs one of"),
        (HEAD + "0,3,1,5,7\n", "line 2: 5 cells"),
        (HEAD + "soon,3,1,5\n", "line 2: 'delay.*soon.* is not a quantity"),
        (HEAD + "nan,3,1,5\n", "line 2: 'delay"),
        (HEAD + "0,3,01,5\n", "line 2: outcome '01' has 2 bits, where a target reads 1"),
        (HEAD + "0,3,one,5\n", "line 2: 'one' is not an outcome"),
        (HEAD + "0,3,1,5.5\n", "line 2: a count is a whole number from 0, not '5.5'"),
        (HEAD + "0,3,1,-5\n", "line 2: a count is a whole number from 0, not '-5'"),
        (HEAD + "0,3,1,inf\n", "line 2: a count is a whole number"),
        (HEAD + "0,3,1,0.97\n", "probabilities cannot be weighed without their shots"),
        (HEAD + "0,3,1,\n", "line 2: a count is a whole number from 0, not ''"),
        (HEAD + f"0,3,1,{10**16}\n0,3,0,1\n", "were never measured"),
        (HEAD + "0,3,1,5\n0,3,1,5\n", r"line 3: outcome '1' .* stands in line 2 already.*'repetition'"),
        (HEAD + "0,left,1,5\n", "line 2: 'left' is not a target"),
        (HEAD + "0,2-3,1,5\n", "line 2: target 2-3: each target must have 1 qubit"),
        (HEAD + "0,9999999,1,5\n", "line 2: target 9999999: a physical qubit must be at most"),
        (HEAD + "0,3,1,0\n0,3,0,0\n", "all counts are 0"),
        (HEAD + "0,3,1,9\n1,3,1,5\n", "counts the outcome '1' only"),
        ("delay (us),target,outcome,count,shots\n0,3,1,90,100\n0,3,0,1,100\n", "add up to 91, and 'shots' says 100"),
        (REFERENCES + "0,ground 1,3,1,5\n", "line 2: a reference circuit belongs to no point"),
        (REFERENCES + ",ground 1,3,1,5\n", "counts of reference circuits only"),
        (REFERENCES + "0,,3,1,5\n,grund,3,0,5\n", "no reference circuit 'grund'; .*ground, excited"),
        (HEAD + '"0,3,1,5\n', "line 2: 1 cells, where the header names 4"),
        ("delay (us),target,outcome,count,\n0,3,1,5,\n", "no axis ''"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_names_the_row_and_loses_nothing(here, table, text, told):
    path = table(text)

    with pytest.raises(CountsError, match=told):
        here.Wait().result_from(path, runs=here.path / "runs")

    assert path.read_text() == text
    assert not (here.path / "runs").exists()


def test_a_label_that_the_experiment_does_not_have_is_told(here, table):
    with pytest.raises(CountsError, match=r"line 2: 'basis' is 'Z'; did you mean 'z'\? \(known: x, z\)"):
        here.Settings().result_from(table("basis,phase,target,outcome,count\nZ,,0,1,3\n"))


def test_a_spreadsheet_that_dropped_leading_zeros_is_named(here, table):
    with pytest.raises(CountsError, match="a spreadsheet drops leading zeros"):
        here.Sequences().result_from(table("length,seed,target,outcome,count\n1,0,0-1,1,3\n"))


def test_pairs_that_share_a_qubit_are_not_one_experiment(here, table):
    with pytest.raises(CountsError, match="qubit 1 is named twice"):
        here.Sequences().result_from(table("length,seed,target,outcome,count\n1,0,0-1,01,3\n1,0,1-2,01,3\n"))


def test_a_file_that_is_not_text_or_not_there_is_told(here):
    (here.path / "image.csv").write_bytes(b"\x89PNG\xff\xfe")
    with pytest.raises(CountsError, match="not a text"):
        here.Wait().result_from("image.csv")
    with pytest.raises(CountsError, match=r"nowhere\.csv cannot be read: No such file"):
        here.Wait().result_from("nowhere.csv")


def test_targets_of_the_experiment_that_are_not_those_of_the_file_are_told(here, table):
    with pytest.raises(CountsError, match=r"targets 3; the experiment names 4"):
        here.Wait(physical_qubit=4).result_from(table(GOOD))
    assert here.Wait(physical_qubit=3).result_from(table(GOOD)).dataset.targets == ((3,),)


def test_without_a_column_of_targets_the_experiment_says_whose_counts_they_are(here, table):
    text = GOOD.replace(",target", "").replace(",3,", ",")

    assert here.Wait(physical_qubit=7).result_from(table(text)).dataset.targets == ((7,),)
    with pytest.raises(CountsError, match="no column 'target', which says whose a count is: 1, 2"):
        here.Wait(physical_qubits=[1, 2]).result_from(table(text))


def test_a_run_whose_sweep_is_lost_is_not_placed_anywhere(here, table):
    here.Wait().result_from(table(GOOD), runs="runs")
    (journal,) = here.path.glob("runs/*/wait/journal.jsonl")
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[1:]))

    with pytest.raises(StoreError, match="what was swept is lost"):
        load_run(journal.parent.parent)


def test_an_axis_that_the_signal_has_a_default_for_may_be_left_out(here, table):
    """Survivals of a benchmark published without the outcome that each sequence ends in: 1 where it came."""
    head = "length,seed,target,outcome,count\n"
    survivals = head + "".join(f"{m},{s},0-1,1,{90 - m}\n{m},{s},0-1,0,{10 + m}\n" for m in (1, 2, 4) for s in (0, 1))
    with_endings = survivals.replace("seed,", "seed,ending,").replace(",0-1,1,", ",10,0-1,10,")
    with_endings = with_endings.replace(",0-1,0,", ",10,0-1,01,")

    alike = [here.Endings().result_from(table(text)) for text in (survivals, with_endings)]

    assert [axis.name for axis in alike[0].dataset.sweep.axes] == ["length", "seed"]
    assert [axis.name for axis in alike[1].dataset.sweep.axes] == ["length", "seed", "ending"]
    assert alike[0].dataset.mean.tolist() == alike[1].dataset.mean.tolist()
    assert alike[0].dataset.mean[0, 0] == 0.89


def test_an_axis_that_the_signal_does_not_ask_for_may_not_be_left_out(here, table):
    with pytest.raises(CountsError, match="no column 'seed'"):
        here.Endings().result_from(table("length,target,outcome,count\n1,0-1,1,3\n"))
