"""A history in a few lines says what the whole history says; what the index keeps of it is never out of date."""

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from oqtopus_experiments import Analysis, Quantity, Reason, StoreError, Verdict
from oqtopus_experiments.reporting import _outlines
from oqtopus_experiments.reporting._history import Measurement, Wanted, histories, series
from oqtopus_experiments.reporting._outlines import Outline, outlines
from oqtopus_experiments.storage import _lines
from oqtopus_experiments.storage._analysis_json import write_analyses
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._run_index import FILE, run_index

DAYS = 26


def run_of(folder, values, day, device="anemone", **others):
    """Return the folder of a run that measured one T1 for each qubit: None for nothing, below zero for a bad one."""
    entry = RecordedExperiment("x", "t1", 100, {})
    about = {"device": {"device": device}, "settings": {"x": {"kind": "plain"}}}
    origin = {"created": f"2026-01-{day:02}T08:00:00+00:00", "series": about, **others}
    made = RunFolder.create(folder, RunManifest("test", {"use": "noisy", "options": {}}, (entry,), origin))
    measure(made, values)
    return made


def measure(made, values):
    nan = float("nan")
    analyses = [
        Analysis(
            (qubit,),
            [Quantity("t1_time", *((abs(value), 400.0) if value else (nan, nan)), "ns", systematic=nan)],
            Verdict([Reason("fits", "as good as any", "good" if value and value > 0 else "bad")]),
        )
        for qubit, value in enumerate(values)
    ]
    made.directory("x").make()
    write_analyses(made.directory("x"), {"use": "test", "options": {}}, analyses)
    made.touch()


@pytest.fixture
def runs(tmp_path):
    """Four qubits of two devices for a month: one stays, one steps, one drifts, one does both; some values are bad."""
    draw = np.random.default_rng(20261122)
    for day in range(DAYS, 0, -1):  # noted in another order than they were measured
        for number, device in enumerate(("anemone", "urchin")):
            levels = [40e3, 40e3 + 6e3 * (day > 9), 40e3 - 300 * day, 40e3 + 250 * day - 9e3 * (day > 15 + number)]
            values = [level + 400 * draw.standard_normal() for level in levels]
            run_of(tmp_path, [value if draw.uniform() > 0.1 else -9e9 for value in values], day, device)
    run_of(tmp_path, [None, 1e3, None], 28, "urchin")
    for path in tmp_path.iterdir():  # written long ago: what their stamps say is trusted
        os.utime(path, (1e9, 1e9))
    return tmp_path


def said(found, newest=20):
    """Return what is shown of a history."""
    return [
        (one.name, one.target, one.number, str(one.change), one.first.run, one.first.quantity.value,
         [(e.run, e.created, e.experiment, str(e.quantity), e.level, e.step) for e in one.newest[-newest:]])
        for one in found
    ]  # fmt: skip


def told_by(monkeypatch):
    """Return a list of the lengths of the series that are told anew from now on."""
    told, telling = [], _outlines.change_of
    monkeypatch.setattr(
        _outlines, "change_of", lambda numbers, unit: told.append(len(numbers.ids)) or telling(numbers, unit)
    )
    return told


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(((1,), (0,))),
        Wanted(device="urchin"),
        Wanted(levels=("good",)),
        Wanted(experiment="x", device="anemone"),
        Wanted(((3,),), since=datetime(2026, 1, 5, tzinfo=UTC), until=datetime(2026, 1, 20, tzinfo=UTC)),
    ],
    ids=["all", "two qubits", "device", "good", "experiment", "some days"],
)
def test_the_lines_say_what_the_whole_history_says_the_first_time_and_the_next(runs, wanted):
    whole = repr(said(map(Outline.of, histories(runs, "t1_time", wanted))))

    first = outlines(runs, "t1_time", wanted, few=100, newest=20)
    again = outlines(runs, "t1_time", wanted, few=100, newest=20)

    assert repr(said(first)) == repr(said(again)) == whole


def test_the_planted_changes_are_among_them(runs):
    found = {(one.name[-7:-1], one.target): str(one.change) for one in outlines(runs, "t1_time", Wanted(), 100, 20)}

    assert found["nemone", (0,)] == "shows no change beyond its errors"
    assert found["nemone", (1,)] == "has 1 step"
    assert found["nemone", (2,)].startswith("drifts by -")
    assert "drifts by 2" in found["nemone", (3,)]
    assert "has 1 step" in found["nemone", (3,)]


def test_what_was_told_of_a_series_is_told_once(runs, monkeypatch):
    told = told_by(monkeypatch)
    outlines(runs, "t1_time", Wanted(), 100, 20)
    assert len(told) == 8

    outlines(runs, "t1_time", Wanted(), 3, 20)
    outlines(runs, "t1_time", Wanted(((0,),), device="urchin"), 3, 5)

    assert len(told) == 8


def test_a_run_that_comes_changes_or_goes_tells_its_own_series_anew_and_no_other(runs, monkeypatch):
    outlines(runs, "t1_time", Wanted(), 100, 20)
    told = told_by(monkeypatch)
    asked = Wanted(((0,), (1,)))

    made = run_of(runs, [50e3, 50e3], 29)
    came = outlines(runs, "t1_time", asked, 100, 20)
    assert told == [DAYS + 1] * 2
    assert [one.newest[-1].quantity.value for one in came if "anemone" in one.name] == [50e3, 50e3]

    measure(made, [51e3, 50e3])
    changed = outlines(runs, "t1_time", asked, 100, 20)
    assert changed[0].newest[-1].quantity.value == 51e3

    shutil.rmtree(made.path)
    gone = outlines(runs, "t1_time", asked, 100, 20)
    assert sorted(one.number for one in gone) == [DAYS, DAYS, DAYS + 1, DAYS + 1]
    assert repr(said(gone)) == repr(said(map(Outline.of, histories(runs, "t1_time", asked))))


def test_a_series_whose_runs_are_all_gone_is_none(runs):
    outlines(runs, "t1_time", Wanted(), 100, 20)
    for path in runs.glob("2*"):
        if "urchin" in (path / "run.json").read_text():
            shutil.rmtree(path)

    assert {one.name for one in outlines(runs, "t1_time", Wanted(), 100, 20)} == {
        "t1 (kind = plain) on noisy (device = anemone)"
    }
    with pytest.raises(StoreError, match="no series of 't1_time' has 'urchin'"):
        outlines(runs, "t1_time", Wanted(device="urchin"), 100, 20)


def test_what_a_series_became_while_it_was_told_is_not_kept_for_it(runs, monkeypatch):
    keeping = _outlines.keep

    def late(index, name, told):
        os.utime(run_of(runs, [90e3], 30).path, (1e9, 1e9))  # so that it is read once
        with run_index(runs):  # another process notes it
            pass
        keeping(index, name, told)

    monkeypatch.setattr(_outlines, "keep", late)
    outlines(runs, "t1_time", Wanted(((0,),)), 100, 20)
    monkeypatch.undo()

    found = outlines(runs, "t1_time", Wanted(((0,),)), 100, 20)

    assert repr(said(found)) == repr(said(map(Outline.of, histories(runs, "t1_time", Wanted(((0,),))))))
    assert found[0].newest[-1].quantity.value == 90e3


def test_more_of_the_newest_than_were_kept_are_shown_when_asked_for(runs):
    outlines(runs, "t1_time", Wanted(), 100, 5)

    assert {len(one.newest) for one in outlines(runs, "t1_time", Wanted(((0,),)), 100, 25)} == {25}


def test_where_the_index_cannot_be_written_the_lines_are_told_all_the_same(runs, monkeypatch):
    def refused(_):
        raise _lines.sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(_lines, "transaction", refused)

    assert len(outlines(runs, "t1_time", Wanted(), 100, 20)) == 8


def test_many_series_are_read_at_their_ends_only(runs, monkeypatch):
    read, reading = [], _outlines.measurements_at
    monkeypatch.setattr(
        _outlines, "measurements_at", lambda index, folder, ids: read.extend(ids) or reading(index, folder, ids)
    )

    found = outlines(runs, "t1_time", Wanted(), 3, 20)

    assert len(read) == 16
    assert [len(one.newest) for one in found] == [1] * 8


def test_another_rule_tells_anew_what_was_kept(runs, monkeypatch):
    outlines(runs, "t1_time", Wanted(), 100, 20)
    monkeypatch.setattr(_outlines, "RULE", _outlines.RULE + 1)
    told = told_by(monkeypatch)

    outlines(runs, "t1_time", Wanted(), 100, 20)

    assert len(told) == 8


def test_what_rule_1_tells_of_a_seeded_series_stays():
    """Whoever makes this fail on purpose raises `RULE`, so that nothing of the old rule is shown beside the new."""
    draw = np.random.default_rng(5)
    values = 40e3 - 90 * np.arange(40) + 5e3 * (np.arange(40) > 21) + 400 * draw.standard_normal(40)
    entries = [
        Measurement(Path("r"), f"2026-{1 + i // 28:02}-{1 + i % 28:02}T00:00:00+00:00", "t1",
                    Quantity("t1_time", value, 400.0, "ns"), "good")
        for i, value in enumerate(values)
    ]  # fmt: skip

    assert (_outlines.RULE, series("", entries).change) == (
        1,
        "drifts by -90.3 ± 9.9 ns per day (-0.22 %), 9.1 σ and has 1 step",
    )


def test_the_index_says_how_many_measurements_each_line_has(runs):
    outlines(runs, "t1_time", Wanted(), 100, 20)
    with run_index(runs) as index:
        lines = dict(index.execute("SELECT target || '/' || series, number FROM lines"))
        counted = dict(index.execute("SELECT target || '/' || series, count(*) FROM quantities GROUP BY 1"))

    assert lines == counted
    assert (runs / FILE).exists()
