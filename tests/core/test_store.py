from __future__ import annotations

import json

import numpy as np
import pytest

from oqtopus_experiments import Counts, Failure, Outcome, StoreError
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._manifest import RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.support._atomic_writing import write_json


def section(tmp_path):
    return RunFolder.create(tmp_path, RunManifest("test")).journal("rabi")


def test_outcomes_are_read_back_as_they_were(tmp_path):
    part = section(tmp_path)
    wide = Counts.from_shots(np.random.default_rng(1).random((50, 100)) < 0.5)

    with part.writing():
        part.append({"job_id": "j1"})
        part.record([Outcome(0, Counts.from_dict({"01": 3, "10": 4}, 2)), Outcome(1, Failure("lost", "j1"))])
        part.record([Outcome(2, wide)])

    again = ExperimentJournal(part.path)
    assert again.records == ({"job_id": "j1"},)
    assert again.results() == {0: {"01": 3, "10": 4}, 1: Failure("lost", "j1"), 2: wide}


def test_a_line_cut_short_by_a_crash_is_forgotten_and_the_journal_goes_on(tmp_path):
    part = section(tmp_path)
    with part.writing():
        part.append({"job_id": "j1"})
    with (part.path / "journal.jsonl").open("a") as file:
        file.write('{"index":0,"wid')

    with ExperimentJournal(part.path).writing() as again:
        again.append({"job_id": "j2"})

    assert ExperimentJournal(part.path).records == ({"job_id": "j1"}, {"job_id": "j2"})


@pytest.mark.parametrize(
    "line", ["{", "[]", "null", '{"index":0,"width":1,"counts":{"2":5}}', '{"index":"x","counts":1}']
)
def test_damage_in_a_journal_names_the_file_and_the_line(tmp_path, line):
    part = section(tmp_path)
    part.path.mkdir()
    (part.path / "journal.jsonl").write_text(line + "\n")

    (damage,) = ExperimentJournal(part.path).damage

    assert "journal.jsonl:1" in str(damage)


def test_a_json_file_holds_null_for_numbers_that_are_not_known(tmp_path):
    write_json(tmp_path / "x.json", {"a": float("nan"), "b": [1.5, float("inf")]})

    assert json.loads((tmp_path / "x.json").read_text()) == {"a": None, "b": [1.5, None]}


def test_two_runs_of_one_name_get_folders_of_their_own(tmp_path):
    first, second = (RunFolder.create(tmp_path, RunManifest("same/../name")) for _ in range(2))

    assert first.path != second.path
    assert first.path.parent == second.path.parent == tmp_path


def test_a_folder_that_cannot_be_written_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot write the run folder"):
        RunFolder.create(tmp_path / "file", RunManifest("x"))
