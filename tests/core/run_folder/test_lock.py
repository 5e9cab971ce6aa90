"""Promises of the lock: who reads changes no byte, who writes is alone and has read what others wrote."""

import os
import subprocess
import sys
import threading

import pytest

from oqtopus_experiments import Counts, Outcome, StoreError
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._lock import is_locked, locked
from oqtopus_experiments.support._directory import Directory

OUTCOME = [Outcome(0, Counts.from_dict({"1": 5}, 1))]

# Appends so many lines from another process, and holds the folder until its standard input is closed.
APPENDER = """
import sys
from pathlib import Path
from oqtopus_experiments.storage._lock import locked, is_locked
from oqtopus_experiments.support._directory import Directory
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal

with ExperimentJournal(Path(sys.argv[1])).writing() as section:
    print("holding", flush=True)
    for number in range(60):
        section.append({"job_id": f"job-{number}"})
    print("done", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def appending(tmp_path):
    """Another process that appends to a journal, and says when it is done."""
    with subprocess.Popen(
        [sys.executable, "-c", APPENDER, str(tmp_path / "part")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout.readline() == "holding\n"
        yield process


def test_every_line_appended_while_others_open_the_journal_is_kept(appending, tmp_path):
    done = threading.Thread(target=appending.stdout.readline)
    done.start()
    while done.is_alive():
        ExperimentJournal(tmp_path / "part")
        other = ExperimentJournal(tmp_path / "part")
        with pytest.raises(StoreError, match="another process"), other.writing(patience=0):
            pass

    records = ExperimentJournal(tmp_path / "part").records

    assert [record["job_id"] for record in records] == [f"job-{number}" for number in range(60)]


def test_nothing_is_appended_without_the_lock(tmp_path):
    section = ExperimentJournal(tmp_path / "part")
    with pytest.raises(StoreError, match="opened for reading"):
        section.append({"job_id": "1"})
    with section.writing():
        section.append({"job_id": "1"})
    with pytest.raises(StoreError, match="opened for reading"):
        section.record(OUTCOME)

    assert ExperimentJournal(tmp_path / "part").results() == {}


def test_reading_makes_no_folder_and_no_journal(tmp_path):
    assert ExperimentJournal(tmp_path / "part").records == ()
    assert list(tmp_path.iterdir()) == []


def test_who_gets_the_lock_knows_what_others_wrote_before(tmp_path):
    early = ExperimentJournal(tmp_path / "part")
    with ExperimentJournal(tmp_path / "part").writing() as other:
        other.append({"job_id": "theirs"})
    assert early.records == ()

    with early.writing():
        assert early.records == ({"job_id": "theirs"},)
        early.append({"job_id": "ours"})

    assert [record["job_id"] for record in ExperimentJournal(tmp_path / "part").records] == ["theirs", "ours"]


def test_a_thread_left_behind_appends_nothing_once_the_lock_is_given_back(tmp_path):
    refused = []

    def late():
        over.wait(30)
        try:
            writer.append(b"{}\n")
        except StoreError as error:
            refused.append(str(error))

    over = threading.Event()
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"job_id": "1"})
        writer = section._writer
        straggler = threading.Thread(target=late)
        straggler.start()
    over.set()
    straggler.join()

    assert "does not hold it any more" in refused[0]
    assert len(ExperimentJournal(tmp_path / "part").records) == 1


def test_a_lock_ends_with_its_process(appending, tmp_path):
    appending.kill()
    appending.wait()

    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"job_id": "next"})

    assert ExperimentJournal(tmp_path / "part").records[-1] == {"job_id": "next"}


def test_threads_of_one_process_append_whole_lines(tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        threads = [
            threading.Thread(target=lambda n=n: [section.append({"job_id": f"{n}-{i}"}) for i in range(20)])
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    records = [record["job_id"] for record in ExperimentJournal(tmp_path / "part").records]
    assert sorted(records) == sorted(f"{n}-{i}" for n in range(8) for i in range(20))


def test_a_line_is_synced_before_append_returns(tmp_path, monkeypatch):
    synced = []
    real = os.fsync
    with ExperimentJournal(tmp_path / "part").writing() as section:
        monkeypatch.setattr(os, "fsync", lambda handle: (real(handle), synced.append(os.fstat(handle).st_size)))
        section.append({"job_id": "1"})

    assert synced[-1] == (tmp_path / "part" / "journal.jsonl").stat().st_size > 0


def test_two_who_only_look_at_a_lock_do_not_take_each_other_for_work(tmp_path):
    fcntl = pytest.importorskip("fcntl")
    directory = Directory(tmp_path)
    with directory.entered() as another_who_looks:
        fcntl.flock(another_who_looks, fcntl.LOCK_SH)
        assert not is_locked(directory)
    with locked(directory):
        assert is_locked(directory)
