"""Promises of analysis.json: what was said comes back exactly, additions are tolerated, damage is refused."""

import json
import math

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Analysis, Curve, Quantity, Reason, StoreError, Verdict
from oqtopus_experiments.contracts.panels import Level, Panel
from oqtopus_experiments.storage._analysis_json import read_analyses, write_analyses
from oqtopus_experiments.support._directory import Directory

ANALYSIS = Analysis(
    target=(3, 4),
    quantities=[Quantity("t1_time", 1 / 3, 2**-52, "ns", low=0.1, high=0.7), Quantity("offset", math.nan, math.inf)],
    verdict=Verdict([Reason("fits", 'a "quoted" <b>reason</b>', "good"), Reason("missing_points", "two", "suspect")]),
    fitted=np.array([0.1, math.nan, -math.inf]),
    curves=[Curve(np.linspace(0, 1, 7), np.arange(7), "delay", {"kind": "echo"})],
    covariance=np.array([[1 / 7, -0.0], [0.0, math.nan]]),
    deviance=np.float64(12.5),
    degrees_of_freedom=int(np.int64(3)),
)


def written(tmp_path, *analyses):
    file = tmp_path / "analysis.json"
    write_analyses(Directory(tmp_path), {"use": "curvefit", "options": {}}, analyses)
    return file


def read(file):
    return read_analyses(Directory(file.parent))


def edited(file, change):
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))
    return file


def test_every_number_comes_back_bit_for_bit(tmp_path):
    back = read(written(tmp_path, ANALYSIS)).analyses[0]

    assert back.target == ANALYSIS.target
    assert back.verdict == ANALYSIS.verdict
    assert repr(back.quantities[0]) == repr(ANALYSIS.quantities[0])  # by its text, as NaN equals nothing
    assert math.isnan(back.quantities[1].value)
    assert back.quantities[1].stderr == math.inf
    np.testing.assert_array_equal(back.covariance, ANALYSIS.covariance)
    assert (back.deviance, back.degrees_of_freedom) == (12.5, 3)


def test_curves_stand_in_a_file_of_their_own(tmp_path):
    written(tmp_path, ANALYSIS)

    (curve,) = json.loads((tmp_path / "curves.json").read_text())["curves"]

    assert curve["target"] == [3, 4]
    assert curve["fitted"] == [0.1, None, "-inf"]
    assert curve["curves"][0]["x"] == ANALYSIS.curves[0].x.tolist()


def test_an_analysis_without_a_fit_comes_back_without_a_fit(tmp_path):
    bare = Analysis((0,), [], Verdict([Reason("no_signal", "flat", "bad")]))

    back = read(written(tmp_path, bare)).analyses[0]

    assert (back.fitted, back.curves, back.covariance) == (None, (), None)


def test_writing_what_was_read_gives_the_same_file(tmp_path):
    file = written(tmp_path, ANALYSIS, ANALYSIS)
    before = file.read_bytes()
    stored = read(file)

    write_analyses(Directory(tmp_path), stored.analyzer, stored.analyses)

    assert file.read_bytes() == before


def test_fields_that_a_newer_version_added_are_ignored_at_every_depth(tmp_path):
    def add(content):
        content["weather"] = "rain"
        content["analyses"][0]["weather"] = "rain"
        content["analyses"][0]["quantities"][0]["weather"] = 0.1
        content["analyses"][0]["verdict"]["reasons"][0]["weather"] = ["rain"]

    found = read(edited(written(tmp_path, ANALYSIS), add)).analyses[0].quantities[0]

    assert repr(found) == repr(ANALYSIS.quantities[0])


def test_fields_that_an_older_version_lacked_take_their_defaults(tmp_path):
    def remove(content):
        for name in ("covariance", "deviance", "degrees_of_freedom"):
            del content["analyses"][0][name]

    assert math.isnan(read(edited(written(tmp_path, ANALYSIS), remove)).analyses[0].deviance)


def test_no_file_is_no_analysis(tmp_path):
    assert read_analyses(Directory(tmp_path)) is None


def test_a_file_cut_at_any_byte_is_refused(tmp_path):
    small = attrs.evolve(ANALYSIS, curves=())
    file = written(tmp_path, small)
    whole = file.read_bytes()
    for length in range(len(whole.rstrip())):
        file.write_bytes(whole[:length])
        with pytest.raises(StoreError, match=r"analysis\.json"):
            read(file)


WRONG = [None, True, 1.5, -1, 10**30, "text", [], {}, [[]], [None], {"a": 1}, "1", "__import__('os')"]


def test_wrong_types_anywhere_are_refused_or_harmless(tmp_path):
    """Replace every value in turn by every wrong one: reading gives analyses or a StoreError, nothing else."""
    file = written(tmp_path, ANALYSIS)
    content = json.loads(file.read_text())
    refused = 0
    for path in paths(content):
        for wrong in WRONG:
            file.write_text(json.dumps(replaced(content, path, wrong)))
            try:
                stored = read(file)
            except StoreError:
                refused += 1
            else:
                assert all(isinstance(analysis, Analysis) for analysis in stored.analyses)

    assert refused > 300


def paths(value, path=()):
    """Yield the path of every value in a JSON document but the first few of a list."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def replaced(value, path, wrong):
    if not path:
        return wrong
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], wrong)
    return copy


@pytest.mark.parametrize(
    ("where", "wrong"),
    [
        (("quantities", 0, "value"), True),
        (("quantities", 0, "value"), "nan"),
        (("quantities", 0, "name"), 5),
        (("verdict", "reasons", 0, "message"), 5),
        (("degrees_of_freedom",), True),
        (("degrees_of_freedom",), 1.0),
        (("degrees_of_freedom",), "3"),
    ],
)
def test_a_value_of_another_type_is_refused_and_never_turned_into_one(tmp_path, where, wrong):
    def spoil(content):
        content["analyses"][0] = replaced(content["analyses"][0], where, wrong)

    with pytest.raises(StoreError, match="expected"):
        read(edited(written(tmp_path, ANALYSIS), spoil))


def test_curves_over_the_same_positions_write_them_once_and_come_back_bit_for_bit(tmp_path):
    grid = np.geomspace(1e-3, 7.0, 200)
    other = np.where(grid == grid[3], np.nextafter(grid[3], 0), grid)  # a digit beyond all that anybody prints
    curves = [Curve(grid, np.sin(grid)), Curve(grid.copy(), np.cos(grid)), Curve(other, np.tan(other))]
    many = [attrs.evolve(ANALYSIS, target=(qubit,), curves=curves) for qubit in range(20)]
    file = written(tmp_path, *many)

    back = read_analyses(Directory(tmp_path), curves=True).analyses

    lines = json.loads((tmp_path / "curves.json").read_text())["curves"]
    assert [type(one["x"]) for line in lines for one in line["curves"]] == [list, dict, list, *[dict] * 57]
    assert [[one.x.tobytes() for one in analysis.curves] for analysis in back] == [
        [g.tobytes() for g in (grid, grid, other)]
    ] * 20
    assert back[7].curves[1].y.tobytes() == np.cos(grid).tobytes()
    before = (tmp_path / "curves.json").read_bytes()
    write_analyses(Directory(file.parent), {"use": "test", "options": {}}, back)
    assert (tmp_path / "curves.json").read_bytes() == before


def test_positions_of_zero_and_of_minus_zero_are_not_the_same(tmp_path):
    written(
        tmp_path, *(attrs.evolve(ANALYSIS, curves=[Curve(np.array([zero, 1.0]), np.ones(2))]) for zero in (0.0, -0.0))
    )

    back = read_analyses(Directory(tmp_path), curves=True).analyses

    assert [math.copysign(1, one.curves[0].x[0]) for one in back] == [1, -1]


def test_a_file_in_which_each_curve_has_its_positions_is_read_as_ever(tmp_path):
    written(tmp_path, ANALYSIS, attrs.evolve(ANALYSIS, target=(5,)))

    def spelled_out(content):
        content["curves"][1]["curves"][0]["x"] = content["curves"][0]["curves"][0]["x"]

    edited(tmp_path / "curves.json", spelled_out)

    back = read_analyses(Directory(tmp_path), curves=True).analyses

    assert back[1].curves[0].x.tolist() == ANALYSIS.curves[0].x.tolist()


@pytest.mark.parametrize("line", [-1, 1, 2, True, "0", None, 0.0])
def test_a_curve_over_positions_that_are_not_there_is_refused(tmp_path, line):
    written(tmp_path, ANALYSIS, ANALYSIS)

    def lead_astray(content):
        content["curves"][1]["curves"][0]["x"] = {"line": line, "curve": 0}

    edited(tmp_path / "curves.json", lead_astray)

    with pytest.raises(StoreError, match=r"curves.json is damaged: curve 0 of line 1 .* try: oqx analyze RUN"):
        read_analyses(Directory(tmp_path), curves=True)


@pytest.mark.parametrize("old", [False, True])
def test_what_is_true_of_a_panel_comes_back_as_that_and_from_the_first_files_too(tmp_path, old):
    panel = Panel(levels=[Level(0.5, "half", upright=True), Level(0.7)])
    written(tmp_path, attrs.evolve(ANALYSIS, panels=[panel]))
    file = tmp_path / "curves.json"
    if old:
        file.write_text(
            file.read_text().replace('"upright": true', '"upright": 1').replace('"upright": false', '"upright": 0')
        )

    (back,) = read_analyses(Directory(tmp_path), curves=True).analyses

    assert ('"upright": 1' in file.read_text()) == old
    assert [level.upright for level in back.panels[0].levels] == [True, False]


def test_a_curve_over_the_positions_of_a_later_one_is_refused(tmp_path):
    written(tmp_path, ANALYSIS, ANALYSIS)

    def turn_round(content):
        first, second = (line["curves"][0] for line in content["curves"])
        first["x"], second["x"] = {"line": 1, "curve": 0}, first["x"]

    edited(tmp_path / "curves.json", turn_round)

    with pytest.raises(StoreError, match=r"curve 0 of line 0 is over the positions of curve 0 of line 1"):
        read_analyses(Directory(tmp_path), curves=True)
