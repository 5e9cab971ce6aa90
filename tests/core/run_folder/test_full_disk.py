"""Promises about a disk that fills, fails or goes away: nothing is built upon half a line, and a sentence says so."""

import errno
import os
import shutil
import threading
import time

import pytest

from oqtopus_experiments import Counts, Outcome, StoreError
from oqtopus_experiments.storage import _journal_writer as writer
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
from oqtopus_experiments.storage._manifest import RunManifest


class Disk:
    """A disk that takes so many more bytes, or fails in other ways."""

    def __init__(self, monkeypatch):
        self.room, self.can_cut, self.can_sync = None, True, True
        self._write, self._cut, self._sync = os.write, os.ftruncate, os.fsync
        monkeypatch.setattr(writer.os, "write", self.write)
        monkeypatch.setattr(writer.os, "ftruncate", self.cut)
        monkeypatch.setattr(writer.os, "fsync", self.sync)

    def write(self, handle, data):
        if self.room is None:
            return self._write(handle, data)
        if not self.room:
            raise OSError(errno.ENOSPC, "No space left on device")
        written = self._write(handle, bytes(data)[: self.room])
        self.room -= written
        return written

    def cut(self, handle, size):
        if not self.can_cut:
            raise OSError(errno.EIO, "Input/output error")
        self._cut(handle, size)

    def sync(self, handle):
        if not self.can_sync:
            raise OSError(errno.EIO, "Input/output error")
        self._sync(handle)


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


def jobs(path):
    return [record["job_id"] for record in ExperimentJournal(path).records]


def test_a_disk_that_fills_in_the_middle_of_a_line_leaves_whole_lines(disk, tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"job_id": "1"})
        disk.room = 7
        with pytest.raises(StoreError, match=r"No space left on device; make room"):
            section.append({"job_id": "lost"})
        whole = (tmp_path / "part" / "journal.jsonl").read_bytes()
        disk.room = None
        section.append({"job_id": "2"})

    assert whole.endswith(b"}\n")
    assert jobs(tmp_path / "part") == ["1", "2"]
    assert not ExperimentJournal(tmp_path / "part").damage


def test_what_was_not_written_is_not_remembered(disk, tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        disk.room = 7
        with pytest.raises(StoreError):
            section.record([Outcome(0, Counts.from_dict({"1": 5}, 1))])

        assert section.results() == {}


def test_a_line_that_is_not_synced_is_not_promised(disk, tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        disk.can_sync = False
        with pytest.raises(StoreError, match="Input/output error"):
            section.append({"job_id": "lost"})

    assert jobs(tmp_path / "part") == []


def test_a_journal_whose_half_line_stays_takes_no_more(disk, tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"job_id": "1"})
        disk.room, disk.can_cut = 7, False
        with pytest.raises(StoreError, match="No space left"):
            section.append({"job_id": "lost"})
        disk.room, disk.can_cut = None, True
        with pytest.raises(StoreError, match="nothing more is written"):
            section.append({"job_id": "2"})
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"job_id": "3"})

    assert jobs(tmp_path / "part") == ["1", "3"]
    assert not ExperimentJournal(tmp_path / "part").damage


def test_threads_that_append_to_a_filling_disk_lose_no_promised_line(disk, tmp_path):
    promised, lock = [], threading.Lock()

    def append(number):
        for i in range(20):
            try:
                section.append({"job_id": f"{number}-{i}"})
            except StoreError:
                disk.room = 2000  # somebody makes room
                continue
            with lock:
                promised.append(f"{number}-{i}")

    with ExperimentJournal(tmp_path / "part").writing() as section:
        disk.room = 500
        threads = [threading.Thread(target=append, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert 100 < len(promised) < 160
    assert sorted(jobs(tmp_path / "part")) == sorted(promised)
    assert not ExperimentJournal(tmp_path / "part").damage


def test_ctrl_c_in_the_middle_of_a_line_leaves_whole_lines(monkeypatch, tmp_path):
    real = os.write

    def interrupted(handle, data):
        real(handle, bytes(data)[:5])
        raise KeyboardInterrupt

    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"job_id": "1"})
        with monkeypatch.context() as patched:
            patched.setattr(writer.os, "write", interrupted)
            with pytest.raises(KeyboardInterrupt):
                section.append({"job_id": "lost"})
        section.append({"job_id": "2"})

    assert jobs(tmp_path / "part") == ["1", "2"]
    assert not ExperimentJournal(tmp_path / "part").damage


def test_threads_write_one_line_after_the_other_however_small_the_pieces(monkeypatch, tmp_path):
    real = os.write

    def in_pieces(handle, data):
        time.sleep(0.0005)
        return real(handle, bytes(data)[:9])

    monkeypatch.setattr(writer.os, "write", in_pieces)
    with ExperimentJournal(tmp_path / "part").writing() as section:
        threads = [
            threading.Thread(target=lambda n=n: [section.append({"job_id": f"{n}-{i}"}) for i in range(3)])
            for n in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(jobs(tmp_path / "part")) == 18
    assert not ExperimentJournal(tmp_path / "part").damage


def test_a_line_behind_half_a_line_is_read_and_the_half_is_named(tmp_path):
    """As an earlier version left it on a full disk."""
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"index": 0, "job_id": "1"})
        section.append({"index": 1, "job_id": "2"})
        section.record([Outcome(0, Counts.from_dict({"1": 5}, 1))])
    file = tmp_path / "part" / "journal.jsonl"
    first, second, third = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first + second[:20] + second + third)

    section = ExperimentJournal(tmp_path / "part")

    assert [record["job_id"] for record in section.records] == ["1", "2"]
    assert section.results() == {0: {"1": 5}}
    (damage,) = section.damage
    assert "journal.jsonl:2: damaged: a note of the backend, perhaps the id of a job, is lost" in str(damage)
    assert section.lost == (str(damage),)


def test_a_lost_outcome_is_no_lost_note_and_its_circuit_is_known(tmp_path):
    with ExperimentJournal(tmp_path / "part").writing() as section:
        section.append({"job_id": "1"})
        section.record([Outcome(7, Counts.from_dict({"1": 5}, 1))])
    file = tmp_path / "part" / "journal.jsonl"
    file.write_bytes(file.read_bytes().replace(b'"1":5', b'"1":6'))

    section = ExperimentJournal(tmp_path / "part")

    assert section.lost == ()
    assert [damage.index for damage in section.damage] == [7]


def test_a_folder_deleted_while_it_is_used_is_a_sentence(tmp_path):
    section = ExperimentJournal(tmp_path / "run" / "part")
    (tmp_path / "run").mkdir()
    with section.writing():
        section.append({"job_id": "1"})
        shutil.rmtree(tmp_path / "run")
        with pytest.raises(StoreError, match="was deleted while it was used"):
            section.append({"job_id": "2"})
    with pytest.raises(StoreError, match="was it moved or deleted"), section.writing():
        pass


def test_every_step_of_a_run_says_that_its_folder_is_gone(write_run, decay):
    from oqtopus_experiments import load_run
    from oqtopus_experiments.execution._outputs import finish_run, write_experiment

    folder = write_run({"decay": decay()})
    run = load_run(folder.path)
    shutil.rmtree(folder.path)
    steps = [
        folder.manifest,
        folder.is_locked,
        lambda: folder.locked().__enter__(),
        lambda: folder.writing("decay").__enter__(),
        lambda: write_experiment(folder, "decay", run.results["decay"], run.analyzer("decay")),
        lambda: finish_run(folder, [], complete=True),
    ]
    for step in steps:
        with pytest.raises(StoreError, match=r"deleted|not a run folder"):
            step()


def test_a_file_system_without_locks_is_said_once_and_does_not_stop_anything(tmp_path, monkeypatch, caplog):
    import fcntl

    from oqtopus_experiments.storage import _lock as claim

    def unsupported(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    claim._warn.cache_clear()
    monkeypatch.setattr(fcntl, "flock", unsupported)
    for _ in range(3):
        with ExperimentJournal(tmp_path / "part").writing() as section:
            section.append({"job_id": "1"})

    assert caplog.text.count("no two processes work on one run") == 1
    assert len(jobs(tmp_path / "part")) == 3
    claim._warn.cache_clear()


def test_a_run_that_cannot_be_written_leaves_nothing_behind(tmp_path, monkeypatch):
    from oqtopus_experiments.storage import _run_folder as store

    def full(*_):
        message = "No space left on device"
        raise StoreError(message)

    monkeypatch.setattr(store, "write_json", full)
    with pytest.raises(StoreError, match="No space left"):
        store.RunFolder.create(tmp_path / "runs", RunManifest("full"))

    assert list((tmp_path / "runs").iterdir()) == []
