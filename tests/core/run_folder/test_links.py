"""Promises about a stranger's folder: no file of it is read or written through a link, and nothing waits on a pipe."""

import os
import shutil

import pytest

from oqtopus_experiments import Outcome, StoreError, load_run
from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.storage._summary import read_summary

SECRET = b"a private key\n"
FILES = ("run.json", "decay/journal.jsonl", "decay/analysis.json")
FIGURES = ("figure.svg", "figure.png", "overview.svg", "overview.png")
WRITTEN = (
    "report.html",
    "table.csv",
    "decay/analysis.json",
    "decay/curves.json",
    "decay/table.csv",
    "decay/points.csv",
)


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_bytes(SECRET)
    return file


def in_place_of(file, target):
    content = file.read_bytes()
    file.unlink()
    file.symlink_to(target)
    return content


@pytest.mark.parametrize("name", FILES)
def test_a_linked_file_is_refused_by_every_reader_and_what_it_leads_to_stays(
    name, write_analyzed, decay, oqx, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    folder = write_analyzed({"decay": decay()}).path
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(in_place_of(folder / name, elsewhere))
    before = elsewhere.read_bytes()

    with pytest.raises(StoreError, match="is a link"):
        (read_summary if name == "decay/analysis.json" else load_run)(folder)
    for command in ("analyze", "export"):
        code, _, errors = oqx(command, folder)
        assert "Traceback" not in errors
        assert code == 1 or name == "decay/analysis.json"

    assert elsewhere.read_bytes() == before


def test_a_journal_that_is_a_link_is_not_cut_and_not_appended_to(write_run, decay, secret):
    folder = write_run({"decay": decay()})
    in_place_of(folder.path / "decay" / "journal.jsonl", secret)

    with pytest.raises(StoreError, match="is a link"), folder.writing("decay"):
        pass

    assert secret.read_bytes() == SECRET


def test_a_section_that_is_a_link_is_neither_read_nor_written(write_run, decay, tmp_path):
    folder = write_run({"decay": decay()})
    elsewhere = tmp_path / "elsewhere"
    shutil.move(folder.path / "decay", elsewhere)
    (folder.path / "decay").symlink_to(elsewhere)
    before = sorted(path.name for path in elsewhere.iterdir())

    with pytest.raises(StoreError, match="is a link"):
        load_run(folder.path)
    with pytest.raises(StoreError, match="is a link"), folder.writing("decay"):
        pass
    with pytest.raises(StoreError, match="is a link"):
        folder.directory("decay").write("table.csv", b"")

    assert sorted(path.name for path in elsewhere.iterdir()) == before


@pytest.mark.parametrize("name", FIGURES)
def test_a_linked_figure_is_not_taken_into_the_report(name, write_analyzed, decay, secret, caplog):
    from oqtopus_experiments.execution._outputs import finish_run

    folder = write_analyzed({"decay": decay()})
    for figure in FIGURES:
        (folder.path / "decay" / figure).unlink(missing_ok=True)
    (folder.path / "decay" / name).symlink_to(secret)

    finish_run(folder, [AnalyzedExperiment("decay")], complete=True)

    assert "<img" not in (folder.path / "report.html").read_text()
    assert f"{name} is a link" in caplog.text


@pytest.mark.parametrize("name", WRITTEN)
def test_a_link_where_a_file_is_written_is_replaced_and_not_followed(name, write_run, decay, oqx, secret):
    folder = write_run({"decay": decay()}).path
    (folder / name).symlink_to(secret)

    oqx("analyze", folder)

    assert secret.read_bytes() == SECRET
    assert (folder / name).is_file()
    assert not (folder / name).is_symlink()


def test_a_journal_with_a_second_name_is_read_and_not_appended_to(write_run, decay, outcomes, tmp_path):
    folder = write_run({"decay": decay()})
    os.link(folder.path / "decay" / "journal.jsonl", tmp_path / "other")
    before = (tmp_path / "other").read_bytes()

    assert len(load_run(folder.path).results["decay"].counts) == 5
    with pytest.raises(StoreError, match=r"second name \(a hard link\)"), folder.writing("decay") as section:
        section.record([Outcome(0, outcomes(decay())[0].result)])

    assert (tmp_path / "other").read_bytes() == before


@pytest.mark.parametrize("name", FILES)
def test_a_pipe_is_refused_at_once(name, write_analyzed, decay):
    folder = write_analyzed({"decay": decay()})
    (folder.path / name).unlink()
    os.mkfifo(folder.path / name)

    with pytest.raises(StoreError, match="is a pipe"):
        (read_summary if name == "decay/analysis.json" else load_run)(folder.path)
    if name.endswith("jsonl"):
        with pytest.raises(StoreError, match="is a pipe"), folder.writing("decay"):
            pass


def test_a_device_is_refused(write_run, decay):
    folder = write_run({"decay": decay()})
    journal = folder.path / "decay" / "journal.jsonl"
    journal.unlink()
    try:
        os.mknod(journal, 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        pytest.skip("only root makes devices")

    with pytest.raises(StoreError, match=r"is a device|Permission denied|not permitted"):
        load_run(folder.path)


def test_a_folder_reached_through_a_link_is_read_and_written(write_run, decay, oqx, tmp_path):
    folder = write_run({"decay": decay()}).path
    (tmp_path / "latest").symlink_to(folder)

    assert oqx("analyze", tmp_path / "latest")[0] == 0
    assert (folder / "report.html").is_file()


def test_runs_lists_the_others_when_one_is_linked_away(write_analyzed, decay, oqx, secret, tmp_path):
    broken = write_analyzed({"decay": decay()}, name="broken").path
    write_analyzed({"decay": decay()}, name="sound")
    in_place_of(broken / "run.json", secret)

    code, output, errors = oqx("runs", tmp_path / "runs")

    assert (code, "sound" in output) == (0, True)
    assert "is a link" in errors
    assert "private" not in output + errors
