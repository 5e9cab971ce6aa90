"""What a plugin must not cost those who do not use it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("requests", "tenacity", "qiskit", "scipy", "pandas", "matplotlib", "qulacs", "qiskit_aer")


@pytest.mark.parametrize("code", [
    "import oqtopus_experiments_oqtopus",
    "from oqtopus_experiments.backends import OqtopusBackend; repr(OqtopusBackend('anemone'))",
    "from oqtopus_experiments.cli import cli; cli(['--help'], standalone_mode=False)",
    "from oqtopus_experiments.cli import cli; cli(['list'], standalone_mode=False)",
])  # fmt: skip
def test_no_heavy_library_is_loaded_before_it_is_needed(code):
    check = f"{code}\nimport sys\nprint('loaded:', [name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: []"
