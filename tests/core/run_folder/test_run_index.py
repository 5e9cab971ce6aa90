"""The index of a folder of runs says what the folders say: fast, for several processes, and never instead of them."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oqtopus_experiments import Analysis, Quantity, Reason, StoreError, Verdict
from oqtopus_experiments.storage import _archive, _run_index
from oqtopus_experiments.storage._analysis_json import write_analyses
from oqtopus_experiments.storage._archive import RunFilter, find, known_quantities, runs_with
from oqtopus_experiments.storage._indexed_quantities import QuantityFilter, measurements_of, series_in
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._parent import ParentFolder, ParentManifest, RecordedMember
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._run_index import FILE, note, run_index


def run_of(folder, values, day=1, device="chip", use="t1"):
    """Return the folder of a run with an experiment ``x`` that measured one value for each qubit; None for no value."""
    entry = RecordedExperiment("x", use, 100, {})
    series = {"device": {"device": device}, "settings": {"x": {"kind": "plain"}}}
    origin = {"created": f"2026-01-{day:02}T08:00:00+00:00", "series": series}
    made = RunFolder.create(folder, RunManifest("test", {"use": "noisy", "options": {}}, (entry,), origin))
    written(made, values)
    return made


def written(made, values):
    """Write the analysis of a run, as a run and a re-analysis do."""
    analyses = [
        Analysis(
            (qubit,),
            [Quantity("t1_time", *((value, 1.0) if value else (float("nan"), float("nan"))), "ns", at_least=5.0)],
            Verdict([Reason("fits", "as good as any", "good" if value else "bad")]),
        )
        for qubit, value in enumerate(values)
    ]
    made.directory("x").make()
    write_analyses(made.directory("x"), {"use": "test", "options": {}}, analyses)
    made.touch()


def aged(folder):
    """Let every run have been written long ago: its stamp is trusted."""
    for path in folder.iterdir():
        if path.is_dir():
            os.utime(path, (1e9, 1e9))


def read_of(monkeypatch):
    """Return a list of the folders that are read from now on."""
    read = []
    reading = _run_index.read_any
    monkeypatch.setattr(_run_index, "read_any", lambda path: read.append(path.name) or reading(path))
    return read


def measurements(folder, name, targets=(), **wanted):
    """Return all measurements of a quantity by target, the oldest first."""
    asked, found = QuantityFilter(name, tuple(targets), **wanted), {}
    with run_index(folder) as index:
        for series, known in measurements_of(index, folder, asked, series_in(index, asked)).items():
            found.setdefault(series.target, []).extend(known)
    return {target: sorted(known, key=lambda one: one.created) for target, known in found.items()}


def names(folder, **wanted):
    return [one.path.name for one in find(folder, RunFilter(**wanted))[0]]


def test_the_index_lists_runs_by_time_with_what_their_folders_say(tmp_path):
    later = run_of(tmp_path, [10.0, None], day=2)
    first = run_of(tmp_path, [10.0, 20.0], day=1)

    found, number = find(tmp_path)

    assert [one.path for one in found] == [first.path, later.path]
    assert number == 2
    assert found[1].counts == {"good": 1, "suspect": 0, "bad": 1}
    assert (found[0].name, found[0].backend, found[0].device) == ("test", "noisy", {"device": "chip"})
    assert found[0].created == "2026-01-01T08:00:00+00:00"


def test_only_the_newest_are_read_from_it_but_all_are_counted(tmp_path):
    runs = [run_of(tmp_path, [10.0], day=day) for day in (3, 1, 2)]

    found, number = find(tmp_path, newest=2)

    assert ([one.path for one in found], number) == ([runs[2].path, runs[0].path], 3)


def test_a_run_that_has_not_changed_is_not_read_again(tmp_path, monkeypatch):
    run_of(tmp_path, [10.0])
    aged(tmp_path)
    find(tmp_path)
    read = read_of(monkeypatch)

    find(tmp_path)

    assert read == []


def test_a_run_that_was_just_written_is_read_again_as_clocks_of_files_tick_slowly(tmp_path):
    made = run_of(tmp_path, [10.0])
    stamp = made.path.stat().st_mtime_ns
    find(tmp_path)
    written(made, [20.0])
    os.utime(made.path, ns=(stamp, stamp))  # within the same tick

    (entry,) = measurements(tmp_path, "t1_time")[0,]
    assert entry.quantity.value == 20.0


def test_a_new_analysis_a_new_run_and_a_run_that_is_gone_are_noticed(tmp_path):
    kept, gone = run_of(tmp_path, [10.0], day=1), run_of(tmp_path, [11.0], day=2)
    aged(tmp_path)
    find(tmp_path)

    written(kept, [12.0])
    new = run_of(tmp_path, [13.0], day=3)
    gone.path.rename(tmp_path.parent / "elsewhere")

    assert names(tmp_path) == [kept.path.name, new.path.name]
    assert [one.quantity.value for one in measurements(tmp_path, "t1_time")[0,]] == [12.0, 13.0]


def test_what_nothing_changed_is_not_compared_run_by_run(tmp_path, monkeypatch):
    """Where all stamps are those of the last time, no row of a run is read for comparing."""
    for day in (1, 2):
        run_of(tmp_path, [10.0], day=day)
    (tmp_path / "notes").mkdir()
    aged(tmp_path)
    find(tmp_path)
    find(tmp_path)
    asked = []
    prepared = _run_index._prepared

    def watched(connection):
        connection.set_trace_callback(asked.append)
        return prepared(connection)

    monkeypatch.setattr(_run_index, "_prepared", watched)
    assert len(names(tmp_path)) == 2
    assert [one for one in asked if "stamp" in one] == []

    run_of(tmp_path, [10.0], day=3)
    assert len(names(tmp_path)) == 3
    assert [one for one in asked if "stamp" in one] != []


@pytest.mark.parametrize("change", ["analysis", "new", "gone", "renamed", "restored"])
def test_a_change_by_another_process_is_seen_where_all_had_settled(tmp_path, change):
    kept, other = run_of(tmp_path, [10.0], day=1), run_of(tmp_path, [11.0], day=2)
    aged(tmp_path)
    for _ in range(3):
        assert len(names(tmp_path)) == 2
    steps = {
        "analysis": "written(RunFolder(first), [20.0])",
        "new": "run_of(folder, [12.0], day=3)",
        "gone": "shutil.rmtree(second)",
        "renamed": "second.rename(folder / 'other-name')",
        "restored": "stamp = first.stat().st_mtime_ns; written(RunFolder(first), [30.0]); find(folder);"
        "os.utime(first, ns=(stamp, stamp)); written_back()",
    }
    code = f"""
import os, shutil, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_run_index import RunFolder, find, run_of, written
folder = Path({str(tmp_path)!r})
first, second = folder / {kept.path.name!r}, folder / {other.path.name!r}
def written_back():
    stamp = first.stat()
    written(RunFolder(first), [10.0])
    os.utime(first, ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))
{steps[change]}
"""
    subprocess.run([sys.executable, "-c", code], check=True)

    values = [one.quantity.value for one in measurements(tmp_path, "t1_time")[0,]]
    assert values == {"analysis": [20.0, 11.0], "new": [10.0, 11.0, 12.0], "gone": [10.0]}.get(change, [10.0, 11.0])
    listed = names(tmp_path)
    assert len(listed) == len(values)
    assert ("other-name" in listed) == (change == "renamed")


def test_a_folder_that_was_no_run_becomes_one(tmp_path):
    made = run_of(tmp_path / "elsewhere", [10.0])
    (tmp_path / "later").mkdir()
    aged(tmp_path)
    for _ in range(3):
        assert names(tmp_path) == []

    for path in made.path.iterdir():
        path.rename(tmp_path / "later" / path.name)

    assert names(tmp_path) == ["later"]


def test_writers_in_several_processes_lose_nothing_of_each_other(tmp_path):
    """Each adds runs and asks in between; what all of them wrote is there at the end."""
    run_of(tmp_path, [1.0])
    find(tmp_path)
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_run_index import find, note, run_of
for number in range(15):
    made = run_of(Path({str(tmp_path)!r}), [float(sys.argv[1]) + number])
    note(made.path) if number % 3 else find(Path({str(tmp_path)!r}))
"""
    both = [subprocess.Popen([sys.executable, "-c", code, start]) for start in ("100", "200")]

    assert [one.wait() for one in both] == [0, 0]
    values = sorted(one.quantity.value for one in measurements(tmp_path, "t1_time")[0,])
    assert values == [1.0, *range(100, 115), *range(200, 215)]
    aged(tmp_path)
    for _ in range(3):
        assert len(names(tmp_path)) == 31


def test_a_history_of_one_device_reads_no_measurement_of_the_others(tmp_path, monkeypatch):
    from oqtopus_experiments.reporting._history import Wanted, histories
    from oqtopus_experiments.storage import _indexed_quantities

    for day in range(1, 9):
        run_of(tmp_path, [10.0 * day], day=day, device="anemone" if day % 4 else "urchin")
    read = []
    quantity = _indexed_quantities._quantity
    monkeypatch.setattr(_indexed_quantities, "_quantity", lambda columns: read.append(1) or quantity(columns))

    (series,) = histories(tmp_path, "t1_time", Wanted(((0,),), device="urchin"))

    assert [entry.quantity.value for entry in series.entries] == [40.0, 80.0]
    assert len(read) == 2


def test_an_index_that_was_deleted_damaged_or_of_another_version_is_made_again(tmp_path):
    run_of(tmp_path, [10.0])
    whole = names(tmp_path)
    file = tmp_path / FILE

    file.unlink()
    assert names(tmp_path) == whole
    file.write_bytes(b"not a database at all, but long enough to be taken for the head of one" * 40)
    assert names(tmp_path) == whole
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)
    assert names(tmp_path) == whole

    connection = sqlite3.connect(file)
    connection.executescript("PRAGMA user_version = 1; DROP TABLE quantities; CREATE TABLE quantities (old TEXT);")
    connection.close()
    assert names(tmp_path) == whole
    assert measurements(tmp_path, "t1_time")[0,][0].quantity.value == 10.0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root and Windows write where they may not")
def test_where_nothing_can_be_written_the_runs_are_listed_all_the_same(tmp_path):
    made = run_of(tmp_path, [10.0])
    tmp_path.chmod(0o500)
    try:
        assert names(tmp_path) == [made.path.name]
    finally:
        tmp_path.chmod(0o700)
    assert not (tmp_path / FILE).exists()


def test_where_no_file_can_be_the_index_it_is_kept_in_memory(tmp_path):
    made = run_of(tmp_path, [10.0])
    (tmp_path / FILE).mkdir()

    assert names(tmp_path) == [made.path.name]


def test_two_processes_that_make_the_index_at_once_make_the_same(tmp_path):
    whole = [run_of(tmp_path, [10.0, 20.0], day=1 + day % 28).path.name for day in range(60)]
    aged(tmp_path)
    code = f"""
from pathlib import Path
from oqtopus_experiments.storage._archive import find
found, number = find(Path({str(tmp_path)!r}))
print(number, sum(one.counts["good"] for one in found))
"""
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]

    assert [one.communicate()[0].split() for one in both] == [["60", "120"]] * 2
    assert sorted(names(tmp_path)) == sorted(whole)
    assert len(measurements(tmp_path, "t1_time")[0,]) == 60


def test_a_run_that_ends_is_noted_where_there_is_an_index_and_makes_none(tmp_path, monkeypatch):
    made = run_of(tmp_path, [10.0])
    note(made.path)
    assert not (tmp_path / FILE).exists()
    find(tmp_path)
    other = run_of(tmp_path, [11.0], day=2)
    note(other.path)
    aged(tmp_path)
    read = read_of(monkeypatch)

    monkeypatch.setattr(_run_index, "_stamps", lambda _: dict.fromkeys([made.path.name, other.path.name], -1))
    assert names(tmp_path) == [made.path.name, other.path.name]
    assert read == []


def test_a_folder_that_cannot_be_read_is_listed_with_its_problem(tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{")
    (tmp_path / "no-run").mkdir()
    made = run_of(tmp_path, [10.0])

    found, _ = find(tmp_path)

    assert {one.path.name: bool(one.problem) for one in found} == {"broken": True, made.path.name: False}
    with pytest.raises(StoreError, match="there is no folder"):
        find(tmp_path / "nowhere")


def test_a_run_put_back_is_listed_though_its_folder_shows_no_change(tmp_path):
    made = run_of(tmp_path, [10.0])
    file = made.path / "run.json"
    sound = file.read_bytes()
    file.write_bytes(sound[:20])
    aged(tmp_path)
    assert [bool(one.problem) for one in find(tmp_path)[0]] == [True]

    file.write_bytes(sound)  # as `cp` over it does: the stamp of the folder stays
    assert made.path.stat().st_mtime == 1e9

    assert [(one.problem, one.counts["good"]) for one in find(tmp_path)[0]] == [("", 1)]


def test_several_runs_that_go_while_the_list_is_made_are_not_listed_and_nothing_ends(tmp_path, monkeypatch):
    made = run_of(tmp_path, [10.0])
    several = ParentManifest("sweep", "sweep", (RecordedMember("001", made.manifest(), {"shots": 1}),))
    folder = ParentFolder.create(tmp_path, several).path
    assert len(find(tmp_path)[0]) == 2
    stamps = _run_index._stamps

    def looked_at_slowly(above, parent=""):
        found = stamps(above, parent)
        if not parent:
            shutil.rmtree(folder, ignore_errors=True)
        return found

    monkeypatch.setattr(_run_index, "_stamps", looked_at_slowly)
    assert names(tmp_path) == [made.path.name]


def test_a_damaged_index_that_cannot_be_deleted_is_made_in_memory(tmp_path, monkeypatch):
    made = run_of(tmp_path, [10.0])
    damaged = b"not a database at all, but long enough to be taken for the head of one" * 40
    (tmp_path / FILE).write_bytes(damaged)

    def refused(path, missing_ok=False):
        raise PermissionError(path)

    monkeypatch.setattr(Path, "unlink", refused)
    assert names(tmp_path) == [made.path.name]
    assert (tmp_path / FILE).read_bytes() == damaged


def test_what_was_half_written_to_a_damaged_index_is_not_rolled_into_the_next(tmp_path):
    run_of(tmp_path, [10.0])
    (tmp_path / FILE).write_bytes(b"not a database at all, but long enough to be taken for the head of one" * 40)
    journal = tmp_path / f"{FILE}-journal"
    journal.write_bytes(b"of the damaged one")

    find(tmp_path)

    assert not journal.exists()


def test_an_index_that_another_process_holds_is_waited_for_once(tmp_path, monkeypatch):
    made = run_of(tmp_path, [10.0])
    find(tmp_path)
    run_of(tmp_path, [11.0], day=2)
    monkeypatch.setattr(_run_index, "PATIENCE", 0.2)
    tried = []
    opened = _run_index._connection
    monkeypatch.setattr(_run_index, "_connection", lambda folder: tried.append(folder) or opened(folder))
    holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    with contextlib.closing(holder):
        holder.execute("BEGIN EXCLUSIVE")
        found = names(tmp_path)

    assert len(found) == 2
    assert made.path.name in found
    assert len(tried) == 1


def test_runs_are_found_by_device_experiment_quantity_qubit_verdict_and_time(tmp_path):
    one = run_of(tmp_path, [10.0, None], day=1, device="anemone").path.name
    two = run_of(tmp_path, [10.0], day=2, device="urchin", use="ramsey").path.name

    assert names(tmp_path, device="ANEM") == [one]
    assert names(tmp_path, experiment="ramsey") == [two]
    assert names(tmp_path, experiment="x") == [one, two]
    assert names(tmp_path, quantity="t1_time", target=(1,)) == [one]
    assert names(tmp_path, verdicts=("bad",)) == [one]
    assert names(tmp_path, since="2026-01-02") == [two]
    assert names(tmp_path, until="2026-01-02") == [one]
    assert names(tmp_path, device="'; DROP TABLE runs; --") == []
    assert list(runs_with(tmp_path, "ramsey")) == [tmp_path / two]
    with run_index(tmp_path) as index:
        assert known_quantities(index) == (["t1_time"], [(0,), (1,)])


def test_a_quantity_comes_back_whole_with_its_bound_and_without_its_value(tmp_path):
    made = run_of(tmp_path, [None], day=1)

    (entry,) = measurements(tmp_path, "t1_time", [(0,)])[0,]

    stored = json.loads((made.path / "x" / "analysis.json").read_text())["analyses"][0]["quantities"][0]
    assert (entry.quantity.value != entry.quantity.value, entry.quantity.at_least) == (True, stored["at_least"])
    assert (entry.level, entry.label) == ("bad", "x")
    with run_index(tmp_path) as index:
        (series,) = series_in(index, QuantityFilter("t1_time"))
    assert (series.use, series.settings, series.device) == ("t1", {"kind": "plain"}, {"device": "chip"})


def test_asking_takes_no_longer_for_what_runs_hold_beside_quantities(tmp_path):
    """The floor is the time to look at the folders, measured in the same minute."""
    for day in range(200):
        run_of(tmp_path, [10.0], day=1 + day % 28)
    aged(tmp_path)
    find(tmp_path)

    def least(what):
        times = []
        for _ in range(5):
            begin = time.perf_counter()
            what()
            times.append(time.perf_counter() - begin)
        return min(times)

    floor = least(lambda: [(path / "run.json").read_bytes() for path in tmp_path.glob("2*")])
    assert least(lambda: find(tmp_path, newest=20)) < 3 * floor


def test_the_list_shows_the_newest_and_takes_what_it_is_asked_for(tmp_path, oqx):
    made = [run_of(tmp_path, [10.0], day=1 + day, device="anemone" if day % 2 else "urchin") for day in range(25)]

    code, output, _ = oqx("runs", tmp_path)
    assert code == 0
    assert made[4].path.name not in output
    assert all(one.path.name in output for one in made[5:])
    assert "the newest 20 of 25; all of them: --all" in output
    assert made[0].path.name in oqx("runs", tmp_path, "--all")[1]
    output = oqx("runs", tmp_path, "--device", "anemone", "--until", "2026-01-04", "--qubit", "0")[1]
    assert [one.path.name in output for one in made[:5]] == [False, True, False, True, False]
    assert "are like that" in oqx("runs", tmp_path, "--verdict", "suspect")[1]


def test_several_runs_are_one_in_the_list_and_each_for_itself_in_a_history(tmp_path):
    alone = run_of(tmp_path, [10.0], day=1)
    parent = tmp_path / "20260102-080000-watch-abc"
    parent.mkdir()
    config = {"name": "watch", "backend": {"use": "noisy", "options": {}}, "experiments": [
        {"label": "x", "use": "t1", "shots": 100, "parameters": {}}]}  # fmt: skip
    told = {"format": 2, "kind": "watch", "name": "watch", "config": {
        "members": 3, "started": 0.0, "repeat": 1.0, "run": config},
        "provenance": {"created": "2026-01-02T08:00:00+00:00"}}  # fmt: skip
    (parent / "run.json").write_text(json.dumps(told))
    find(tmp_path)
    for number, value in enumerate([11.0, None], 1):
        run_of(parent, [value], day=1 + number).path.rename(parent / f"{number:03}")

    found, number = find(tmp_path)

    assert ([one.path.name for one in found], number) == ([alone.path.name, parent.name], 2)
    assert (found[1].kind, found[1].members, found[1].begun) == ("watch", 3, 2)
    assert found[1].counts == {"good": 1, "suspect": 0, "bad": 1}
    assert [one.quantity.value for one in measurements(tmp_path, "t1_time")[0,]][:2] == [10.0, 11.0]
    assert names(tmp_path, verdicts=("bad",)) == [parent.name]
    parent.rename(tmp_path.parent / "away")
    assert len(measurements(tmp_path, "t1_time")[0,]) == 1


def test_runs_of_a_kind_come_page_by_page_the_newest_first_and_each_once(tmp_path, monkeypatch):
    made = [run_of(tmp_path, [10.0], day=1 + number // 3).path for number in range(10)]  # three begin at once
    run_of(tmp_path, [10.0], day=20, use="ramsey")
    monkeypatch.setattr(_archive, "_PAGE", 2)

    found = list(runs_with(tmp_path, "t1"))

    days = {path: 1 + number // 3 for number, path in enumerate(made)}
    assert found == sorted(made, key=lambda path: (days[path], path.name), reverse=True)


def test_who_looks_at_the_newest_run_of_a_kind_keeps_nobody_from_writing(tmp_path, monkeypatch):
    monkeypatch.setattr(_archive, "_PAGE", 1)
    monkeypatch.setattr(_run_index, "PATIENCE", 0.1)
    for day in (1, 2, 3):
        run_of(tmp_path, [10.0], day=day)
    newest = runs_with(tmp_path, "t1")
    next(newest)

    late = run_of(tmp_path, [10.0], day=9)

    assert find(tmp_path, newest=1)[0][0].path == late.path
    assert len(list(newest)) == 2
