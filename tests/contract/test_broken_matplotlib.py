"""A matplotlib that cannot be loaded takes no number along: they are printed and written, and one sentence says why."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

RUN = """
shots = 100
seed = 1
backend = "noisy"
[[experiments]]
use = "rabi"
amplitude_points = 6
[[experiments]]
use = "t1"
delay_points = 6
"""
PROGRAM = [sys.executable, "-c", "from oqtopus_experiments.cli import program; program()"]


@pytest.fixture(params=["a backend that is not one", "a module that fails", "a library that is missing"])
def broken(request, tmp_path):
    """The environment of a process in which matplotlib is broken, and what must be said of it."""
    # Old libraries warn about things newer ones have mended; that is not what is counted here.
    environment = {**os.environ, "MPLBACKEND": "Agg", "PYTHONWARNINGS": "ignore"}
    if request.param == "a backend that is not one":
        return {**environment, "MPLBACKEND": "nonsense"}, ["MPLBACKEND is set to 'nonsense'", "not a valid value"]
    package = tmp_path / "broken" / "matplotlib"
    package.mkdir(parents=True)
    fault = "raise RuntimeError('built for\\x1b[2J another numpy')" if "fails" in request.param else "import absent"
    (package / "__init__.py").write_text(fault)
    said = ["built for\\x1b[2J another numpy"] if "fails" in request.param else ["No module named 'absent'"]
    return {**environment, "PYTHONPATH": os.pathsep.join([str(package.parent), *sys.path])}, said


def test_numbers_are_there_and_figures_are_named_as_missing(broken, tmp_path):
    environment, said = broken
    (tmp_path / "run.toml").write_text(RUN)

    def oqx(*words):
        return subprocess.run(
            [*PROGRAM, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    run = oqx("run", "run.toml")
    (folder,) = (tmp_path / "runs").iterdir()
    assert run.returncode == 0, run.stderr
    assert "pi_amplitude" in run.stdout
    assert (folder / "table.csv").read_text().count(",t1_time,") == 1
    assert "No figure" in (folder / "report.html").read_text()
    assert not list(folder.rglob("*.png"))
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith("no figures: matplotlib cannot be loaded")
    assert all(words in run.stderr for words in said)

    for words in (("analyze", "latest"), ("history", "t1_time", "--qubit", "0", "--plot", "t1.png")):
        done = oqx(*words)
        assert done.returncode == 0, done.stderr
        assert "t1_time" in done.stdout
        assert done.stderr.count("matplotlib cannot be loaded") == 1
        assert "Traceback" not in done.stderr
