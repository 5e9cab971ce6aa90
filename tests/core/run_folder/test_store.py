"""Promises of the run folder: labels stay inside, versions are checked, files are whole or not there."""

import json

import pytest

from oqtopus_experiments import StoreError
from oqtopus_experiments.storage._manifest import FORMAT, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder, folder_name
from oqtopus_experiments.support._atomic_writing import write_bytes

LABELS = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "run.json",
    "report.html",
    "table.csv",
    "x" * 300,
    "T1",
    "__import__('os').system('true')",
    "${HOME}",
    "寿命",
    "nul\0byte",
]


@pytest.mark.parametrize("label", LABELS)
def test_no_label_leaves_the_run_folder_or_takes_the_place_of_a_file(tmp_path, label):
    folder = RunFolder.create(tmp_path, RunManifest("run"))

    with folder.writing(label) as section:
        pass

    assert section.path.parent == folder.path
    assert section.path.is_dir()
    assert section.path.resolve().parent == folder.path.resolve()


def test_different_labels_never_share_a_folder_even_where_case_does_not_count():
    labels = [*LABELS, "t1", "a b", "a-b", "A-b", "a.b", "t1-2"]

    assert len({folder_name(label).casefold() for label in labels}) == len(labels)


def test_a_plain_label_names_its_folder():
    assert folder_name("t1-2") == "t1-2"


@pytest.mark.parametrize("name", ["../../up", "/abs", "a/b", "", "."])
def test_no_run_name_leaves_the_folder_of_runs(tmp_path, name):
    assert RunFolder.create(tmp_path / "runs", RunManifest(name)).path.parent == tmp_path / "runs"


@pytest.mark.parametrize(
    ("found", "advice"),
    [(FORMAT + 1, "update"), (FORMAT - 1, "older"), (0, "damaged"), (str(FORMAT), "damaged"), (None, "damaged"),
     (True, "damaged"), (float(FORMAT), "damaged"), ([FORMAT], "damaged")],
)  # fmt: skip
def test_another_format_is_refused_with_what_to_do(tmp_path, found, advice):
    folder = RunFolder.create(tmp_path, RunManifest("run"))
    content = json.loads((folder.path / "run.json").read_text())
    (folder.path / "run.json").write_text(json.dumps({**content, "format": found}))

    with pytest.raises(StoreError, match=advice):
        RunFolder.open(folder.path)


def test_what_a_newer_minor_version_added_is_ignored(tmp_path):
    folder = RunFolder.create(tmp_path, RunManifest("run"))
    content = json.loads((folder.path / "run.json").read_text())
    (folder.path / "run.json").write_text(json.dumps({**content, "weather": {"rain": True}}))

    assert RunFolder.open(folder.path).manifest().name == "run"


def test_nothing_is_written_through_a_link_out_of_the_folder(tmp_path):
    folder = RunFolder.create(tmp_path / "runs", RunManifest("run"))
    (tmp_path / "elsewhere").mkdir()
    (folder.path / "t1").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StoreError, match="link"), folder.writing("t1"):
        pass


def test_a_folder_that_is_no_run_says_so(tmp_path):
    with pytest.raises(StoreError, match="not a run folder"):
        RunFolder.open(tmp_path)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    file = tmp_path / "table.csv"
    write_bytes(file, b"old")
    (tmp_path / "blocked").mkdir()

    with pytest.raises(StoreError, match="cannot write"):
        write_bytes(tmp_path / "blocked", b"new")

    assert file.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blocked", "table.csv"]


def test_a_file_is_never_seen_half_written(tmp_path, monkeypatch):
    import os

    file = tmp_path / "table.csv"
    write_bytes(file, b"old")
    seen = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (seen.append(file.read_bytes()), real(handle)))

    write_bytes(file, b"new")

    assert seen == [b"old"]
    assert file.read_bytes() == b"new"
