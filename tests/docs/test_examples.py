"""Every example of a distribution runs as it stands, and what it finds can be believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from oqtopus_experiments import run

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
# The command line runs the first, test_full_characterization.py the second.
ELSEWHERE = ("characterize", "full-characterization")
OF_DISTRIBUTIONS = [path for path in sorted(EXAMPLES.glob("*.toml")) if path.stem not in ELSEWHERE]


@pytest.mark.parametrize("example", OF_DISTRIBUTIONS, ids=lambda path: path.stem)
def test_an_example_runs_as_it_stands_and_nothing_in_it_is_bad(example, tmp_path):
    done = run(example, runs=tmp_path)

    assert done.complete
    assert not done.failed
    for experiment in done.experiments:
        for analysis in experiment.analyses:
            assert analysis.verdict.level != "bad", f"{experiment.label}: {analysis.verdict.why}"
