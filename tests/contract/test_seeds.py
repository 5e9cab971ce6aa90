"""The code blocks of the users' own documents that need no cloud, as written there."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

SEED = Path(__file__).with_name("seeds") / "backends-overview.md"


def blocks():
    return re.findall(r"```python\n(.*?)```", SEED.read_text(encoding="utf-8"), re.DOTALL)


def block_with(text):
    (found,) = [block for block in blocks() if text in block]
    return found


@pytest.fixture
def names():
    scope = {}
    exec("from oqtopus_experiments.backends import LocalBackend", scope)  # noqa: S102  # documents are code to run
    exec("from oqtopus_experiments.experiments import Rabi, T1", scope)  # noqa: S102
    return scope


def run(code, scope):
    exec(compile(code, str(SEED), "exec"), scope)  # noqa: S102  # as above


def test_the_overview_still_has_the_blocks_tested_here():
    assert len(blocks()) == 5
    assert blocks()[2].strip() == 'backend = LocalBackend(device="noisy")'


def test_the_noisy_backend_is_made_as_the_overview_says(names):
    run(blocks()[2], names)

    assert names["backend"].name == "noisy"


def test_backend_agnostic_code_runs_on_both_simulators(names, capsys):
    code = block_with("def run_characterization")
    # The hardware line needs the cloud; everything else is left as it stands.
    local = code.replace("    'hardware': OqtopusBackend(),\n", "")
    assert local != code

    run(local, names)

    results = names["results"]
    assert abs(results["ideal"]["pi_amplitude"] - 1) < 0.02
    assert abs(results["noisy"]["pi_amplitude"] - 1) < 0.03
    assert pd.isna(results["ideal"]["t1_time"])
    assert 18_000 < results["noisy"]["t1_time"] < 35_000
    assert "ideal:" in capsys.readouterr().out


def test_the_local_half_of_parallel_execution_runs(names):
    local = block_with("# Sequential execution for local backends").split("# Sequential")[1]
    run("exp = Rabi(physical_qubit=0, amplitude_points=20, max_amplitude=2.0)\n#" + local, names)

    result = names["result"]
    assert result.job_metadata["job_id"]
    assert result.job_metadata["status"] == "succeeded"
    assert len(result.dataset.to_frame()) == 20
