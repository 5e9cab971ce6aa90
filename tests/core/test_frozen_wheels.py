"""What was written against the first contract runs: wheels that were built once, with the core of today and later."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

FROZEN = Path(__file__).with_name("frozen")
WHEELS = sorted(FROZEN.glob("wheels/*.whl"))
PLUGINS = ("frozen-mean", "frozen-queue", "frozen-ramp", "frozen-teller")


def driven(installed, folder, core):
    """Return what was found and measured in a process of its own, and what the listener wrote."""
    teller = folder / "told.jsonl"
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "FROZEN_TELLER": str(teller)}
    command = [sys.executable, str(FROZEN / "drive.py"), str(installed), core]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    # Without matplotlib it says that there are no figures.
    assert "frozen" not in done.stderr, "a plugin was skipped, or a listener failed"
    return json.loads(done.stdout), [json.loads(line) for line in teller.read_text().splitlines()]


@pytest.mark.parametrize("core", ["today", "gained"])
def test_a_plugin_of_the_first_contract_runs_also_when_every_hook_is_told_more(frozen_wheels, tmp_path, core):
    found, told = driven(frozen_wheels, tmp_path, core)

    for name in PLUGINS:
        assert found["plugins"][name] == ["loaded", ">=1.0,<2.0"]
    # 200 shots at 0.1 + 0.8 * (0, 1/3, 2/3, 1), and 0 to 2 counts more by the number of the circuit.
    assert found["quantities"]["mean_up"][0] == pytest.approx(0.5, abs=0.01)
    assert found["quantities"]["mean_up"][1] == pytest.approx(0.0136, abs=0.001)
    assert found["verdict"] == "good"
    assert found["references"] == ["ground", "excited"]
    assert [line.get("experiment") for line in told] == ["frozen-ramp", None]
    assert told[0]["quantities"] == ["mean_up", "mean_down"]
    assert told[1] == {
        "run": "frozen", "experiments": ["frozen-ramp"], "backend": told[1]["backend"], "folder": told[1]["folder"],
        "complete": True,
    }  # fmt: skip
    assert found["weather"] == (["fair"] if core == "gained" else [])


def test_a_wheel_holds_what_its_source_beside_it_says():
    for wheel in WHEELS:
        name = wheel.name.partition("-")[0]
        with zipfile.ZipFile(wheel) as content:
            written = content.read(f"{name}.py").decode()
            points = content.read(f"{name}-1.0.dist-info/entry_points.txt").decode()
        assert written == (FROZEN / "sources" / name.removeprefix("frozen_") / f"{name}.py").read_text()
        assert "[oqtopus_experiments.contract]\nat_least = v1_0" in points
    assert len(WHEELS) == 4
