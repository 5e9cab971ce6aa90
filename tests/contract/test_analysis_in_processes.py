"""Fits in processes of their own: the bytes of an analysis are those of one process, also when a worker dies."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from oqtopus_experiments.execution._reanalysis import reanalyze
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.testing import synthetic
from oqtopus_experiments_t1 import T1

TRUTH = {"t1_time": 25_000.0, "amplitude": 0.95, "offset": 0.02}
TARGETS = 24


@pytest.fixture(scope="module")
def processes():
    """Return processes that import everything themselves, as those of another machine would."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a run of many qubits whose counts came from elsewhere: its points are those of the data."""
    monkeypatch.chdir(tmp_path)
    experiment = T1(physical_qubits=range(TARGETS), delay_points=12, max_delay=75_000.0)
    dataset = synthetic(experiment, TRUTH, 500, np.random.default_rng(7))
    counts = [dataset.counts[index].to_dict() for index in range(len(dataset.counts))]
    result = experiment.result_from(counts, runs=True)
    assert len(result.dataset.targets) == TARGETS
    (found,) = Path("runs").iterdir()
    return found


def files(folder):
    return {name: (folder / "t1" / name).read_bytes() for name in ("analysis.json", "curves.json", "table.csv")}


def test_analyses_in_processes_are_those_of_this_process_byte_for_byte(processes, folder, caplog):
    reanalyze(folder)
    alone = files(folder)
    assert alone["table.csv"].count(b"\n") == TARGETS + 1
    with caplog.at_level(logging.WARNING):
        reanalyze(folder, executor=processes)

    assert files(folder) == alone
    assert "in this process" not in caplog.text


def test_a_worker_that_dies_costs_no_number(folder, caplog):
    reanalyze(folder)
    alone = files(folder)
    with ProcessPoolExecutor(1) as executor, caplog.at_level(logging.WARNING):
        executor.submit(os._exit, 1)
        reanalyze(folder, executor=executor)

    assert files(folder) == alone
    assert "BrokenProcessPool" in caplog.text
    assert "analyzed in this process" in caplog.text


def test_what_cannot_be_sent_to_another_process_is_analyzed_in_this_one(processes, caplog):
    class Local(T1):
        """A class of a notebook that no other process can import."""

    experiment = T1(physical_qubits=range(TARGETS), delay_points=12, max_delay=75_000.0)
    dataset = synthetic(experiment, TRUTH, 500, np.random.default_rng(7))
    counts = [dataset.counts[index].to_dict() for index in range(len(dataset.counts))]
    own = Local(physical_qubits=range(TARGETS), delay_points=12, max_delay=75_000.0).result_from(counts)
    with caplog.at_level(logging.WARNING):
        found = own.analyze(executor=processes)

    assert found.equals(experiment.result_from(counts).analyze())
    assert "analyzed in this process" in caplog.text


def test_only_analyzers_that_look_at_each_target_alone_are_cut():
    # Other tests of this process may have registered analyzers of their own.
    ours = [cls for plugin in registry().report() if plugin.version for cls in plugin.provides["analyzer"]]

    assert {cls.name for cls in ours if not cls.by_target} == {"assignment", "crosstalk"}  # these compare targets
