"""A process killed at any moment leaves a folder that loads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oqtopus_experiments import Counts, load_run
from oqtopus_experiments.storage._summary import read_summary

CHILDREN = 80


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked children")
def test_a_process_killed_at_any_moment_leaves_a_folder_that_loads(tmp_path):
    """80 processes, killed with SIGKILL at moments spread over the writing of a run."""
    script = Path(__file__).with_name("killed_writer.py")
    # One thread only, so that forking is safe.
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ended = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(CHILDREN)],
        env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert int(ended.stdout) > CHILDREN / 4  # they really died in the middle

    stages = set()
    folders = [path for path in tmp_path.iterdir() if not path.name.startswith(".")]
    for folder in folders:
        result = load_run(folder).results["decay"]
        summary = read_summary(folder)

        assert list(result.counts) == list(range(len(result.counts)))
        assert all(isinstance(c, Counts) and c.shots == 200 for c in result.counts.values())
        assert summary.analyses == {} or len(summary.analyses["decay"]) == 4
        result.analyses()
        stages.add((len(result.counts) > 0, len(result.counts) == 12, bool(summary.analyses)))
    # Some died before the first count, some among the counts, some in the analysis or after it.
    assert len(stages) >= 3
