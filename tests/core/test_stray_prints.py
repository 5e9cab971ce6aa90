"""Whatever a plugin prints, and wherever: what a program reads of ``oqx`` is its result and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = """
import sys
sys.path.insert(0, {folder!r})
print("stray: import")
import attrs
import numpy as np
import fakes
from oqtopus_experiments import DeviceSummary, hookimpl

@attrs.frozen(kw_only=True)
class Wordy(fakes.Ramp):
    name = "wordy"
    analyzer = "wordy-mean"

    def circuit(self, position):
        print("stray: circuit")
        return fakes.ToyCircuit(position)

@attrs.frozen(kw_only=True)
class WordyToy(fakes.Toy):
    name = "wordy-toy"

    def devices(self):
        print("stray: devices")
        return [DeviceSummary(name="one", kind="a toy", status="available")]

    def device_info(self, name=None):
        raise NotImplementedError

    def submit(self, batch):
        sys.stdout.write("stray: submit\\n")
        return super().submit(batch)

@attrs.frozen(kw_only=True)
class WordyMean(fakes.Mean):
    name = "wordy-mean"

    def analyze(self, experiment, dataset):
        import click
        click.echo("stray: analyze")
        return super().analyze(experiment, dataset)

@hookimpl
def register_experiments():
    print("stray: register")
    return [Wordy]

@hookimpl
def register_backends():
    return [WordyToy]

@hookimpl
def register_analyzers():
    return [WordyMean]

@hookimpl
def run_finished():
    print("stray: run_finished")
"""
PROGRAM = """
import sys
from importlib.metadata import EntryPoint
from oqtopus_experiments.plugins import _registry as plugins
plugins._current = plugins.PluginRegistry(found=[EntryPoint("wordy", "wordy", "oqtopus_experiments")])
sys.argv = ["oqx", *sys.argv[1:]]
from oqtopus_experiments.cli import program
program()
"""
RUN = """
backend = "wordy-toy"
seed = 1
[[experiments]]
use = "wordy"
points = 3
"""


@pytest.fixture
def oqx(tmp_path):
    """Return a function that runs the command line with a wordy plugin, in a process of its own."""
    (tmp_path / "wordy.py").write_text(PLUGIN.format(folder=str(Path(__file__).parent)))
    (tmp_path / "program.py").write_text(PROGRAM)
    (tmp_path / "run.toml").write_text(RUN)

    def call(*words, **environment):
        return subprocess.run(
            [sys.executable, "program.py", *words],
            cwd=tmp_path,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return call


@pytest.mark.parametrize(
    ("words", "strays"),
    [(["plugins", "--json"], {"import", "register"}), (["devices", "--json"], {"import", "register", "devices"})],
)
def test_json_is_json_whatever_plugins_print(oqx, words, strays):
    done = oqx(*words)

    assert json.loads(done.stdout)
    assert done.stderr.splitlines() == [f"stray: {word}" for word in done_in_order(strays)]
    assert done.returncode == 0


def done_in_order(strays):
    return [word for word in ("import", "register", "devices") if word in strays]


def test_what_is_printed_during_a_run_is_apart_from_its_result(oqx):
    done = oqx("run", "run.toml")
    folder = done.stdout.split("run folder: ")[1].split()[0]
    analyzed = oqx("analyze", folder)
    jobs = oqx("jobs", folder, "--json")

    assert done.returncode == 0, done.stderr
    assert "stray" not in done.stdout
    assert {line for line in done.stderr.splitlines() if "stray" in line} == {
        f"stray: {word}" for word in ("import", "register", "circuit", "submit", "analyze", "run_finished")
    }
    assert "run folder" in analyzed.stdout
    assert "stray" not in analyzed.stdout
    assert "stray: analyze" in analyzed.stderr
    assert [row["experiment"] for row in json.loads(jobs.stdout)] == ["wordy"]


def test_a_shell_is_offered_names_and_nothing_else(oqx):
    done = oqx(_OQX_COMPLETE="bash_complete", COMP_WORDS="oqx show wor", COMP_CWORD="2")

    assert done.stdout.split() == ["plain,wordy", "plain,wordy-toy", "plain,wordy-mean"]


def test_help_is_a_result(oqx):
    assert "Usage" in oqx("--help").stdout
    assert "Usage" in oqx("run", "--help").stdout
    assert oqx("--version").stdout.startswith("oqx")
