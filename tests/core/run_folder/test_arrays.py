"""Promises of measured arrays: each number comes back bit for bit, and is in every table, page and export."""

from __future__ import annotations

import csv
import json
import math
from types import ModuleType

import numpy as np
import pytest
from attrs import frozen

from oqtopus_experiments import (
    Analysis,
    Analyzer,
    Axis,
    Dimension,
    Quantity,
    QuantityArray,
    Reason,
    StoreError,
    Verdict,
    hookimpl,
    load_run,
)
from oqtopus_experiments.execution._reanalysis import reanalyze
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.storage._analysis_json import read_analyses, write_analyses
from oqtopus_experiments.support._directory import Directory

GOOD = Verdict([Reason("read", "as it was read", "good")])
with np.errstate(invalid="ignore"):
    NEGATIVE_NAN = np.array([np.inf]) - np.inf
ODD = np.array([1 / 3, -0.0, 0.0, math.nan, math.inf, -math.inf, 5e-324, 2**-52, -1.5e308, float(NEGATIVE_NAN[0])])
ERRORS = np.abs(ODD[::-1])
WHOLE, WHOLE_ERRORS = np.empty(10, dtype=complex), np.empty(10, dtype=complex)
WHOLE.real, WHOLE.imag = ODD, ODD[::-1]
WHOLE_ERRORS.real, WHOLE_ERRORS.imag = ERRORS, ERRORS[::-1]
LABELS = ["0", 0, 1.5, "-0.0", 2**62, "nan", "=1+1", "é\n", -7, ""]
ARRAYS = (
    QuantityArray("odd", ODD, ERRORS, [Dimension("label", LABELS)], "ns"),
    QuantityArray("odd_complex", WHOLE, WHOLE_ERRORS, [Dimension("index", range(10))]),
    QuantityArray("assignment", [[0.98, 0.05], [0.02, 0.95]], np.full((2, 2), 0.003),
                  [Dimension("read", ["0", "1"]), Dimension("prepared", ["0", "1"])]),
    QuantityArray("cube", np.arange(8.0).reshape(2, 2, 2), np.ones((2, 2, 2)),
                  [Dimension(name, [0.5, 1.5], "V") for name in "abc"]),
    QuantityArray("single", [0.25], [0.5], [Dimension("what", ["it"])]),
)  # fmt: skip


def same_bits(one, other):
    return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())


@frozen(kw_only=True)
class Odd(Analyzer):
    """Gives the arrays above, whatever was measured, and one that depends on it."""

    name = "test-arrays"

    def analyze(self, experiment, dataset):
        return [
            Analysis(
                target,
                [Quantity("level", 0.5, 0.1)],
                GOOD,
                arrays=[*ARRAYS, QuantityArray("signal", mean, error, [Dimension("point", range(len(mean)))])],
            )
            for target, mean, error in zip(dataset.targets, dataset.mean, dataset.stderr, strict=True)
        ]


@pytest.fixture(autouse=True, scope="module")
def _analyzer():
    plugin = ModuleType("test_arrays_plugin")
    plugin.register_analyzers = hookimpl(specname="register_analyzers")(lambda: [Odd])
    if "test-arrays" not in registry().classes("analyzer"):
        registry().register(plugin)


@pytest.fixture
def folder(write_run, decay, monkeypatch):
    """A run folder whose arrays were made by a first analysis; one point is missing, and no figures are drawn."""
    from oqtopus_experiments.execution import _outputs as outputs

    monkeypatch.setattr(outputs, "write_figures", lambda *_: None)
    made = write_run({"decay": decay(physical_qubits=[3, 4])}, missing=(1,))
    reanalyze(made.path, "test-arrays")
    return made.path


def test_every_element_label_and_unit_comes_back_bit_for_bit(tmp_path):
    written = Analysis((0,), [], GOOD, arrays=ARRAYS)
    write_analyses(Directory(tmp_path), {"use": "x"}, [written])

    (back,) = read_analyses(Directory(tmp_path)).analyses

    assert [array.name for array in back.arrays] == [array.name for array in ARRAYS]
    for array, original in zip(back.arrays, ARRAYS, strict=True):
        assert same_bits(array.values, original.values)
        assert same_bits(array.stderr, original.stderr)
        assert array.unit == original.unit
        assert array.dimensions == original.dimensions
        for dimension, its_original in zip(array.dimensions, original.dimensions, strict=True):
            assert list(map(type, dimension.labels)) == list(map(type, its_original.labels))


def test_a_re_analysis_gives_the_same_arrays_bit_for_bit(folder):
    files = ("analysis.json", "arrays.csv", "curves.json")
    before = {name: (folder / "decay" / name).read_bytes() for name in files}
    stored = read_analyses(Directory(folder / "decay")).analyses

    (again,) = reanalyze(folder, "test-arrays").experiments

    assert {name: (folder / "decay" / name).read_bytes() for name in files} == before
    for analysis, its_stored in zip(again.analyses, stored, strict=True):
        for array, kept in zip(analysis.arrays, its_stored.arrays, strict=True):
            assert same_bits(array.values, kept.values)
            assert same_bits(array.stderr, kept.stderr)


def test_another_analyzer_without_arrays_leaves_no_table_of_them(folder):
    assert (folder / "decay" / "arrays.csv").exists()

    reanalyze(folder, "test-mean")

    assert not (folder / "decay" / "arrays.csv").exists()


def test_the_table_of_arrays_has_one_row_per_element(folder):
    rows = list(csv.DictReader((folder / "decay" / "arrays.csv").read_text().splitlines(keepends=True)))

    per_target = 10 + 10 + 4 + 8 + 1 + 5
    assert len(rows) == 2 * per_target
    assert [row["qubits"] for row in rows] == ["3"] * per_target + ["4"] * per_target
    wanted = {"qubits": "4", "array": "assignment", "read": "0", "prepared": "1"}
    (element,) = [row for row in rows if wanted.items() <= row.items()]
    assert (element["value"], element["stderr"], element["imaginary"]) == ("0.05", "0.003", "")
    odd = next(row for row in rows if row["array"] == "odd")
    assert (float(odd["value"]), odd["unit"]) == (1 / 3, "ns")


def test_results_and_runs_give_the_arrays_in_long_form(folder, monkeypatch):
    run = load_run(folder)
    of_result = run.results["decay"].arrays("test-arrays")
    monkeypatch.setattr(type(run), "analyzer", lambda *_: Odd())
    of_run = run.arrays()

    cube = of_result[(of_result.array == "cube") & (of_result.qubits == 4)]
    assert cube.value.tolist() == list(range(8))
    assert list(zip(cube.a, cube.b, cube.c, strict=True))[1] == (0.5, 0.5, 1.5)
    assert of_result.attrs["units"] == {"a": "V", "b": "V", "c": "V"}
    assert of_run.experiment.unique().tolist() == ["decay"]
    np.testing.assert_array_equal(of_run.value, of_result.value)


def test_one_array_is_a_table_of_its_own():
    frame = ARRAYS[3].to_frame()

    assert frame.columns.tolist() == ["a", "b", "c", "value", "stderr"]
    assert frame.value.tolist() == list(range(8))


def test_an_export_has_a_row_for_every_element(folder, oqx, tmp_path):
    code, out, _ = oqx("export", folder, "--what", "arrays", "-o", tmp_path / "arrays.csv")

    rows = list(csv.DictReader((tmp_path / "arrays.csv").read_text().splitlines(keepends=True)))
    assert code == 0
    assert "76 rows" in out
    assert len(rows) == 76
    assert {row["experiment"] for row in rows} == {"decay"}


def test_small_arrays_are_printed_with_their_errors_and_of_others_where_they_are(folder, oqx):
    _, out, _ = oqx("analyze", folder, "--analyzer", "test-arrays", "--print-only")

    assert "decay: assignment of qubit 4" in out
    assert "0.9800(30)" in out
    assert "decay: cube (a 2 x b 2 x c 2): all numbers are in decay/arrays.csv" in out


def test_the_report_shows_small_arrays_and_says_where_the_others_are(folder):
    text = (folder / "report.html").read_text()

    assert "<caption>assignment of qubit 3</caption>" in text
    assert "<td>0.9800(30)</td>" in text
    assert "cube (a 2 x b 2 x c 2): all numbers are in decay/arrays.csv" in text


def test_a_notebook_shows_small_arrays(folder, monkeypatch):
    from oqtopus_experiments.reporting.figures import _possible as possible

    result = load_run(folder).results["decay"]
    monkeypatch.setattr(possible, "why_not", lambda: "not here")
    monkeypatch.setattr(type(result.experiment), "analyzer", "test-arrays")

    text = result._repr_html_()

    assert "<td>0.9800(30)</td>" in text
    assert "all numbers are in result.arrays()" in text


def test_a_complex_array_is_told_by_both_its_parts():
    from oqtopus_experiments.reporting._arrays import told

    matrix = QuantityArray("rho", [[0.5, 0.4j], [-0.4j, 0.5]], np.full((2, 2), 0.01 + 0.02j),
                           [Dimension("row", ["0", "1"]), Dimension("column", ["0", "1"])])  # fmt: skip

    (real, imaginary), sentences = told([Analysis((0, 1), [], GOOD, arrays=[matrix])], "a file")

    assert sentences == []
    assert real.title == "rho, real part of qubits 0-1"
    assert real.rows[0] == ("0", "0.500(10)", "0.000(10)")
    assert imaginary.title == "rho, imaginary part of qubits 0-1"
    assert imaginary.rows[0] == ("0", "0.000(20)", "0.400(20)")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: Dimension("a", []), "at least one label"),
        (lambda: Dimension("a", ["x", "x"]), "the same"),
        (lambda: Dimension("a", [0, math.nan]), "finite number, not nan"),
        (lambda: Dimension("a", [True]), "not True"),
        (lambda: Dimension("a", [None]), "not None"),
        (lambda: Dimension("value", [0]), "another than"),
        (lambda: Dimension("", [0]), "another than"),
        (lambda: QuantityArray("m", [1.0], [1.0, 2.0], [Dimension("a", [0])]), "do not go together"),
        (lambda: QuantityArray("m", 1.0, 1.0, []), "is a Quantity"),
        (lambda: QuantityArray("m", [1.0j], [1.0], [Dimension("a", [0])]), "errors are complex"),
        (lambda: QuantityArray("m", [1.0], [1.0j], [Dimension("a", [0])]), "errors are complex"),
        (lambda: QuantityArray("m", [[1.0]], [[1.0]], [Dimension("a", [0])] * 2), "a name each"),
    ],
)
def test_an_array_that_could_not_be_read_back_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        wrong()


def test_values_beyond_all_drawing_leave_the_rest_of_the_figure_whole(experiment_over, measured):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import figure, render

    dataset = measured(experiment_over(Axis("delay", [0, 1, 2])))
    drawn = figure("odd", dataset, [Analysis((0,), [], GOOD, arrays=ARRAYS[:2])])

    assert render(drawn, "png").startswith(b"\x89PNG")
    legends = {text.get_text() for axes in drawn.axes if axes.get_legend() for text in axes.get_legend().get_texts()}
    assert "3 values too large to draw" in legends


def test_a_damaged_label_is_refused_by_name(tmp_path):
    write_analyses(Directory(tmp_path), {"use": "x"}, [Analysis((0,), [], GOOD, arrays=ARRAYS[:1])])
    content = json.loads((tmp_path / "analysis.json").read_text())
    content["analyses"][0]["arrays"][0]["dimensions"][0]["labels"][0] = None
    (tmp_path / "analysis.json").write_text(json.dumps(content))

    with pytest.raises(StoreError, match="labels"):
        read_analyses(Directory(tmp_path))
