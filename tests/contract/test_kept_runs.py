"""Run folders of our own plugins, of every version there was, are read by this one and say what they said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from oqtopus_experiments import __version__, load_run
from oqtopus_experiments.cli._commands import cli

KEPT = Path(__file__).with_name("kept_runs")
FOLDERS = sorted(path.parent for path in KEPT.glob("*/*/run.json"))


def quantities(folder):
    """Return value and standard error of every quantity that is written in a run folder, and the verdicts."""
    numbers, verdicts = {}, {}
    for path in folder.glob("*/analysis.json"):
        for one in json.loads(path.read_text())["analyses"]:
            key = path.parent.name, tuple(one["target"])
            numbers |= {(*key, told["name"]): (told["value"], told["stderr"]) for told in one["quantities"]}
            verdicts[key] = [(reason["code"], reason["level"]) for reason in one["verdict"]["reasons"]]
    return numbers, verdicts


def test_this_version_has_kept_its_runs():
    assert __version__ in {folder.parent.name for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: f"{path.parent.name} {path.name}")
def test_a_kept_run_of_our_plugins_is_read_and_analyzed_to_the_numbers_it_had(folder, tmp_path):
    copy = Path(shutil.copytree(folder, tmp_path / "runs" / folder.name))
    numbers, verdicts = quantities(folder)
    assert {name for *_, name in numbers} >= {"t1_time", "pi_amplitude"}

    loaded = load_run(copy)
    assert not cli.main(["analyze", str(copy)], standalone_mode=False)

    again, judged = quantities(copy)
    assert loaded.results.keys() == {label for label, *_ in numbers}
    assert judged == verdicts
    for key, (value, stderr) in numbers.items():
        # Versions of the libraries below end a fit at other last digits.
        assert again[key] == pytest.approx((value, stderr), abs=0.01 * stderr), key
