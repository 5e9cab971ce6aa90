"""The history of several qubits, of a part of the runs, by the clock on the wall."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve

from oqtopus_experiments import StoreError
from oqtopus_experiments.reporting._history import Wanted, histories


@pytest.fixture
def runs(write_analyzed, decay, tmp_path):
    """Four runs of three qubits, one a day; the verdict on qubit 1 is bad on the last day."""
    for day in range(1, 5):
        created = f"2026-11-0{day}T23:30:00+00:00"
        path = write_analyzed({"decay": decay(physical_qubits=[0, 1, 2])}, seed=day, created=created).path
    file = path / "decay" / "analysis.json"
    content = json.loads(file.read_text())
    content["analyses"][1]["verdict"]["reasons"] = [{"code": "no", "message": "none", "level": "bad"}]
    file.write_text(json.dumps(content))
    return tmp_path / "runs"


@pytest.fixture
def tokyo(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_every_target_has_a_series_of_its_own_in_the_order_asked_for(runs):
    everything = histories(runs, "level", Wanted())

    assert [one.target for one in everything] == [(0,), (1,), (2,)]
    assert [one.target for one in histories(runs, "level", Wanted(((2,), (0,))))] == [(2,), (0,)]
    assert all(len(one.entries) == 4 for one in everything)
    assert len({one.entries[0].quantity.value for one in everything}) > 1


def test_verdicts_and_moments_choose_the_measurements(runs):
    good = histories(runs, "level", Wanted(((1,),), levels=("good",)))
    assert [entry.level for entry in good[0].entries] == ["good"] * 3

    wanted = Wanted(((0,),), since=datetime(2026, 11, 2, tzinfo=UTC))
    later = histories(runs, "level", wanted)
    assert [entry.created[:10] for entry in later[0].entries] == ["2026-11-02", "2026-11-03", "2026-11-04"]
    between = histories(runs, "level", evolve(wanted, until=datetime(2026, 11, 3, 23, 30, tzinfo=UTC)))
    assert [entry.created[:10] for entry in between[0].entries] == ["2026-11-02", "2026-11-03"]


def test_a_run_of_unknown_time_is_of_no_moment(runs):
    (file,) = list(runs.glob("*/run.json"))[:1]
    content = json.loads(file.read_text())
    content["provenance"]["created"] = "yesterday"
    file.write_text(json.dumps(content))

    assert len(histories(runs, "level", Wanted(((0,),)))[0].entries) == 4
    assert len(histories(runs, "level", Wanted(((0,),), since=datetime(2020, 1, 1, tzinfo=UTC)))[0].entries) == 3


def test_what_nothing_fits_is_an_error_that_says_what_there_is(runs):
    with pytest.raises(StoreError, match=r"'level' of qubit 0 with what else was asked for; qubits: 0 to 2"):
        histories(runs, "level", Wanted(((0,),), until=datetime(2026, 1, 1, tzinfo=UTC)))


def test_a_history_that_options_leave_empty_names_them(runs):
    with pytest.raises(StoreError, match="leave out since and experiment, or ask for more"):
        histories(runs, "level", Wanted(((0,),), experiment="nothing", since=datetime(2099, 1, 1, tzinfo=UTC)))


def test_the_same_qubits_in_greater_number_make_no_other_series(decay):
    few, many = decay(physical_qubits=range(2)), decay(physical_qubits=range(60))

    assert few.settings() == many.settings() == {}


@pytest.mark.parametrize(
    ("asked", "qubits"),
    [
        (("--qubit", "0,2"), ["0", "2"]),
        (("--qubit", "0", "--qubit", "2"), ["0", "2"]),
        (("--qubit", "all"), ["0", "1", "2"]),
        ((), ["0", "1", "2"]),
    ],
)
def test_several_qubits_are_asked_for_with_commas_repeated_or_all(runs, oqx, asked, qubits):
    code, out, _ = oqx("history", "level", *asked, "--runs", runs)

    assert code == 0
    assert [line.split()[1].rstrip(":") for line in out.splitlines() if line.startswith("qubit ")] == qubits


def test_many_series_get_a_line_each_and_of_very_many_only_what_changed(write_analyzed, decay, oqx, tmp_path):
    for day in range(1, 4):
        write_analyzed(
            {"few": decay(physical_qubits=range(8)), "many": decay(physical_qubits=range(30), window=2.0)},
            seed=day, created=f"2026-11-0{day}T10:00:00+00:00",
        )  # fmt: skip

    runs = tmp_path / "runs"
    _, few, _ = oqx("history", "level", "--experiment", "few", "--runs", runs)
    _, many, _ = oqx("history", "level", "--experiment", "many", "--runs", runs)
    _, every, _ = oqx("history", "level", "--experiment", "few", "--runs", runs, "--all")

    assert [line.split()[0] for line in few.splitlines() if "no change" in line or "drifts" in line or "step" in line
            ] == [str(i) for i in range(8)]  # fmt: skip
    assert "of 30 show no change in level beyond its errors" in many
    listed = [line for line in many.splitlines() if line[:2].strip().isdigit()]
    assert all("drifts" in line or "step" in line for line in listed)
    assert len([line for line in every.splitlines() if line.startswith("2026-11-0")]) == 24


def test_of_a_long_series_the_newest_are_shown_unless_all_are_asked_for(write_analyzed, decay, oqx, tmp_path):
    for day in range(1, 23):
        write_analyzed({"decay": decay()}, seed=day, created=f"2026-11-{day:02}T10:00:00+00:00")

    _, out, _ = oqx("history", "level", "--qubit", "0", "--runs", tmp_path / "runs")
    _, every, _ = oqx("history", "level", "--qubit", "0", "--runs", tmp_path / "runs", "--all")

    assert [line[8:10] for line in out.splitlines() if line.startswith("2026-")] == [f"{i:02}" for i in range(3, 23)]
    assert "2 earlier runs are left out; --all shows them" in out
    assert len([line for line in every.splitlines() if line.startswith("2026-")]) == 22


def test_times_are_those_of_the_clock_on_the_wall(runs, oqx, tokyo):
    _, out, _ = oqx("history", "level", "--qubit", "0", "--runs", runs)
    assert out.splitlines()[1].startswith("time (local)")
    assert "2026-11-02 08:30:00" in out

    _, out, _ = oqx("runs", runs)
    assert "time (local)" in out
    assert "2026-11-05 08:30:00" in out


def test_a_day_is_one_of_the_clock_on_the_wall_and_counts_to_its_end(runs, oqx, tokyo):
    shown = {}
    for asked in ("--since", "--until"):
        _, out, _ = oqx("history", "level", "--qubit", "0", "--runs", runs, asked, "2026-11-03")
        shown[asked] = [line[:10] for line in out.splitlines() if line.startswith("2026-")]

    assert shown == {"--since": ["2026-11-03", "2026-11-04", "2026-11-05"], "--until": ["2026-11-02", "2026-11-03"]}


@pytest.mark.parametrize(("ago", "count"), [("3d", 2), ("25h", 1), ("30 min", 0)])
def test_a_moment_may_be_so_long_ago(oqx, tmp_path, ago, count, write_analyzed, decay):
    for hours in (2, 48):
        created = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        write_analyzed({"decay": decay()}, seed=hours, created=created)

    code, out, _ = oqx("history", "level", "--qubit", "0", "--runs", tmp_path / "runs", "--since", ago)

    assert code == (0 if count else 2)
    assert len([line for line in out.splitlines() if line.startswith("20")]) == count


def test_what_is_no_moment_or_no_verdict_is_bad_input(runs, oqx):
    code, _, err = oqx("history", "level", "--runs", runs, "--since", "tomorrow")
    assert (code, "write 2026-11-20" in err) == (2, True)
    assert oqx("history", "level", "--runs", runs, "--verdict", "fine")[0] == 2
