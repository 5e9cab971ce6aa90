"""What a shell completes: names of what there is, looked up without importing anything heavy."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.cli import cli
from oqtopus_experiments.cli._completion import VARIABLE, script_class
from oqtopus_experiments.cli._words import remember_devices
from oqtopus_experiments.testing.heavy import HEAVY

FILE = """\
shots = 100
backend = "far"

[backends.far]
use = "toy"

[defaults]
points = 4

[[experiments]]
use = "ramp"

[[experiments]]
use = "ramp"
name = "longer"
"""


@pytest.fixture
def words(tmp_path, fakes, monkeypatch):
    """Return a function that completes a command line as a shell asks for it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "run.toml").write_text(FILE)

    def complete(*line, shell="bash"):
        found = script_class(shell)(cli, {}, "oqx", VARIABLE).get_completions(list(line[:-1]), line[-1])
        return [item.value for item in found]

    return complete


@pytest.fixture
def runs(tmp_path):
    """Two runs, of which one has a table."""
    for name in ("20261120-100000-night-aaaaaa", "20261121-100000-day-bbbbbb"):
        folder = tmp_path / "runs" / name
        folder.mkdir(parents=True)
        config = {"experiments": [{"label": "longer", "use": "ramp"}]}
        (folder / "run.json").write_text(json.dumps({"config": config}))
    (folder / "table.csv").write_text("experiment,qubits,quantity,value\nt1,0,t1_time,1\nt1,3,amplitude,1\n")


def test_a_backend_is_a_profile_of_the_file_or_what_is_installed(words):
    assert words("run", "run.toml", "--backend", "") == ["far", "toy"]
    assert words("plan", "run.toml", "--backend", "t") == ["toy"]
    assert words("run", "absent.toml", "--backend", "") == ["toy"]


def test_only_names_an_experiment_of_the_file_by_its_label(words, runs):
    assert words("run", "run.toml", "--only", "") == ["ramp", "longer", "bad"]
    assert words("run", "runs/20261121-100000-day-bbbbbb", "--only", "lo") == ["longer"]


def test_set_completes_what_can_be_set_up_to_its_sign(words):
    assert words("run", "run.toml", "--set", "experiments.longer.p")[:1] == ["experiments.longer.points="]
    assert "experiments.ramp.wait=" in words("run", "run.toml", "--set", "experiments.ramp.")
    assert "backends.far.seed=" in words("check", "run.toml", "--set", "backends.")
    assert words("run", "run.toml", "--set", "defaults.") == ["defaults.points="]
    assert words("run", "run.toml", "--set", "sho") == ["shots="]


def test_a_run_is_called_latest_by_its_name_or_by_its_end(words, runs):
    assert words("results", "") == [
        "latest",
        "latest~1",
        "20261121-100000-day-bbbbbb",
        "20261120-100000-night-aaaaaa",
    ]
    for command in ("results", "analyze", "resume", "jobs", "cancel", "compare", "export"):
        assert words(command, "20261120") == ["20261120-100000-night-aaaaaa"]
        assert words(command, "bbb") == ["bbbbbb"]


def test_quantities_qubits_and_labels_are_those_that_were_measured(words, runs):
    assert words("history", "") == ["t1_time", "amplitude"]
    assert words("history", "t1_time", "--experiment", "") == ["t1"]
    assert words("history", "t1_time", "--qubit", "") == ["all", "0", "3"]
    assert words("plan", "run.toml", "--precision", "t1") == ["t1_time="]


def test_what_is_installed_is_completed_by_its_kind(words):
    assert words("show", "") == ["ramp", "toy", "mean", "threads"]
    assert words("analyze", "latest", "--analyzer", "") == ["mean"]
    assert words("analyze", "x.csv", "--as", "") == ["ramp"]
    assert "points=" in words("verify", "ramp", "--set", "po")


def test_a_device_is_one_that_was_listed_before_or_a_snapshot_here(words, tmp_path):
    remember_devices(["qulacs_server", "anemone"])
    remember_devices(["sc"])
    (tmp_path / "snapshot.json").write_text("{}")

    assert words("device", "") == ["anemone", "qulacs_server", "sc", "snapshot.json"]


def test_plugins_are_completed_without_loading_them(words):
    from importlib.metadata import entry_points

    known = sorted(entry.name for entry in entry_points(group="oqtopus_experiments"))
    assert words("--disable", "") == list(dict.fromkeys(known))


def test_commands_and_options_are_completed(words):
    assert words("re") == ["results", "resume"] or words("re") == ["resume", "results"]
    assert "--fail-on" in words("run", "run.toml", "--f")
    assert words("run", "run.toml", "--fail-on", "") == ["bad", "suspect"]


@pytest.mark.parametrize("text", ["[[experiments", "experiments = 3", "backends = 1\nexperiments = [1, 2]", ""])
def test_a_file_that_cannot_be_read_completes_to_less_and_never_to_an_error(words, tmp_path, text):
    (tmp_path / "run.toml").write_text(text)

    assert words("run", "run.toml", "--only", "ba") == ["bad"]
    assert words("run", "run.toml", "--backend", "to") == ["toy"]
    assert words("run", "run.toml", "--set", "sho") == ["shots="]


def test_damaged_runs_and_caches_complete_to_nothing(words, tmp_path, runs):
    for table in tmp_path.glob("runs/*/table.csv"):
        table.write_bytes(b"\xff\xfe\0")
    remember_devices([])
    (tmp_path / "cache" / "oqtopus-experiments" / "devices.json").write_text("[")

    assert words("history", "") == []
    assert words("device", "") == []


@pytest.fixture
def program(tmp_path):
    """A folder with the program ``oqx`` in it, run by this Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    file = folder / "oqx"
    file.write_text(f"#!{sys.executable}\nfrom oqtopus_experiments.cli import program\nprogram()\n")
    file.chmod(0o755)
    return folder


def ask(shell, script, program, tmp_path):
    environment = {
        **os.environ,
        "PATH": f"{program}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    done = subprocess.run(
        [shell, *(("--norc", "--noprofile") if shell == "bash" else ()), "-c", script],
        capture_output=True, text=True, check=True, cwd=tmp_path, env=environment,
    )  # fmt: skip
    assert not done.stderr
    return done.stdout.split()


BASH = """
eval "$(oqx completion bash)"
compopt() { echo "option:$*"; }
for line in "oqx run run.toml --set shot" "oqx results 2026112" "oqx hist" "oqx run run.toml --only l"; do
    COMP_WORDS=($line); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
    _oqx_completion oqx
    echo "${COMPREPLY[@]}"
done
complete -p oqx > /dev/null && echo registered
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_by_the_script_it_is_given(program, tmp_path, runs):
    (tmp_path / "run.toml").write_text(FILE)

    found = ask("bash", BASH, program, tmp_path)

    assert found == [
        "option:-o", "nospace", "shots=", "20261121-100000-day-bbbbbb", "20261120-100000-night-aaaaaa", "history",
        "longer", "registered",
    ]  # fmt: skip


FISH = """
oqx completion fish | source
for line in "oqx hist" "oqx run run.toml --set shot"
    complete --do-complete $line
end
"""
ZSH = """
autoload -Uz compinit && compinit -u
eval "$(oqx completion zsh)"
(( $+functions[_oqx_completion] )) && echo defined
"""


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
def test_fish_completes_by_the_script_it_is_given(program, tmp_path):
    (tmp_path / "run.toml").write_text(FILE)
    assert {"history", "shots="} <= set(ask("fish", FISH, program, tmp_path))


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh")
def test_zsh_takes_the_script_it_is_given(program, tmp_path):
    assert "defined" in ask("zsh", ZSH, program, tmp_path)


@pytest.mark.parametrize(
    ("shell", "variables", "said"),
    [
        ("bash", {"COMP_WORDS": "oqx run run.toml --only l", "COMP_CWORD": "4"}, "plain,longer"),
        ("zsh", {"COMP_WORDS": "oqx run run.toml --only l", "COMP_CWORD": "4"}, "plain\nlonger\n_"),
        ("fish", {"COMP_WORDS": "oqx run run.toml --only", "COMP_CWORD": "l"}, "plain,longer"),
    ],
)
def test_the_program_answers_each_shell_in_its_own_form(program, tmp_path, shell, variables, said):
    (tmp_path / "run.toml").write_text(FILE)
    environment = {**os.environ, VARIABLE: f"{shell}_complete", **variables}

    done = subprocess.run([program / "oqx"], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)

    assert done.stdout.strip().startswith(said.splitlines()[0])
    assert "longer" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("line", ["oqx show ", "oqx run run.toml --set ", "oqx history ", "oqx results "])
def test_a_completion_imports_no_plugin_and_nothing_heavy(tmp_path, line):
    (tmp_path / "run.toml").write_text(FILE)
    code = (
        "import sys\n"
        "from oqtopus_experiments.cli._completion import script_class\n"
        "from oqtopus_experiments.cli import cli\n"
        f"words = {line!r}.split()[1:]\n"
        "script_class('bash')(cli, {}, 'oqx', '_OQX_COMPLETE').get_completions(words, '')\n"
        f"heavy = {(*HEAVY, 'numpy', 'rich', 'oqtopus_experiments.plugins._registry')!r}\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for last in (False, True):  # the first may have to make the index
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
        )
        if last:
            assert done.stdout.strip() == "[]"


def test_the_help_has_every_command_in_one_section_and_no_line_is_cut(oqx):
    from oqtopus_experiments.cli._help import SECTIONS

    named = [name for names in SECTIONS.values() for name in names]
    _, out, _ = oqx("--help")

    assert sorted(named) == sorted(cli.commands)
    assert [title for title in ("Run", "Look", "Hardware", "Plugins", "Other") if f"\n{title}:\n" in out] == [
        "Run", "Look", "Hardware", "Plugins",
    ]  # fmt: skip
    for names in SECTIONS.values():
        for name, text in names.items():
            assert f"  {name.ljust(10)}  {text}\n" in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_command_of_no_section_is_in_one_of_its_own():
    import click

    from oqtopus_experiments.cli._help import Commands

    group = Commands("oqx", commands={"strange": click.Command("strange", help="Do something. Else.")})

    assert "Other:\n  strange  Do something." in group.get_help(click.Context(group))


def test_the_path_of_a_run_elsewhere_is_completed_as_a_folder(words):
    found = script_class("bash")(cli, {}, "oqx", VARIABLE).get_completions(["results"], "../")
    assert [(item.type, item.value) for item in found] == [("dir", "../")]
    assert Path("runs").exists() is False
