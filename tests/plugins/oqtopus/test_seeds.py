"""The code blocks of the users' own documents, as written there, with the emulator as their cloud."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

SEEDS = Path(__file__).parents[2] / "contract" / "seeds"


def _blocks(name):
    return re.findall(r"```python\n(.*?)```", (SEEDS / name).read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def cloud(start, monkeypatch):
    emulator = start()
    monkeypatch.setenv("OQTOPUS_URL", emulator.url)
    monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
    return emulator


def _run(code, scope):
    exec(compile(code, "seed", "exec"), scope)  # noqa: S102  # documents are code to run


def test_every_example_of_the_hardware_page_runs_one_after_the_other(cloud, capsys):
    scope = {}
    blocks = _blocks("oqtopus-backend.md")
    assert len(blocks) == 7
    for block in blocks:
        _run(block, scope)
    output = capsys.readouterr().out
    assert f"Job ID: {scope['job_info']['job_id']}" in output
    assert "Status: succeeded" in output
    assert "Experiment failed" not in output
    # The device makes rx of sx: no number is given for a drive that was not swept.
    assert scope["df"]["verdict"][0] == "suspect"
    assert "not_driven" in scope["df"]["reasons"][0]
    assert math.isnan(scope["df"]["pi_amplitude"][0])
    assert scope["job_info"]["job_id"] in cloud.stats()["jobs"]


def test_the_hardware_lines_of_the_overview_run(cloud, capsys):
    scope = {}
    _run("from oqtopus_experiments.backends import LocalBackend, OqtopusBackend", scope)
    _run("from oqtopus_experiments.experiments import Rabi, T1\nexp = Rabi(amplitude_points=6)", scope)
    for block in _blocks("backends-overview.md"):
        _run(block, scope)
    results = scope["results"]
    assert set(results) == {"ideal", "noisy", "hardware"}
    assert abs(results["ideal"]["pi_amplitude"] - 1) < 0.02
    assert math.isnan(results["hardware"]["pi_amplitude"])
    assert 15_000 < results["hardware"]["t1_time"] < 60_000
    assert "hardware: " in capsys.readouterr().out
