"""The gate: what passes it is done when `close` returns, and nothing passes afterwards."""

from __future__ import annotations

import errno
import fcntl
import subprocess
import sys
import threading
import time

import pytest

from oqtopus_experiments import MemoryJournal, StoreError
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal

_OTHER = """
import sys, time
from pathlib import Path
from oqtopus_experiments.storage._experiment_journal import ExperimentJournal
gate = ExperimentJournal(Path(sys.argv[1])).gate
with gate.passing() as allowed:
    print(allowed, flush=True)
    time.sleep(float(sys.argv[2]))
print(time.time(), flush=True)
"""


@pytest.fixture(params=["memory", "folder"])
def journal(request, tmp_path):
    return MemoryJournal() if request.param == "memory" else ExperimentJournal(tmp_path / "rabi")


def _allowed(gate):
    with gate.passing() as allowed:
        return allowed


def test_nothing_passes_a_closed_gate_until_it_is_opened_again(journal):
    assert _allowed(journal.gate)
    assert not journal.gate.closed
    assert journal.gate.close()
    assert journal.gate.closed
    assert not _allowed(journal.gate)
    assert journal.gate.close()
    journal.gate.reopen()
    assert _allowed(journal.gate)


def test_close_waits_for_those_who_are_passing(journal):
    passed, entered = [], threading.Event()

    def submit():
        with journal.gate.passing():
            entered.set()
            time.sleep(0.3)
            passed.append(not journal.gate.closed)

    thread = threading.Thread(target=submit)
    thread.start()
    entered.wait()
    assert journal.gate.close()
    assert len(passed) == 1
    thread.join()


def test_close_does_not_wait_for_ever_and_says_so(journal):
    with journal.gate.passing():
        began = time.monotonic()
        assert not journal.gate.close(0.1)
        assert time.monotonic() - began < 5
        assert journal.gate.closed


def test_many_who_pass_one_after_another_do_not_keep_it_open(journal):
    stop = threading.Event()

    def submit():
        while not stop.is_set():
            with journal.gate.passing():
                time.sleep(0.01)

    threads = [threading.Thread(target=submit) for _ in range(8)]
    for thread in threads:
        thread.start()
    try:
        assert journal.gate.close(30)
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_another_process_is_waited_for_and_let_through_no_more(tmp_path):
    path = tmp_path / "rabi"
    with subprocess.Popen([sys.executable, "-c", _OTHER, path, "0.5"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "True\n"
        assert ExperimentJournal(path).gate.close()
        closed = time.time()
        assert float(process.stdout.readline()) <= closed + 0.1
    done = subprocess.run([sys.executable, "-c", _OTHER, path, "0"], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "False"


def test_the_mark_is_there_while_another_process_holds_the_folder(tmp_path):
    section = ExperimentJournal(tmp_path / "rabi")
    with section.writing():
        assert ExperimentJournal(tmp_path / "rabi").gate.close()
        assert not _allowed(section.gate)


def test_what_others_wrote_is_seen_after_a_refresh(tmp_path):
    reader = ExperimentJournal(tmp_path / "rabi")
    with ExperimentJournal(tmp_path / "rabi").writing() as writer:
        writer.append({"job_id": "a"})
    assert reader.records == ()
    reader.refresh()
    assert reader.records == ({"job_id": "a"},)


@pytest.mark.parametrize("name", ["gate", "cancelled"])
def test_neither_file_of_the_gate_may_be_a_link(tmp_path, name):
    section = ExperimentJournal(tmp_path / "rabi")
    assert _allowed(section.gate)
    (tmp_path / "rabi" / name).unlink(missing_ok=True)
    target = tmp_path / "private"
    target.write_text("untouched")
    (tmp_path / "rabi" / name).symlink_to(target)
    with pytest.raises(StoreError, match="is a link"):
        _allowed(section.gate)
    with pytest.raises(StoreError, match="is a link"):
        section.gate.close(0.1)
    assert target.read_text() == "untouched"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP])
def test_without_locks_the_mark_alone_closes_the_gate(tmp_path, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, "no locks here")

    monkeypatch.setattr(fcntl, "flock", refuse)
    section = ExperimentJournal(tmp_path / "rabi")
    with section.gate.passing() as allowed:
        assert allowed
        assert section.gate.close(5)
        assert section.gate.closed  # what is looked at after the submission
    assert not _allowed(section.gate)
