"""What a figure shows, as numbers: as near as a screen can show, and complete."""

import json

import attrs
import numpy as np
import pytest

from oqtopus_experiments import Counts, Dataset
from oqtopus_experiments.contracts.panels import HeatMap, Line, Panel, PanelAxis, PointSeries
from oqtopus_experiments.reporting.figures._chart_data import chart_data
from oqtopus_experiments.reporting.figures._read_counts import ReadCounts
from oqtopus_experiments.reporting.figures._sheets import Sheet

X = np.linspace(0, 50, 401)


def written(*panels, dataset=None):
    told = json.loads(chart_data([Sheet((0,), None, panels)], dataset))
    return told, told["sheets"][0]["panels"]


@pytest.mark.parametrize("law", [lambda x: np.exp(-x / 20), lambda x: np.cos(x / 4), lambda x: np.cos(9 * x)])
def test_a_curve_with_fewer_points_looks_the_same(law):
    told, (panel,) = written(Panel(lines=[Line(X, law(X))]))

    (line,) = panel["lines"]
    across = told["across"][line["x"]]
    assert law(1.0) < 0 or len(across) <= len(X) / 2  # nine turns in a unit need every point there is
    assert (across[0], across[-1]) == (0, 50)
    assert np.abs(np.interp(X, across, line["y"]) - law(X)).max() < 3e-3 * np.ptp(law(X))


def test_a_curve_with_gaps_keeps_them():
    y = np.where(X > 20, np.nan, X)

    told, (panel,) = written(Panel(lines=[Line(X, y)]))

    assert len(told["across"][panel["lines"][0]["x"]]) == len(X)
    assert panel["lines"][0]["y"].count(None) == np.isnan(y).sum()


def test_positions_that_curves_share_stand_once():
    told, (panel,) = written(Panel(points=[PointSeries(X, X, X, "a"), PointSeries(X, 2 * X, X, "b")]))

    assert len(told["across"]) == 1
    assert [series["name"] for series in panel["points"]] == ["a", "b"]
    assert panel["points"][0]["color"] != panel["points"][1]["color"]


def test_nothing_is_nan_and_a_map_has_its_edges():
    values = np.array([[0.1, np.nan], [-0.2, 0.3]])
    shown = HeatMap([0, 1], [0, 1], values, "signal", stderr=np.full((2, 2), np.nan))

    _, (panel,) = written(Panel(x=PanelAxis("a", ticks="01"), y=PanelAxis("b", scale="log"), maps=[shown]))

    assert panel["map"]["values"] == [[0.1, None], [-0.2, 0.3]]
    assert panel["map"]["x_edges"] == [-0.5, 0.5, 1.5]
    assert panel["map"]["limits"] == [-0.3, 0.3]
    assert panel["x"]["ticks"] == ["0", "1"]


def test_outcomes_of_several_bits_are_told_the_most_frequent_first(decay):
    experiment = decay(points=2)
    found = {0: Counts.from_dict({"01": 3, "11": 90, "10": 7}, 2), 1: Counts.from_dict({"00": 5}, 2)}
    read = {index: Counts.from_shots(np.ones((one.shots, 1), dtype=bool)) for index, one in found.items()}
    dataset = attrs.evolve(Dataset.from_counts(experiment, read), counts=found)

    told = ReadCounts(dataset).of(0, np.array([[0], [1], [-1]]))

    assert told["shots"] == [100, 5, 0]
    assert told["read"] == ["11: 90, 10: 7, 01: 3", "00: 5", ""]


def test_a_point_of_several_circuits_says_how_many(decay):
    experiment = decay(points=3)
    one = {index: Counts.from_dict({"0": 10, "1": 30}, 1) for index in range(3)}

    told = ReadCounts(Dataset.from_counts(experiment, one)).of(0, np.array([[0, 1], [2, -1]]))

    assert told == {"shots": [80, 40], "circuits": [2, 1]}
