"""run.json is one class: what it writes it reads, and what is missing is named."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from oqtopus_experiments import StoreError
from oqtopus_experiments.storage._manifest import FORMAT, RecordedExperiment, RunManifest
from oqtopus_experiments.storage._parent import ParentFolder
from oqtopus_experiments.storage._run_folder import RunFolder

ENTRY = RecordedExperiment("t1", "t1", 100, {"max_delay": 5.0}, {"use": "mean", "options": {"offset": 0.5}})
MANIFEST = RunManifest("tuesday", {"use": "toy", "options": {"seed": 1}}, (ENTRY,), {"created": "2026-11-20"}, 7)
DAMAGES = [
    (("name",), None, "name is missing"),
    (("config",), None, "config is missing"),
    (("provenance",), None, "provenance is missing"),
    (("config", "backend", "use"), None, r"config\.backend\.use is missing"),
    (("config", "backend", "options"), [], r"config\.backend\.options"),
    (("config", "experiments"), None, r"config\.experiments is missing"),
    (("config", "experiments"), {}, r"config\.experiments is missing or not a list"),
    (("config", "experiments", 0, "label"), None, r"config\.experiments\.0\.label is missing"),
    (("config", "experiments", 0, "use"), None, r"config\.experiments\.0\.use is missing"),
    (("config", "experiments", 0, "shots"), True, r"config\.experiments\.0\.shots is missing or not an integer"),
    (("config", "experiments", 0, "parameters"), None, r"config\.experiments\.0\.parameters is missing"),
    (("config", "experiments", 0, "analyzer", "use"), None, r"config\.experiments\.0\.analyzer\.use is missing"),
    (("config", "seed"), "x", r"config\.seed is not an integer"),
]


def test_what_is_written_is_read_again(tmp_path):
    folder = RunFolder.create(tmp_path, MANIFEST)

    read = RunFolder.open(folder.path).manifest()

    assert read.to_json() == MANIFEST.to_json()
    assert (read.name, read.seed, read.backend_name, read.created) == ("tuesday", 7, "toy", "2026-11-20")


@pytest.mark.parametrize(("path", "value", "message"), DAMAGES, ids=lambda part: str(part)[:40])
def test_damage_says_which_key_of_which_experiment_is_missing(tmp_path, path, value, message):
    folder = RunFolder.create(tmp_path, MANIFEST)
    content = deepcopy(MANIFEST.to_json())
    place = content
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    (folder.path / "run.json").write_text(json.dumps(content))

    with pytest.raises(StoreError, match=f"run\\.json is damaged: {message}"):
        RunFolder.open(folder.path)


def test_two_experiments_of_one_label_are_refused(tmp_path):
    folder = RunFolder.create(tmp_path, RunManifest("x", {}, (ENTRY, ENTRY)))

    with pytest.raises(StoreError, match="two experiments have one label"):
        RunFolder.open(folder.path)


@pytest.mark.parametrize("name", ["kind", '"kind": ', "a kind"])
def test_a_run_may_be_called_like_what_tells_several_runs(tmp_path, name):
    folder = RunFolder.create(tmp_path, RunManifest(name, {}, ()))

    assert ParentFolder.open(folder.path) is None
    assert RunFolder.open(folder.path).manifest().name == name


@pytest.mark.parametrize("members", [0, -1, 10**9, "many", None])
def test_several_runs_of_no_number_that_can_be_are_refused(tmp_path, members):
    made = {"name": "x", "backend": {}, "experiments": []}
    config = {"members": members, "run": made, "started": 0.0, "repeat": 1.0}
    content = {"format": FORMAT, "kind": "watch", "name": "x", "config": config, "provenance": {}}
    (tmp_path / "run.json").write_text(json.dumps(content, indent=1))

    with pytest.raises(StoreError, match=r"run\.json is damaged: of several runs"):
        ParentFolder.open(tmp_path)
