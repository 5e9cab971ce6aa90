from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

from oqtopus_experiments import Analysis, Quantity, Reason, Verdict, load_run

RUN = """\
shots = 100
backend = "toy"
seed = 1

[[experiments]]
use = "ramp"
points = 4
"""


@pytest.fixture
def oqx(tmp_path, fakes, monkeypatch, oqx):
    """Run the command line in an empty folder; returns exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(RUN)

    return oqx


def test_a_run_prints_the_table_and_the_folder_that_holds_everything(oqx, tmp_path):
    code, out, _ = oqx("run", "run.toml")

    (folder,) = (tmp_path / "runs").iterdir()
    assert code == 0
    assert "ramp: 4 of 4 circuits" in out
    assert "good" in out
    assert f"run folder: runs/{folder.name}" in out
    assert json.loads((folder / "run.json").read_text())["config"]["experiments"][0]["shots"] == 100
    assert len(list(csv.DictReader((folder / "ramp" / "points.csv").read_text().splitlines()))) == 4
    assert (folder / "table.csv").exists()


def test_a_run_ends_by_its_verdicts_only_where_it_is_asked_to(oqx, fakes, monkeypatch):
    code, out, err = oqx("run", "run.toml", "--fail-on", "suspect")
    assert (code, "1 good, 0 suspect, 0 bad\n" in out, err) == (0, True, "")

    doubt = Verdict([Reason("few_shots", "too few", "suspect")])
    monkeypatch.setattr(fakes.Mean, "analyze", lambda *_: [Analysis((0,), [Quantity("mean", 0.5, 0.1)], doubt)])
    assert oqx("run", "run.toml")[0] == 0
    assert oqx("run", "run.toml", "--fail-on", "bad")[0] == 0
    code, out, err = oqx("run", "run.toml", "--fail-on", "suspect")
    assert (code, "0 good, 1 suspect, 0 bad\n" in out, err) == (3, True, "--fail-on suspect: 1 suspect\n")
    assert oqx("resume", "latest", "--fail-on", "suspect")[0] == 3


def test_an_experiment_that_failed_is_a_failure_whatever_the_verdicts(oqx):
    assert oqx("run", "run.toml", "--set", "backend={use='toy', refuses=true}", "--fail-on", "suspect")[0] == 1


def test_nothing_is_run_when_the_file_is_wrong(oqx, tmp_path):
    code, out, err = oqx("run", "run.toml", "--set", "experiments.0.points=-1")

    assert code == 2
    assert "experiments.0.points" in err
    assert "Traceback" not in err + out
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "absent.toml"),
        ("run", "run.toml", "--backend", "tyo"),
        ("run", "run.toml", "--shots", "0"),
        ("run", "run.toml", "--shots", "many"),
        ("rnu", "run.toml"),
        ("show", "rmap"),
        ("check", "run.toml", "--set", "shots"),
        ("check", "."),
    ],
)
def test_bad_input_exits_with_2_and_one_clear_line(oqx, arguments):
    code, _, err = oqx(*arguments)

    assert code == 2
    assert err.strip()
    assert "Traceback" not in err


def test_a_failing_run_exits_with_1_and_keeps_what_there_is(oqx, tmp_path):
    code, out, err = oqx("run", "run.toml", "--set", "backend={use='toy', refuses=true}")

    assert code == 1
    assert "the toy refuses" in err
    assert "run folder" in out
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_one_failing_experiment_does_not_take_the_others_along(oqx, tmp_path):
    text = RUN.replace('backend = "toy"', 'backend = { use = "toy", broken = [0, 1, 2, 3] }')
    (tmp_path / "run.toml").write_text(text + '\n[[experiments]]\nuse = "ramp"\npoints = 6\nname = "longer"\n')

    code, out, err = oqx("run", "run.toml")

    assert code == 1
    assert "ramp: failed" in err
    assert "longer: 2 of 6 circuits, 4 without counts (the toy fell off the table)" in out
    assert "1 of 2 experiments failed" in err


def test_a_plan_says_what_a_run_would_take_and_runs_nothing(oqx, tmp_path):
    code, out, _ = oqx("plan", "run.toml")

    assert code == 0
    assert "400" in out
    assert not (tmp_path / "runs").exists()


def test_check_says_a_file_is_fine_and_what_it_did_to_find_out(oqx):
    assert oqx("check", "run.toml")[:2] == (
        0,
        "run.toml is fine: 1 experiment on toy\nramp: 2 of 4 circuits built, made-up counts analyzed with mean: mean\n",
    )


def test_show_lists_parameters_with_type_unit_default_and_help(oqx):
    _, out, _ = oqx("show", "ramp")

    row = next(line for line in out.splitlines() if "wait" in line)
    for word in ("float", "ns", "100", "pause before each position"):
        assert word in row


def test_show_says_what_an_experiment_sweeps_and_which_circuit_cannot_be_drawn(oqx):
    code, out, _ = oqx("show", "ramp")

    assert code == 0
    assert "reads P(1) at 5 points of\n  position: 5 values from 0 to 1\n" in out
    assert "\nreports\n  mean, by its analyzer\n" in out
    assert "no circuit is shown: " in out


def test_show_says_in_a_line_that_circuits_are_drawn_by_a_library_that_is_not_there(oqx, monkeypatch):
    monkeypatch.setattr("oqtopus_experiments.execution._drawing.find_spec", lambda _: None)

    code, out, _ = oqx("show", "ramp")

    assert code == 0
    assert "no circuit is shown: circuits are drawn by Qiskit, which is not installed; try: pip install qiskit\n" in out


def test_show_of_an_experiment_whose_code_fails_still_lists_its_parameters(oqx, monkeypatch, fakes):
    monkeypatch.setattr(fakes.Ramp, "sweep", lambda _: 1 / 0)

    code, out, _ = oqx("show", "ramp")

    assert code == 0
    assert "pause before each position" in out
    assert "what it measures cannot be shown: " in out
    assert "ZeroDivisionError" in out


def test_show_gives_programs_json(oqx):
    code, out, _ = oqx("show", "ramp", "--json")

    (told,) = json.loads(out)
    assert code == 0
    assert told["kind"] == "experiment"
    assert [row["name"] for row in told["parameters"]][:3] == ["points", "top", "wait"]
    assert told["measures"]["points"] == 5


def test_list_names_everything_with_its_distribution(oqx):
    _, out, _ = oqx("list")

    for word in ("ramp", "toy", "mean", "toy-distribution"):
        assert word in out


def test_plugins_are_listed_as_json_for_programs(oqx):
    code, out, _ = oqx("plugins", "--json")

    (plugin,) = json.loads(out)
    assert code == 0
    assert plugin["status"] == "loaded"
    offered = {"experiment": ["ramp"], "backend": ["toy"], "analyzer": ["mean"], "executor": ["threads"]}
    assert plugin["provides"] == {**offered, "mitigation": []}


def test_each_shell_gets_its_completion(oqx):
    for shell in ("bash", "zsh", "fish"):
        code, out, _ = oqx("completion", shell)
        assert code == 0
        assert "_OQX_COMPLETE" in out


def test_the_version_is_that_of_the_package(oqx):
    from oqtopus_experiments import __version__

    assert __version__ in oqx("--version")[1]


def test_a_run_is_repeated_from_its_own_folder_with_the_same_counts(oqx, tmp_path):
    oqx("run", "run.toml", "--set", "experiments.0.points=3")
    (first,) = (tmp_path / "runs").iterdir()
    (tmp_path / "run.toml").unlink()

    code, out, _ = oqx("run", str(first))

    assert code == 0, out
    (second,) = set((tmp_path / "runs").iterdir()) - {first}
    config, again = (json.loads((folder / "run.json").read_text())["config"] for folder in (first, second))
    assert config == again
    lines = [[line for line in (folder / "ramp/journal.jsonl").read_text().splitlines() if "counts" in line]
             for folder in (first, second)]  # fmt: skip
    assert lines[0] == lines[1] != []


def test_a_repeated_run_may_be_changed_on_the_way(oqx, tmp_path):
    oqx("run", "run.toml")
    (first,) = (tmp_path / "runs").iterdir()

    code, _, _ = oqx("run", str(first), "--shots", "7e0", "--set", "experiments.0.points=2", "--runs", "elsewhere")

    assert code == 0
    (second,) = (tmp_path / "elsewhere").iterdir()
    (entry,) = json.loads((second / "run.json").read_text())["config"]["experiments"]
    assert (entry["shots"], entry["parameters"]["points"]) == (7, 2)


def test_a_folder_that_holds_no_run_is_not_run(oqx, tmp_path):
    (tmp_path / "empty").mkdir()

    code, _, errors = oqx("run", "empty")

    assert code == 2
    assert "run.json" in errors


def test_the_log_is_shown_when_asked_for(tmp_path, fakes):
    (tmp_path / "run.toml").write_text(RUN)
    program = (
        "import logging, sys; sys.argv = ['oqx', *sys.argv[1:], 'list']\n"
        "from oqtopus_experiments.plugins import _registry as registry\n"
        "registry.logger.info('early')\n"
        "from oqtopus_experiments.cli import _commands as commands, main\n"
        "log = registry.logger\n"
        "commands.set_up_plugins = lambda *_, **__: (log.info('tried twice'), log.debug('deep'))\n"
        "main()"
    )

    def errors(*flags):
        call = [sys.executable, "-c", program, *flags]
        return subprocess.run(call, cwd=tmp_path, capture_output=True, text=True, check=True).stderr

    assert errors() == ""
    assert errors("-v") == "tried twice\n"
    assert "deep" in errors("-vv")


def test_the_failed_points_of_a_simulation_are_run_again_and_the_others_kept(oqx, tmp_path, caplog):
    (tmp_path / "run.toml").write_text(RUN.replace('backend = "toy"', 'backend = {use = "toy", broken = [1, 3]}'))
    _, first, _ = oqx("run", "run.toml")
    (folder,) = (tmp_path / "runs").iterdir()
    before = load_run(folder).results["ramp"].counts
    manifest = json.loads((folder / "run.json").read_text())
    manifest["config"]["backend"]["options"]["broken"] = []  # the toy was mended
    (folder / "run.json").write_text(json.dumps(manifest))

    code, output, errors = oqx("resume", str(folder), "--failed")

    assert "2 points failed or were cancelled" in first
    assert code == 0, errors
    assert "2 points that failed or were cancelled are submitted again" in output
    assert "was sealed, and since then run.json: changed" in caplog.text
    after = load_run(folder).results["ramp"].counts
    assert {index: after[index] for index in (0, 2)} == {index: before[index] for index in (0, 2)}
    assert [after[index].shots for index in (1, 3)] == [100, 100]


def test_a_run_of_which_nothing_is_lost_stays_sealed_when_the_lost_points_are_asked_for(oqx):
    oqx("run", "run.toml")

    code, out, _ = oqx("resume", "latest", "--failed")

    assert code == 0
    assert "nothing was done" in out
    assert oqx("audit", "latest")[0] == 0


def test_a_plan_tells_the_time_by_the_run_before(oqx):
    assert "time: not known before a first run on toy\n" in oqx("plan", "run.toml")[1]

    assert oqx("run", "run.toml")[0] == 0
    _, out, _ = oqx("plan", "run.toml", "--shots", "200")
    content = json.loads(oqx("plan", "run.toml", "--json")[1])

    assert "time: about " in out
    assert " for 400 shots\n" in out
    assert content["seconds"] > 0
    assert content["seconds_as_in"] in out


@pytest.mark.parametrize("width", [80, 120])
def test_a_list_cuts_no_description_on_a_narrow_terminal(oqx, fakes, monkeypatch, width):
    from oqtopus_experiments.cli import _show

    told = "P(1) rises linearly with the position, which is said here at some length so that it has no room in a line"
    monkeypatch.setattr(fakes.Ramp, "__doc__", f"{told}. Nothing else.")
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(_show, "results", lambda: terminal)
    monkeypatch.setenv("COLUMNS", str(width))

    _, out, _ = oqx("list")

    assert max(map(len, out.splitlines())) <= width
    assert told.replace(" ", "") in "".join(out.split())
    assert "oqx plugins" in out
