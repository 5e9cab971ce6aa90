"""A worker that has other plugins or versions than the client is not used, and named."""

from __future__ import annotations

import re
import sys

import pytest
from qiskit import QuantumCircuit

from oqtopus_experiments import BackendError, Batch
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.spreading import check_versions, versions_here
from oqtopus_experiments_processes import ProcessesBackend


def measured() -> Batch:
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    return Batch((circuit,) * 3, 10, (0,), "versions")


def test_a_process_that_finds_other_versions_than_its_client_is_not_used(tmp_path, monkeypatch):
    backend = ProcessesBackend(inner="qulacs", seed=1, workers=4)  # processes that no other test has begun
    mine = versions_here(type(backend.inner))["qulacs"]
    # As though somebody had installed another one after the client began: whoever begins now finds it.
    about = tmp_path / "qulacs-9.9.9.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: qulacs\nVersion: 9.9.9\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    with pytest.raises(
        BackendError, match=rf"worker .*process \d+ is not used: .*qulacs 9.9.9, here {re.escape(mine)}"
    ):
        list(backend.submit(measured()).outcomes(60))


def test_what_a_worker_lacks_is_named():
    with pytest.raises(BackendError, match=r"worker tcp://10.0.0.1 is not used: it has attrs is missing, here 25.1"):
        check_versions({"attrs": "25.1", "numpy": "2.0"}, "tcp://10.0.0.1", {"numpy": "2.0"})


def test_the_versions_are_those_that_a_run_folder_names():
    found = versions_here(type(LocalBackend("noisy")))

    assert {"Python", "oqtopus-experiments", "oqtopus-experiments-aer", "qiskit-aer", "numpy"} <= found.keys()
    assert "oqtopus-experiments-qulacs" not in found
