"""The calibration of a device on a terminal: every qubit of few, medians and the worst of many."""

from __future__ import annotations

import pytest

from oqtopus_experiments import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.cli._calibration import print_calibration


@pytest.fixture
def shown(capsys):
    def make(count, **how):
        qubits = tuple(QubitInfo(index=i, t1=1000.0 * (i + 1), gate_error=1e-4 * (i + 1)) for i in range(count))
        couplings = tuple(CouplingInfo(control=i, target=i + 1, error=1e-3 * (i + 1)) for i in range(count - 1))
        summary = DeviceSummary(name="far", kind="QPU", status="available")
        print_calibration(DeviceInfo(summary=summary, qubits=qubits, couplings=couplings), **how)
        return capsys.readouterr().out

    return make


def test_of_few_qubits_every_one_is_shown(shown):
    rows = shown(20, every=False).splitlines()

    assert [row.split()[0] for row in rows[2:22]] == [str(i) for i in range(20)]
    assert len([row for row in rows if " -> " in row]) == 1 + 19


def test_of_many_the_median_and_the_five_worst_are_shown(shown):
    out = shown(101, every=False)
    rows = {row.split("  ")[0]: " ".join(row.split()) for row in out.splitlines()}

    assert rows["T1 (us)"] == "T1 (us) 101 51 1 (0), 2 (1), 3 (2), 4 (3), 5 (4)"
    assert rows["gate error"].startswith("gate error 101 0.0051 0.0101 (100), 0.01 (99)")
    assert rows["error of couplings"].startswith("error of couplings 100 0.0505 0.1 (99-100)")
    assert "T2 (us)" not in rows
    assert "--all" in out
    assert len(out.splitlines()) < 10


def test_all_of_many_are_shown_where_they_are_asked_for(shown):
    assert len(shown(101, every=True).splitlines()) == 2 + 101 + 2 + 100
