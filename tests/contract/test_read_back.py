"""What a run wrote is what is read: the same numbers bit for bit, elsewhere, without the backend, after a kill."""

from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oqtopus_experiments import Counts, Dataset, ExperimentResult, load_run
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import T1, Rabi
from oqtopus_experiments.reporting._compare import compare
from oqtopus_experiments.storage._summary import Summary, read_summary

FILE = """
name = "both"
shots = 300
seed = 11
backend = "noisy"

[[experiments]]
use = "rabi"
physical_qubits = [0, 3]
amplitude_points = 15

[[experiments]]
use = "t1"
name = "T1 of <all>"
physical_qubits = [4, 1]
delay_points = 12
"""


def oqx(*words, **options):
    program = [sys.executable, "-c", "from oqtopus_experiments.cli import main; main()", *map(str, words)]
    return subprocess.run(program, capture_output=True, text=True, check=False, timeout=300, **options)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    (folder / "both.toml").write_text(FILE)
    done = oqx("run", folder / "both.toml", "--runs", folder / "runs")
    assert done.returncode == 0, done.stderr
    return next((folder / "runs").iterdir())


def content(folder):
    # Hidden files are locks of the process that wrote the folder, not content.
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_a_copy_is_analyzed_bit_for_bit_alike_without_any_backend(run, tmp_path):
    """Every file, figures and report included: the copy is stripped to configuration, journals and seal first."""
    copy = shutil.copytree(run, tmp_path / "copy")
    for path in copy.rglob("*"):
        if path.is_file() and path.name not in ("run.json", "journal.jsonl", "SHA256SUMS"):
            path.unlink()

    done = oqx("--disable", "aer", "--disable", "qulacs", "analyze", copy)

    assert done.returncode == 0, done.stderr
    assert content(copy) == content(run)


def test_the_folder_says_where_its_numbers_come_from(run):
    loaded = load_run(run)

    assert loaded.config["backend"]["options"]["t1"] == 25_000.0
    assert loaded.config["experiments"][1]["parameters"]["max_delay"] == 100_000.0
    assert set(loaded.provenance["plugins"]) == {
        "oqtopus-experiments-aer", "oqtopus-experiments-curvefit", "oqtopus-experiments-rabi", "oqtopus-experiments-t1",
    }  # fmt: skip
    assert {"python", "platform", "created", "versions", "seed"} <= set(loaded.provenance)
    assert loaded.results["rabi"].job_metadata["status"] == "succeeded"


def test_standard_errors_and_covariance_are_in_the_folder(run):
    analysis = read_summary(run).analyses["rabi"][1]

    names = [quantity.name for quantity in analysis.quantities]
    assert names[0] == "pi_amplitude"
    errors = [quantity.stderr for quantity in analysis.quantities]
    np.testing.assert_allclose(np.sqrt(np.diag(analysis.covariance)), errors)


@pytest.mark.parametrize(
    "experiment",
    [Rabi(physical_qubits=[2, 0], amplitude_points=15), T1(delay_points=12, max_delay=1000.0), T1(delay_points=5)],
    ids=["rabi", "window too short", "few points"],
)
def test_a_run_from_python_gives_the_same_table_after_reload(experiment, tmp_path):
    result = experiment.run(LocalBackend(device="noisy", seed=5), shots=200, name="a name", runs=tmp_path)

    loaded = load_run(next(tmp_path.iterdir())).results["a name"]

    pd.testing.assert_frame_equal(loaded.analyze(), result.analyze(), check_exact=True)
    pd.testing.assert_frame_equal(loaded.dataset.to_frame(), result.dataset.to_frame(), check_exact=True)
    assert loaded.job_metadata == result.job_metadata


@pytest.mark.parametrize("kind", ["RandomX", "Bell"])
def test_what_strangers_write_is_read_back_too(strangers, kind, tmp_path):
    """Two axes with random circuits; pairs of qubits with labels for an axis."""
    experiment = getattr(strangers, kind)()
    result = experiment.run(LocalBackend(device="noisy", seed=5), shots=100, runs=tmp_path)

    loaded = load_run(next(tmp_path.iterdir())).results[experiment.name]

    pd.testing.assert_frame_equal(loaded.analyze(), result.analyze(), check_exact=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills a process")
@pytest.mark.parametrize("moment", ["run.json", "rabi/journal.jsonl", "rabi/analysis.json"])
def test_a_run_killed_when_a_file_appears_loads_and_can_be_analyzed(moment, tmp_path):
    (tmp_path / "both.toml").write_text(FILE)
    program = "from oqtopus_experiments.cli import main; main()"
    words = [sys.executable, "-c", program, "run", tmp_path / "both.toml", "--runs", tmp_path / "runs"]
    process = subprocess.Popen(
        words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    limit = time.monotonic() + 120
    # Folders that begin with a dot are still being made.
    while not list(tmp_path.glob(f"runs/[!.]*/{moment}")) and process.poll() is None and time.monotonic() < limit:
        time.sleep(0.0005)
    process.kill()
    process.wait()

    folder = next(path for path in (tmp_path / "runs").iterdir() if not path.name.startswith("."))
    loaded = load_run(folder)

    assert set(loaded.results) == {"rabi", "T1 of <all>"}
    for result in loaded.results.values():
        assert all(isinstance(counts, Counts) and counts.shots == 300 for counts in result.counts.values())
        assert len(result.analyses()) == 2
    read_summary(folder)


def summary_of(analysis):
    return Summary(Path("run"), "run", "", "noisy", (), {"t1": (analysis,)})


def t1_analyses(lifetimes, shots=1000, seed=20261120):
    """Return analyses of seeded synthetic decays, as many as lifetimes (ns)."""
    experiment = T1(delay_points=21, max_delay=75_000.0, physical_qubits=range(len(lifetimes)))
    rng = np.random.default_rng(seed)
    counts = {}
    for index, delay in enumerate(experiment.sweep().axes[0].values):
        p1 = 0.02 + 0.95 * np.exp(-delay / lifetimes)
        counts[index] = Counts.from_shots(rng.random((shots, len(lifetimes))) < p1)
    return ExperimentResult(experiment, Dataset.from_counts(experiment, counts), counts, {}).analyses()


def test_of_300_pairs_of_equal_runs_under_one_percent_are_flagged():
    analyses = t1_analyses(np.full(600, 25_000.0))

    flagged = 0
    for one, other in zip(analyses[:300], analyses[300:], strict=True):
        same = type(other)(one.target, other.quantities, other.verdict)
        flagged += any(d.flagged for d in compare([summary_of(one), summary_of(same)]))

    assert flagged <= 2


def test_lifetimes_seven_sigma_apart_are_flagged():
    """
    Seven, not five, because the difference measured scatters by one sigma around the true one.

    Where points happen to lean, the systematic stands in the difference too: at least half of the pairs have none.
    """
    error = t1_analyses(np.array([25_000.0]))[0].quantities[0].stderr
    lifetimes = np.repeat([25_000.0, 25_000.0 + 7 * math.sqrt(2) * error], 20)
    analyses = t1_analyses(lifetimes)
    plain = 0

    for one, other in zip(analyses[:20], analyses[20:], strict=True):
        same = type(other)(one.target, other.quantities, other.verdict)
        found = {d.name: d for d in compare([summary_of(one), summary_of(same)])}
        leans = one["t1_time"].has_systematic or other["t1_time"].has_systematic
        assert leans or found["t1_time"].flagged
        plain += not leans
    assert plain >= 10
