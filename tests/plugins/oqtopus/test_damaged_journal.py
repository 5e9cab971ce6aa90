"""A journal with a damaged line: what the service knows is found again, what nobody knows is not submitted twice."""

from __future__ import annotations

import re

import pytest

from oqtopus_experiments import Counts, Failure, JobError
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import submit_or_resume
from oqtopus_experiments_rabi import Rabi

POINTS = 6


@pytest.fixture
def account(start, monkeypatch):
    emulator = start()
    monkeypatch.setenv("OQTOPUS_URL", emulator.url)
    monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)
    return emulator


@pytest.fixture
def submitted(account, backend_for, tmp_path):
    return Rabi(amplitude_points=POINTS).submit(backend_for(account), shots=50, runs=tmp_path).folder


def spoil(folder, pattern, replacement=b"#"):
    """Overwrite the beginning of the first line that fits."""
    file = folder / "rabi" / "journal.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if re.search(pattern, line))
    lines[at] = replacement + lines[at][1:]
    file.write_bytes(b"".join(lines))


def go_on(folder):
    config, opened = reopen(folder)
    (handle,) = submit_or_resume(config, opened)
    return handle.result(timeout=60)


def test_a_job_whose_line_is_lost_is_found_at_the_service_and_not_submitted_again(account, submitted):
    spoil(submitted, rb'"job":{"index":2,')

    result = go_on(submitted)

    assert sorted(result.counts) == list(range(POINTS))
    assert all(isinstance(counts, Counts) for counts in result.counts.values())
    assert account.stats()["requests"]["submit"] == POINTS


def test_a_batch_whose_line_is_lost_is_found_by_one_of_its_jobs(account, submitted):
    spoil(submitted, rb'"batch":')

    result = go_on(submitted)

    assert all(isinstance(counts, Counts) for counts in result.counts.values())
    assert account.stats()["requests"]["submit"] == POINTS


def test_more_lost_lines_than_lost_jobs_stop_nothing_when_every_circuit_has_its_job(account, submitted):
    file = submitted / "rabi" / "journal.jsonl"
    file.write_bytes(file.read_bytes() + b'{"job":{"ind\n{"jo\n')
    spoil(submitted, rb'"job":{"index":2,')

    result = go_on(submitted)

    assert all(isinstance(counts, Counts) for counts in result.counts.values())
    assert account.stats()["requests"]["submit"] == POINTS


def test_nothing_is_submitted_when_nothing_is_left_to_tell_what_was(account, submitted):
    (submitted / "rabi" / "journal.jsonl").write_bytes(b"#\n")

    config, opened = reopen(submitted)
    (error,) = submit_or_resume(config, opened)

    assert isinstance(error, JobError)
    assert "may have been before" in str(error)
    assert account.stats()["requests"]["submit"] == POINTS


def test_what_the_service_does_not_list_is_withheld_with_what_to_do(
    account, backend_for, tmp_path, caplog, monkeypatch
):
    from oqtopus_experiments_oqtopus import _service as service

    handle = Rabi(amplitude_points=POINTS).submit(backend_for(account), shots=50, runs=tmp_path)
    folder, lost = handle.folder, handle.batch.order.circuit(2)
    spoil(folder, rb'"job":{"index":2,')
    real = service.Service.jobs

    def lagging(self, text, fields, *rest, **options):
        for number, page in real(self, text, fields, *rest, **options):
            yield number, [] if "description" in fields else page

    monkeypatch.setattr(service.Service, "jobs", lagging)
    result = go_on(folder)

    assert account.stats()["requests"]["submit"] == POINTS
    assert [index for index, counts in result.counts.items() if isinstance(counts, Failure)] == [lost]
    assert "1 circuits are not submitted" in caplog.text
    assert "oqx resume RUN --failed" in caplog.text
