"""What a run imports: what its file names, and what that needs."""

from __future__ import annotations

import os
import subprocess
import sys

RUN_FILE = 'backend = "qulacs"\n[[experiments]]\nuse = "rabi"\nphysical_qubit = 0\n'
PROBE = """
import atexit, sys
from oqtopus_experiments.cli import program
ours = lambda: sorted(one for one in sys.modules if one.startswith("oqtopus_experiments_") and "." not in one)
atexit.register(lambda: print(*ours()))
sys.argv = ["oqx", "run", "run.toml"]
program()
"""


def test_a_run_imports_no_plugin_that_it_does_not_need(tmp_path):
    (tmp_path / "run.toml").write_text(RUN_FILE)
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    # Once to learn which plugin has what, which is kept.
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", PROBE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )

    needed = {"oqtopus_experiments_qulacs", "oqtopus_experiments_rabi", "oqtopus_experiments_curvefit"}
    assert set(done.stdout.splitlines()[-1].split()) == needed
