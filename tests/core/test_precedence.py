"""Who wins where two places say something: the command line, the run file, a profile of a backend, `oqx.toml`."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import ClassVar

import pytest
from attrs import frozen

from oqtopus_experiments import (
    Axis,
    Backend,
    ConfigError,
    Declaration,
    FinishedJob,
    PluginFault,
    Sweep,
    ge,
    hookimpl,
    parameter,
)
from oqtopus_experiments.plugins import _registry as plugins
from oqtopus_experiments.plugins._experiment_calls import default_shots_of
from oqtopus_experiments.plugins._settings import PluginSettings
from oqtopus_experiments.runfile._reading import load

ASKED = []
"""What the jobs of the other backend were asked for: the seconds to wait."""


@frozen(kw_only=True)
class Other(Backend):
    """Another backend, with other options and a memory."""

    name: ClassVar[str] = "other"
    speed: int = parameter(1, ge(1), help="how fast")

    def submit(self, batch):
        toy = sys.modules["fakes"].Toy().submit(batch)
        return Waiting("other-1", list(toy.outcomes()))


@frozen
class Waiting(FinishedJob):
    def outcomes(self, timeout=None):
        ASKED.append(timeout)
        yield from super().outcomes(timeout)


@pytest.fixture
def file(tmp_path, fakes, monkeypatch):
    module = ModuleType("others")
    module.register_backends = hookimpl(specname="register_backends")(lambda: [Other])
    plugins.registry().register(module, "other-distribution")
    monkeypatch.chdir(tmp_path)
    ASKED.clear()

    def write(text, experiments='[[experiments]]\nuse = "ramp"\npoints = 3\n'):
        path = tmp_path / "run.toml"
        path.write_text(text + "\n" + experiments)
        return path

    return write


def test_options_of_the_files_backend_mean_nothing_to_that_of_the_oqx(file):
    written = file('backend = { use = "toy", refuses = true }')

    assert load(written, backend="other").backend == Other()
    assert load(written, backend="toy").backend.refuses


def test_the_backend_of_the_oqx_takes_the_options_of_its_own_profile(file):
    written = file('backend = { use = "toy", refuses = true }\n[backends.other]\nspeed = 3')

    assert load(written, backend="other").backend.speed == 3


def test_options_at_the_backend_win_over_its_profile(file):
    written = file('backend = { use = "other", speed = 5 }\n[backends.other]\nspeed = 3')

    assert load(written).backend.speed == 5


def test_the_seed_of_the_run_is_that_of_a_simulator_unless_it_has_its_own(file):
    assert load(file('seed = 4\nbackend = "toy"')).backend.seed == 4
    assert load(file('seed = 4\nbackend = { use = "toy", seed = 9 }')).backend.seed == 9


def test_runs_of_a_run_file_are_where_it_says_unless_the_oqx_says_otherwise(file, oqx, tmp_path):
    written = file('runs = "here"\nbackend = "toy"')

    assert oqx("run", written)[0] == 0
    assert len(list((tmp_path / "here").iterdir())) == 1
    assert oqx("run", written, "--runs", "there")[0] == 0
    assert len(list((tmp_path / "here").iterdir())) == len(list((tmp_path / "there").iterdir())) == 1


def test_shots_of_the_oqx_win_over_all_others(file):
    text = 'shots = 5\nbackend = "toy"'
    own = '[[experiments]]\nuse = "ramp"\nshots = 7\n[[experiments]]\nuse = "ramp"\n'

    assert [entry.shots for entry in load(file(text, own)).experiments] == [7, 5]
    assert [entry.shots for entry in load(file(text, own), shots=9).experiments] == [9, 9]


@pytest.mark.parametrize("value", ["true", "1.5", '"4"'])
def test_what_is_no_integer_is_none_also_where_python_would_take_it(file, value):
    experiments = f'[[experiments]]\nuse = "ramp"\npoints = {value}\n'

    with pytest.raises(ConfigError, match="'points' must be an integer"):
        load(file('backend = "toy"', experiments))


def test_two_experiments_of_one_name_are_refused(file):
    twice = '[[experiments]]\nuse = "ramp"\nname = "a"\n' * 2

    with pytest.raises(ConfigError, match="the name of two experiments"):
        load(file('backend = "toy"', twice))


def test_plugins_named_in_the_run_file_are_disabled(file):
    with pytest.raises(ConfigError, match="other"):
        load(file('backend = "other"\n[plugins]\ndisable = ["others"]'))
    assert plugins.registry().settings.disable == {"others"}


def test_a_preference_of_the_run_file_wins_over_that_of_the_folder(file, tmp_path):
    plugins._current = plugins.PluginRegistry(PluginSettings(prefer={"ramp": "folder", "toy": "folder"}), found=[])
    text = '[plugins]\nprefer = { ramp = "file" }\n[[experiments]]\nuse = "ramp"\n'

    with pytest.raises(ConfigError):
        load(file("", text))  # these settings are of a new registry, without the fakes

    assert plugins.registry().settings.prefer == {"ramp": "file", "toy": "folder"}


def test_a_preference_of_the_caller_wins_over_that_of_the_run_file(file):
    text = '[plugins]\nprefer = { ramp = "file" }\n[[experiments]]\nuse = "ramp"\n'

    with pytest.raises(ConfigError):
        load(file("", text), settings=PluginSettings(prefer={"ramp": "caller"}, disable=frozenset({"x"})))

    assert plugins.registry().settings == PluginSettings(prefer={"ramp": "caller"}, disable=frozenset({"x"}))


def test_disabling_on_the_oqx_adds_to_what_the_folder_says(tmp_path, monkeypatch):
    import click

    from oqtopus_experiments.cli._plugin_options import set_up_plugins

    monkeypatch.setattr(plugins, "_current", None)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "oqx.toml").write_text('[plugins]\ndisable = ["one"]\n')

    set_up_plugins(click.Context(click.Command("x")), ("two",), strict=True)

    assert plugins.registry().settings.disable == {"one", "two"}
    assert plugins.registry().settings.strict


def test_the_time_to_wait_is_handed_to_the_job_and_shared_by_all(file, oqx):
    two = '[[experiments]]\nuse = "ramp"\npoints = 3\n' * 2

    assert oqx("run", file('backend = "other"', two), "--timeout", "7.5")[0] == 0
    assert len(ASKED) == 2
    assert 0 <= ASKED[1] < ASKED[0] <= 7.5
    assert oqx("run", file('backend = "other"', two))[0] == 0
    assert ASKED[2:] == [None, None]


def test_the_failure_of_the_last_experiment_counts_as_well(file, oqx):
    text = 'backend = { use = "toy", broken = [2, 3, 4, 5] }'
    # All of the second, the third circuit of the first.
    experiments = (
        '[[experiments]]\nuse = "ramp"\npoints = 3\n[[experiments]]\nuse = "ramp"\nname = "last"\npoints = 2\n'
    )

    code, out, err = oqx("run", file(text.replace("[2, 3, 4, 5]", "[0, 1]"), experiments))

    assert code == 1
    assert "ramp: 1 of 3 circuits" in out
    assert "last: failed" in err
    assert "1 of 2 experiments failed" in err


def test_an_ambiguous_run_is_refused_with_the_runs_that_fit(file, oqx, tmp_path):
    for _ in range(2):
        assert oqx("run", file('name = "same"\nbackend = "toy"'))[0] == 0
    folders = sorted(folder.name for folder in (tmp_path / "runs").iterdir())

    code, _, err = oqx("analyze", folders[0][:6])

    assert code == 2
    assert "is several runs" in err
    assert all(name in err for name in folders)
    assert oqx("analyze", folders[1])[0] == 0
    assert oqx("analyze", folders[0][-6:])[0] == 0


def test_latest_is_the_newest_and_latest_1_the_one_before(file, oqx, tmp_path):
    from oqtopus_experiments.cli._run_argument import run_folder
    from oqtopus_experiments.storage._summary import find_runs

    for _ in range(3):
        assert oqx("run", file('backend = "toy"'))[0] == 0
    names = [run.path.name for run in find_runs(tmp_path / "runs")[0]]

    assert [run_folder(text).name for text in ("latest", "latest~1", "latest~2")] == names[::-1]
    assert oqx("analyze", "latest~3")[0] == 2


@pytest.mark.parametrize("command", ["run", "plan", "check", "doctor"])
def test_where_a_run_file_may_stand_a_run_is_called_as_by_all_commands(command, file, oqx, tmp_path):
    (tmp_path / "runs").mkdir()
    code, _, err = oqx(command, "latest")
    assert (code, "there are 0 runs in runs" in err) == (2, True)

    assert oqx("run", file('backend = "toy"'))[0] == 0
    (folder,) = (tmp_path / "runs").glob("2*")

    for text in ("latest", folder.name[-6:]):
        code, out, err = oqx(command, text)
        assert (code, "error:" in err) == (0, False), out + err
    code, _, err = oqx(command, "latest~7")
    assert (code, "latest~7 is not among them" in err) == (2, True)


def test_a_file_that_is_called_like_a_run_is_the_file(file, oqx, tmp_path, monkeypatch):
    assert oqx("run", file('backend = "toy"'))[0] == 0
    (tmp_path / "latest").write_text("shotz = 3")

    assert "latest:1: shotz" in oqx("run", "latest")[2]


@frozen(kw_only=True)
class Eager(Declaration):
    """An experiment that says itself how many shots it takes."""

    name: ClassVar[str] = "eager"
    analyzer: ClassVar[str] = "mean"
    shots_per_circuit: int | None = parameter(None, help="shots of each circuit")

    @property
    def default_shots(self):
        return self.shots_per_circuit

    def sweep(self):
        return Sweep(Axis("delay", [0.0]))

    def circuit(self, delay):
        raise NotImplementedError


@pytest.fixture
def eager(file):
    module = ModuleType("eager")
    module.register_experiments = hookimpl(specname="register_experiments")(lambda: [Eager])
    plugins.registry().register(module, "eager-distribution")
    return lambda *lines: file("shots = 7", "\n".join(["[[experiments]]", 'use = "eager"', *lines]) + "\n")


def test_shots_are_those_of_the_command_line_then_of_the_table_then_of_its_parameters_then_of_the_file(eager):
    def shots(*lines, forced=None):
        return load(eager(*lines), backend="toy", shots=forced).experiments[0].shots

    assert shots() == 7
    assert shots("shots_per_circuit = 50") == 50
    assert shots("shots = 30") == 30
    assert shots("shots = 50", "shots_per_circuit = 50") == 50
    assert shots("shots_per_circuit = 50", forced=9) == 9


def test_shots_that_are_said_twice_and_differ_are_refused(eager):
    with pytest.raises(ConfigError, match=r"experiments\.0\.shots.*ask for 50 shots"):
        load(eager("shots = 30", "shots_per_circuit = 50"), backend="toy")


@pytest.mark.parametrize("wrong", [0, True, 1.5])
def test_shots_that_are_no_number_of_shots_are_the_fault_of_the_plugin(wrong):
    class Wrong(Eager):
        default_shots = wrong

    with pytest.raises(PluginFault, match="default_shots must be an integer >= 1 or None"):
        default_shots_of(Wrong())
