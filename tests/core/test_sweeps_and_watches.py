"""One file, several runs: sweeps of any value, and watches that repeat a run; also killed in the middle."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
import tomllib
from collections import Counter
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import ClassVar

import pytest
from attrs import frozen
from hypothesis import given, strategies as st

from oqtopus_experiments import REQUIRED, Backend, ConfigError, StoreError, hookimpl, load_run, parameter, run
from oqtopus_experiments.execution import _parent_outputs, _several, _submission
from oqtopus_experiments.execution._parent_observer import ParentObserver
from oqtopus_experiments.execution._parent_outputs import write_parent
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._timetable import next_of
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.reporting._siblings import swept_axis
from oqtopus_experiments.reporting.figures import _possible as possible
from oqtopus_experiments.reporting.report._siblings import siblings_page
from oqtopus_experiments.runfile._config import SeveralRuns
from oqtopus_experiments.runfile._reading import Changes, load_runs
from oqtopus_experiments.spreading._inner import as_simulator, as_table
from oqtopus_experiments.storage._parent import ParentFolder, ParentManifest, RecordedMember, member_paths
from oqtopus_experiments.storage._summary import Siblings, find_runs, list_runs, read_siblings

PROGRAM = [sys.executable, str(Path(__file__).with_name("slow_queue.py"))]
SWEEP = """\
backend = "toy"
seed = 5
shots = 200

[sweep]
"experiments.ramp.top" = [0.2, 0.5, 0.9]

[[experiments]]
use = "ramp"
"""
WATCH = """\
backend = "toy"
seed = 5
repeat = "10 min"
times = 4

[[experiments]]
use = "ramp"
"""


@pytest.fixture
def file(tmp_path, fakes):
    def write(text=SWEEP):
        path = tmp_path / "several.toml"
        path.write_text(text)
        return path

    return write


def several(path, **changes):
    found = load_runs(path, Changes(**changes))
    assert isinstance(found, SeveralRuns)
    return found


def refusal(path, **changes):
    with pytest.raises(ConfigError) as caught:
        load_runs(path, Changes(**changes))
    return str(caught.value)


def table(folder, name="table.csv"):
    with (folder / name).open() as lines:
        return list(csv.DictReader(lines))


def test_a_sweep_makes_a_run_for_each_value_under_one_folder_and_compares_them(file, tmp_path):
    done = run(file(), runs=tmp_path / "runs")

    assert done.complete
    assert [run.path.name for run in done.members] == ["001", "002", "003"]
    assert {run.path.parent for run in done.members} == {done.path}
    rows = [row for row in table(done.path) if row["quantity"] == "mean"]
    assert [(row["run"], row["experiments.ramp.top"]) for row in rows] == [
        ("001", "0.2"),
        ("002", "0.5"),
        ("003", "0.9"),
    ]
    for row, top in zip(rows, (0.2, 0.5, 0.9), strict=True):
        assert abs(float(row["value"]) - top / 2) < 5 * float(row["stderr"])
    assert load_run(done.path / "002").results["ramp"].experiment.top == 0.5
    assert "a sweep of 3 runs" in (done.path / "report.html").read_text()


def test_no_figure_of_other_numbers_stands_beside_a_comparison_that_has_none(file, tmp_path, monkeypatch):
    done = run(file(), runs=tmp_path / "runs")
    for kind in ("png", "svg"):
        (done.path / f"figure.{kind}").write_bytes(b"<svg>of other numbers</svg>")
    monkeypatch.setattr(possible, "why_not", lambda: "nothing can draw here")

    write_parent(ParentFolder.open(done.path))

    assert not list(done.path.glob("figure.*"))
    assert "<img" not in (done.path / "report.html").read_text()


def test_circuits_of_a_sweep_are_built_to_be_checked_and_to_be_run_those_of_the_first_once(file, fakes, monkeypatch):
    built, asked = [], []
    prepare, clock_step = _submission.prepare, fakes.Toy.clock_step
    monkeypatch.setattr(_submission, "prepare", lambda one, *how: built.append(one.top) or prepare(one, *how))
    monkeypatch.setattr(fakes.Toy, "clock_step", lambda toy: asked.append(toy.seed) or clock_step(toy))

    _several.run_several(several(file()))

    assert Counter(built) == {0.2: 1, 0.5: 2, 0.9: 2}
    assert len(asked) == 3 + 2


def test_a_large_figure_of_several_runs_is_in_their_page_as_points_as_that_of_a_run_is(file, tmp_path):
    runs = read_siblings(ParentFolder.open(run(file(), runs=tmp_path / "runs").path))
    small = {"svg": b"<svg/>", "png": b"not drawn"}

    assert "data:image/svg+xml;base64," in siblings_page(runs, (), small)
    assert "data:image/png;base64," in siblings_page(runs, (), {**small, "svg": b"<svg>" + b" " * 200_000})
    assert "No figure: " in siblings_page(runs, (), {})


def test_several_keys_make_a_grid_the_last_changing_fastest(file):
    text = SWEEP.replace("[[exp", '"shots" = [10, 20]\n[[exp')

    members = several(file(text)).members

    assert [(m.values["experiments.ramp.top"], m.values["shots"]) for m in members] == [
        (0.2, 10), (0.2, 20), (0.5, 10), (0.5, 20), (0.9, 10), (0.9, 20),
    ]  # fmt: skip
    assert [m.config.experiments[0].shots for m in members] == [10, 20] * 3


@pytest.mark.parametrize(
    ("key", "values", "read"),
    [
        ('"backends.toy.broken"', "[[0], [1]]", lambda config: list(config.backend.broken)),
        ("backends.toy.seed", "[8, 9]", lambda config: config.backend.seed),
        ('"defaults.wait"', '["1 us", "2 us"]', lambda config: f"{config.experiments[0].experiment.wait / 1000:g} us"),
        ("experiments.0.points", "[4, 7]", lambda config: config.experiments[0].experiment.points),
        ("seed", "[1, 2]", lambda config: config.seed),
    ],
)
def test_any_value_of_a_file_can_be_swept_with_or_without_quotes(file, key, values, read):
    found = several(file(SWEEP.replace('"experiments.ramp.top" = [0.2, 0.5, 0.9]', f"{key} = {values}")))

    expected = json.loads(values)
    assert [read(found.run(number)) for number in range(2)] == expected
    assert list(found.members[0].values.values()) == [expected[0]]


@pytest.mark.parametrize(
    ("values", "placed", "unit", "ticks"),
    [
        ('[20000, "40 us"]', [20_000, 40_000], "ns", ()),
        ('["0.1 ms", 40.5, "40 us"]', [100_000, 40.5, 40_000], "ns", ()),
        ('["1", "2"]', [1, 2], "", ()),
        ("[1, 2.5]", [1, 2.5], "", ()),
        ('["5 GHz", 3]', [5e9, 3], "Hz", ()),
        ('[20000, "soon", "40 us"]', [0, 1, 2], "", ("20000", "soon", "40 us")),
        ('["1 us", "1 GHz"]', [0, 1], "", ("1 us", "1 GHz")),
        ("[true, 1]", [0, 1], "", ("True", "1")),
        ("[[0], [1]]", [0, 1], "", ("[0]", "[1]")),
    ],
)
def test_numbers_and_texts_of_one_sweep_stand_on_one_axis_or_side_by_side(values, placed, unit, ticks):
    swept = tomllib.loads(f"values = {values}")["values"]
    members = tuple(RecordedMember(f"{n}", None, {"defaults.wait": value}) for n, value in enumerate(swept))

    axis = swept_axis(Siblings(Path(), ParentManifest("one", "sweep", members), ()))

    assert list(axis.positions.values()) == placed
    assert (axis.unit, axis.ticks) == (unit, ticks)


def test_a_sweep_of_numbers_and_texts_is_compared(file, tmp_path):
    text = SWEEP.replace('"experiments.ramp.top" = [0.2, 0.5, 0.9]', 'defaults.wait = [20000, "40 us"]')

    done = run(file(text), runs=tmp_path / "runs")

    assert [row["defaults.wait"] for row in table(done.path, "members.csv")] == ["20000", "40 us"]
    assert (done.path / "report.html").is_file()


def test_runs_of_a_sweep_and_a_watch_have_random_numbers_of_their_own(file):
    assert [several(file()).run(number).seed for number in range(3)] == [5, 6, 7]
    assert [several(file()).run(number).backend.seed for number in range(3)] == [5, 6, 7]
    assert [several(file(WATCH)).run(number).backend.seed for number in range(4)] == [5, 6, 7, 8]


@frozen(kw_only=True)
class Around(Backend):
    """A backend that runs another one."""

    name: ClassVar[str] = "around"
    drifts: ClassVar[bool] = False
    inner: Backend = parameter(REQUIRED, converter=as_simulator, plain=as_table)

    def submit(self, batch):
        return self.inner.submit(batch)


@pytest.fixture
def nested(file):
    """A file in which the seed belongs to the backend that another one runs."""
    plugin = ModuleType("around")
    plugin.register_backends = hookimpl(specname="register_backends")(lambda: [Around])
    registry().register(plugin)
    return lambda text: file(text.replace('"toy"', '{use = "around", inner = {use = "toy", seed = 1}}', 1))


def test_a_watch_that_goes_on_gives_each_run_the_random_numbers_it_would_have_had(nested, clock):
    class Leaving(Heard):
        def waiting(self, member, seconds):
            raise KeyboardInterrupt

        def started(self, parent):
            self.parent = parent

    watcher = Leaving(clock)
    with pytest.raises(KeyboardInterrupt):
        _several.run_several(several(nested(WATCH)), watcher, clock=clock)
    folder = ParentFolder.open(watcher.parent.path)
    _several.resume_several(folder, clock=clock)

    made = [reopen(path)[0] for path in member_paths(folder.path)]
    assert [config.backend.inner.seed for config in made] == [1, 2, 3, 4]
    assert [config.seed for config in made] == [5, 6, 7, 8]


@pytest.mark.parametrize("text", [SWEEP, WATCH], ids=["sweep", "watch"])
def test_several_runs_made_again_have_the_random_numbers_of_the_first_time(nested, clock, text):
    first = several(nested(text))
    again = several(_several.run_several(first, clock=clock).path)

    for number in range(first.times):
        assert again.run(number).backend == first.run(number).backend
        assert again.run(number).seed == first.run(number).seed == 5 + number


@pytest.mark.parametrize(
    ("right", "wrong", "line", "words"),
    [
        ("[0.2, 0.5, 0.9]", "[0.2, -1]", 6, ["sweep.experiments.ramp.top.1: ", "> 0: -1"]),
        ("[0.2, 0.5, 0.9]", "0.2", 6, ["must be a list of values, one for each run, not 0.2"]),
        ("[0.2, 0.5, 0.9]", "[]", 6, ["must be a list of values"]),
        ("[0.2, 0.5, 0.9]", "[1, 2, 1]", 6, ["1 is in the list twice", "repeat and times"]),
        ("experiments.ramp.top", "experiments.rmap.top", 6, ["there are 1 entries", "did you mean 'ramp'?"]),
        ("experiments.ramp.top", "experiments.ramp.tpo", 6, ["unknown name", "did you mean 'top'?"]),
        (
            "experiments.ramp.top",
            "backends.toyy.seed",
            6,
            ["nothing that is run changes with it", "'toy'", "did you mean [backends.toy]?"],
        ),
        ("experiments.ramp.top", "shot", 6, ["unknown key", "did you mean 'shots'?"]),
        ('"experiments.ramp.top" = [0.2, 0.5, 0.9]', "name = ['x', 'y']", 6, ["nothing that is run changes with it"]),
        ("experiments.ramp.top", "experiments.ramp.name", 6, ["text"]),
        ("[0.2, 0.5, 0.9]", "{ log = [0.2, 0.5] }", 6, ["must be a list of values, one for each run, not {'log'"]),
    ],
)
def test_a_mistake_in_a_sweep_is_named_with_its_line_and_leads_to_the_fix(file, right, wrong, line, words):
    path = file(SWEEP.replace(right, wrong, 1))

    message = refusal(path)

    assert message.startswith(f"{path}:{line}: sweep."), message
    for word in words:
        assert word in message


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ('"10 min"', '"soon"', ['several.toml:3: repeat: must be a time such as "10 min"']),
        ('"10 min"', '"10"', ['several.toml:3: repeat: must be a time such as "10 min"', "or \"1 day\", not '10'"]),
        ("times = 4", "", ["several.toml:3: repeat: ", "how many runs there will be, as times = 144"]),
        ("times = 4", "times = 0", ["several.toml:4: times: ", "not 0"]),
        ("[[exp", "[sweep]\nshots = [1, 2]\n[[exp", ["a sweep, or repeat and times, not both"]),
    ],
)
def test_a_mistake_in_a_watch_leads_to_the_fix(file, right, wrong, words):
    message = refusal(file(WATCH.replace(right, wrong, 1)))

    for word in words:
        assert word in message


class Clock:
    """A clock that goes on by itself only while somebody sleeps."""

    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


class Heard(ParentObserver):
    def __init__(self, clock, busy=()):
        super().__init__()
        self.clock, self.busy = clock, dict(busy)
        self.began, self.missing = [], []

    def member(self, member, *, going_on=False):
        self.began.append((member.folder, self.clock.now))
        self.clock.now += self.busy.get(member.folder, 0)
        return super().member(member)

    def missed(self, members):
        self.missing += [member.folder for member in members]


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(_several.time, "sleep", made.sleep)
    return made


def test_a_watch_begins_each_run_at_its_time(file, clock):
    heard = Heard(clock)

    done = _several.run_several(several(file(WATCH)), heard, clock=clock)

    assert heard.began == [(f"00{number + 1}", 1_000_000 + 600 * number) for number in range(4)]
    assert done.complete
    assert len({json.dumps(row) for row in table(done.path)}) == len(table(done.path))


def test_the_runs_of_a_watch_are_compared_before_it_waits_for_the_next(file, clock):
    class Reading(Heard):
        compared = ()

        def started(self, parent):
            self.path = parent.path

        def waiting(self, member, seconds):
            states = [row["state"] for row in table(self.path, "members.csv")]
            self.compared = (*self.compared, states.count("analyzed"))

    watcher = Reading(clock)
    _several.run_several(several(file(WATCH)), watcher, clock=clock)

    assert watcher.compared == (1, 2, 3)


def test_a_watch_looks_at_the_folders_of_its_runs_a_few_times_however_many_there_are(file, clock, monkeypatch):
    asked = []
    is_there = _several._Going._is_there
    monkeypatch.setattr(_several._Going, "_is_there", lambda going, one: asked.append(one) or is_there(going, one))

    _several.run_several(several(file(WATCH.replace('repeat = "10 min"\ntimes = 4', "times = 8"))), clock=clock)

    assert len(asked) <= 3 * 8


def test_comparing_very_many_runs_takes_a_tenth_of_the_time_and_misses_none_at_the_end(monkeypatch):
    now, compared, runs = [0.0], [], []

    def compare(_):
        compared.append(len(runs))
        now[0] += 0.05 * len(runs)

    monkeypatch.setattr(_parent_outputs, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(_parent_outputs, "write_parent", compare)
    comparing = _parent_outputs.Comparing(None)
    for number in range(1000):
        now[0] += 1.0
        runs.append(number)
        comparing.after_a_run()
    behind = comparing.behind
    comparing.write()

    assert compared[0] == 1
    assert now[0] < 1000 / 0.85 + 0.05 * 1000
    assert compared[-1] == 1000
    assert behind
    assert not comparing.behind


def test_a_run_that_takes_longer_than_the_interval_costs_the_times_it_covers_and_these_are_said(file, clock):
    heard = Heard(clock, {"001": 1300})

    done = _several.run_several(several(file(WATCH)), heard, clock=clock)

    assert [folder for folder, _ in heard.began] == ["001", "003", "004"]
    assert heard.missing == ["002"]
    assert [(row["run"], row["state"]) for row in table(done.path, "members.csv")] == [
        ("001", "analyzed"), ("002", "missed"), ("003", "analyzed"), ("004", "analyzed"),
    ]  # fmt: skip
    assert not (done.path / "002").exists()


def test_a_run_that_could_not_begin_costs_the_others_nothing_and_the_reason_is_kept(file, clock, monkeypatch):
    begin = _several.pipeline.run

    def run_or_not(config, *arguments, **options):
        if config.folder.endswith("002"):
            raise _several.BackendError("nobody answers")
        return begin(config, *arguments, **options)

    monkeypatch.setattr(_several.pipeline, "run", run_or_not)
    done = _several.run_several(several(file(WATCH)), Heard(clock), clock=clock)

    assert [row["state"] for row in table(done.path, "members.csv")] == [
        "analyzed", "could not begin: nobody answers", "analyzed", "analyzed",
    ]  # fmt: skip


@given(
    times=st.integers(1, 20),
    repeat=st.floats(1, 100),
    begun=st.sets(st.integers(0, 19)),
    now=st.floats(-100, 3000),
)
def test_no_run_begins_before_its_time_or_after_it_has_passed_and_none_twice(times, repeat, begun, now):
    begun = {number for number in begun if number < times}

    found = next_of(0.0, repeat, times, begun, now)

    assert not begun & {found.number, *found.missed}
    for number in found.missed:
        assert now >= (number + 1) * repeat * (1 - 1e-12)
    if found.number is not None:
        assert found.number > max(begun, default=-1)
        assert now + found.wait >= found.number * repeat * (1 - 1e-12) - 1e-9
        assert found.wait > 0 or now < (found.number + 1) * repeat * (1 + 1e-12)


def test_without_an_interval_runs_follow_one_another_and_none_is_missed(file, clock):
    heard = Heard(clock, {"001": 1e6})

    done = _several.run_several(several(file(WATCH.replace('repeat = "10 min"\n', ""))), heard, clock=clock)

    assert len(done.members) == 4
    assert heard.missing == []


def test_all_who_list_runs_know_several_as_one_and_histories_as_each(file, tmp_path):
    runs = tmp_path / "runs"
    done = run(file(), runs=runs)

    listed, damaged = list_runs(runs)
    assert damaged == []
    assert [one.path for one in listed] == [done.path]
    assert [one.path.name for one in find_runs(runs)[0]] == ["001", "002", "003"]
    assert [path.name for path in member_paths(done.path)] == ["001", "002", "003"]
    with pytest.raises(StoreError, match=r"holds several runs, not one: name one of them, such as .*001"):
        load_run(done.path)


def test_a_sweep_is_run_again_from_its_folder_with_the_same_values_and_seeds(file, tmp_path):
    done = run(file(), runs=tmp_path / "runs")

    again = several(done.path, overrides=["shots=7", "experiments.ramp.shots=9"])

    assert [member.values for member in again.members] == [{"experiments.ramp.top": top} for top in (0.2, 0.5, 0.9)]
    assert [again.run(number).seed for number in range(3)] == [5, 6, 7]
    assert [again.run(number).experiments[0].experiment.top for number in range(3)] == [0.2, 0.5, 0.9]
    assert again.run(2).experiments[0].shots == 9


def test_a_closed_gate_lets_no_further_run_begin_until_it_is_opened(file, clock):
    class Closing(Heard):
        def member(self, member, *, going_on=False):
            self.parent.gate.close()
            return super().member(member)

        def started(self, parent):
            self.parent = parent

    done = _several.run_several(several(file()), Closing(clock), clock=clock)

    assert not done.complete
    assert [path.name for path in member_paths(done.path)] == ["001"]
    parent = ParentFolder.open(done.path)
    closed = _several.resume_several(parent, clock=clock)
    assert not closed.complete
    assert [member.path.name for member in closed.members] == ["001"]
    parent.gate.reopen()
    assert _several.resume_several(parent, clock=clock).complete
    assert [path.name for path in member_paths(done.path)] == ["001", "002", "003"]


SLOW = """\
shots = 100
backend = "slow"
{several}
[[experiments]]
use = "ramp"
points = 8
"""


def started(folder, *command):
    return subprocess.Popen([*PROGRAM, *command], cwd=folder, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip


def killed_when(folder, condition, *command):
    """Run a command, and kill it with SIGKILL as soon as something is so."""
    with started(folder, *command) as process:
        until = time.monotonic() + 120
        while not condition():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL


def ended(folder, *command):
    done = subprocess.run([*PROGRAM, *command], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def there(folder, pattern):
    return lambda: bool(list(folder.glob(pattern)))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
@pytest.mark.parametrize(
    "moment",
    ["runs/*/002/run.json", "runs/*/002/ramp/journal.jsonl", "runs/*/003/ramp/journal.jsonl", "runs/*/001/report.html"],
)
def test_a_sweep_that_is_killed_goes_on_and_nothing_is_submitted_twice(tmp_path, moment):
    (tmp_path / "run.toml").write_text(SLOW.format(several="[sweep]\n'experiments.ramp.top' = [0.2, 0.5, 0.8]"))
    killed_when(tmp_path, there(tmp_path, moment), "run", "run.toml")
    (parent,) = (tmp_path / "runs").iterdir()
    first = (parent / "001/ramp/journal.jsonl").read_bytes()

    code, out, err = ended(tmp_path, "resume", "latest")

    assert code == 0, err
    assert "3 of 3 runs are analyzed" in out
    # Nothing of it is lost; what was submitted then has brought its counts by now.
    assert (parent / "001/ramp/journal.jsonl").read_bytes().startswith(first)
    submitted = Counter((tmp_path / "service").read_text().split())
    assert max(submitted.values()) <= 3
    assert [row["run"] for row in table(parent)] == ["001", "002", "003"]
    assert ended(tmp_path, "resume", "latest")[0] == 0
    assert Counter((tmp_path / "service").read_text().split()) == submitted


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
def test_all_runs_of_a_sweep_are_with_the_queue_before_the_first_is_waited_for(tmp_path):
    (tmp_path / "run.toml").write_text(SLOW.format(several="[sweep]\n'experiments.ramp.top' = [0.2, 0.5, 0.8]"))
    killed_when(tmp_path, there(tmp_path, "waiting"), "run", "run.toml")

    submitted = Counter((tmp_path / "service").read_text().split())
    assert submitted == dict.fromkeys(map(str, range(8)), 3)

    code, out, err = ended(tmp_path, "resume", "latest")
    assert code == 0, err
    assert "3 of 3 runs are analyzed" in out
    assert Counter((tmp_path / "service").read_text().split()) == submitted


def test_an_audit_of_a_sweep_is_one_of_each_of_its_runs(tmp_path):
    (tmp_path / "run.toml").write_text(SWEEP)
    assert ended(tmp_path, "run", "run.toml")[0] == 0

    code, out, _ = ended(tmp_path, "audit", "latest")
    assert code == 0
    assert "3 of 3 runs are what they say" in out

    (points,) = tmp_path.glob("runs/*/002/ramp/points.csv")
    points.write_text(points.read_text() + "0,0,0\n")
    code, out, _ = ended(tmp_path, "audit", "latest")
    assert code == 1
    assert "2 of 3 runs are what they say" in out
    assert out.index("002\n") < out.index("points.csv") < out.index("003\n")


def test_a_sweep_that_nobody_waits_for_any_longer_leaves_its_jobs_and_says_that_there_is_more(tmp_path):
    (tmp_path / "run.toml").write_text(SLOW.format(several="[sweep]\n'experiments.ramp.top' = [0.2, 0.5, 0.8]"))

    code, out, err = ended(tmp_path, "run", "run.toml", "--timeout", "0.25")
    assert code == 1
    assert "not all of it is done. Go on with: oqx resume" in err
    assert not there(tmp_path, "runs/*/*/report.html")()

    code, out, err = ended(tmp_path, "resume", "latest")
    assert code == 0, err
    assert "3 of 3 runs are analyzed" in out
    assert max(Counter((tmp_path / "service").read_text().split()).values()) == 3


def test_what_was_submitted_and_nobody_waited_for_is_left_as_it_is_and_gone_on_with(file, clock, monkeypatch):
    monkeypatch.setattr("fakes.Toy.queued", True)
    now = time.monotonic

    class TooLate(Heard):
        def submitted(self, members):
            self.waited_for = [member.folder for member in members]
            monkeypatch.setattr(_several.time, "monotonic", lambda: now() + 1000)

    watcher = TooLate(clock)
    done = _several.run_several(several(file()), watcher, timeout=500, clock=clock)

    assert watcher.waited_for == ["001", "002", "003"]
    assert not done.complete
    assert done.members == ()
    assert not list(done.path.glob("*/report.html"))
    again = _several.resume_several(ParentFolder.open(done.path), clock=clock)
    assert again.complete
    assert [row["state"] for row in table(done.path, "members.csv")] == ["analyzed"] * 3


def test_runs_that_are_with_the_queue_when_the_time_is_over_are_told_to_whoever_watches(file, clock, monkeypatch):
    monkeypatch.setattr("fakes.Toy.queued", True)
    submit, now = _several.pipeline.submit, time.monotonic

    def until_the_end(config, *arguments, **options):
        made = submit(config, *arguments, **options)
        if config.folder.endswith("002"):
            monkeypatch.setattr(_several.time, "monotonic", lambda: now() + 1000)
        return made

    class Told(Heard):
        def submitted(self, members):
            self.waited_for = [member.folder for member in members]

    monkeypatch.setattr(_several.pipeline, "submit", until_the_end)
    watcher = Told(clock)
    _several.run_several(several(file()), watcher, timeout=500, clock=clock)

    assert watcher.waited_for == ["001", "002"]


def test_a_run_of_a_sweep_that_the_queue_refuses_costs_the_others_nothing(file, clock, monkeypatch):
    begin, asked = _several.pipeline.submit, []

    def submit_or_not(config, *arguments, **options):
        asked.append(config.folder[-3:])
        if config.folder.endswith("002"):
            raise _several.BackendError("nobody answers")
        return begin(config, *arguments, **options)

    monkeypatch.setattr(_several.pipeline, "submit", submit_or_not)
    monkeypatch.setattr("fakes.Toy.queued", True)
    done = _several.run_several(several(file()), clock=clock)

    assert asked == ["001", "002", "003"]
    assert not done.complete
    assert [row["state"] for row in table(done.path, "members.csv")] == [
        "analyzed", "could not begin: nobody answers", "analyzed",
    ]  # fmt: skip


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
def test_a_watch_that_is_killed_goes_on_at_the_right_time_and_says_what_it_missed(tmp_path):
    (tmp_path / "run.toml").write_text(SLOW.format(several="repeat = '1 h'\ntimes = 5"))
    killed_when(tmp_path, there(tmp_path, "runs/*/001/ramp/journal.jsonl"), "run", "run.toml")
    (parent,) = (tmp_path / "runs").iterdir()
    assert not (parent / "001/report.html").exists()
    # Two and a half hours later: the second time has passed, the third is now, the fourth in half an hour.
    content = json.loads((parent / "run.json").read_text())
    content["config"]["started"] -= 2.5 * 3600
    (parent / "run.json").write_text(json.dumps(content))

    killed_when(tmp_path, there(tmp_path, "runs/*/003/report.html"), "resume", "latest")
    code, out, err = ended(tmp_path, "resume", "latest", "--timeout", "1")

    assert code == 1
    assert "not all of it is done. Go on with: oqx resume" in err
    assert "002: missed" in err or "002: missed" in out or "missed: 002" in out
    assert "004 begins at" in out
    states = {row["run"]: row["state"] for row in table(parent, "members.csv")}
    assert states == {"001": "analyzed", "002": "missed", "003": "analyzed", "004": "not begun", "005": "not begun"}
    assert max(Counter((tmp_path / "service").read_text().split()).values()) == 2
