"""How long a run may take: as the newest one on the same device did, and not known where there is none."""

from __future__ import annotations

import json

import pytest

from oqtopus_experiments.execution._pace import pace
from oqtopus_experiments.runfile._config import ConfiguredExperiment, RunConfig

BEGAN = 1_763_632_800.0
"""2025-11-20T10:00:00+00:00."""


class Gone:
    """The backend of the runs written here."""

    name = "gone"

    def __init__(self, **options):
        self.options = options

    def identity(self):
        return self.options


@pytest.fixture
def asked(decay, tmp_path):
    def make(**options):
        entry = ConfiguredExperiment("decay", decay(), 100, None)
        return RunConfig("x", tmp_path / "runs", None, Gone(**options), (entry,))

    return make


@pytest.fixture
def write(write_run, decay):
    """Return a function that writes a run that ended so many seconds after it began; None for one that did not."""

    def call(seconds, created="2025-11-20T10:00:00+00:00"):
        folder = write_run({"decay": decay()}, created=created)
        file = folder.path / "decay" / "journal.jsonl"
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        for line in lines:
            line.pop("crc", None)
            if "done" in line:
                line["ended"] = BEGAN + (seconds or 0)
        kept = lines if seconds else [line for line in lines if "done" not in line]
        file.write_text("".join(json.dumps(line) + "\n" for line in kept))
        return folder.path

    return call


def test_a_plan_goes_by_the_shots_of_the_run_before(write, asked):
    path = write(50.0)

    found = pace(asked(t1=1.0))

    assert (found.run, found.shots, found.seconds) == (path, 1000, 50.0)
    assert found.seconds_for(4000) == pytest.approx(200.0)


def test_another_device_an_unfinished_run_and_a_damaged_one_tell_nothing(write, asked):
    (write(50.0) / "run.json").write_text("{")
    write(None)
    assert pace(asked(t1=1.0)) is None

    write(50.0)
    assert pace(asked(t1=2.0)) is None
    assert pace(asked(t1=1.0)) is not None


def test_without_a_folder_of_runs_nothing_is_known(asked):
    assert pace(asked()) is None
