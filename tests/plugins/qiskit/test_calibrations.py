"""Calibrations of real devices, in the snapshots of qiskit-ibm-runtime: values, dates, placeholders, twins."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import attrs
import numpy as np
import pytest
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit_ibm_runtime.fake_provider import FakeBrisbane, FakeManilaV2, FakeTorino

from oqtopus_experiments import DeviceInfo
from oqtopus_experiments.backends import NoisyBackend
from oqtopus_experiments.experiments import T1
from oqtopus_experiments_qiskit import QiskitBackend

WANTED = np.geomspace(20_000, 400_000, 10)
"""T1 of the qubits that are looked for, ns."""


@pytest.fixture(scope="module")
def brisbane():
    return DeviceInfo.from_qiskit(FakeBrisbane())


def chosen(info):
    """Return the ten qubits of a device whose T1 come nearest to those wanted."""
    known = {qubit.index: qubit.t1 for qubit in info.qubits if qubit.t1}
    found = []
    for wanted in WANTED:
        found.append(min(known.keys() - set(found), key=lambda index: abs(np.log(known[index] / wanted))))
    return found


def pulls_on(backend, info):
    """Return how far T1 of ten qubits comes out from the value of the snapshot, in standard errors."""
    pulls = []
    for qubit in chosen(info):
        truth = info.qubits[qubit].t1
        # The window that somebody takes who knows T1 within a third.
        row = T1(physical_qubit=qubit, max_delay=4.7 * truth).run(backend, shots=1000).analyze().iloc[0]
        assert row.t1_time_stderr < 0.1 * truth
        pulls.append((row.t1_time - truth) / row.t1_time_stderr)
    return np.array(pulls)


def test_ten_qubits_from_20_to_400_us_are_found_as_the_snapshot_says(brisbane):
    truths = [brisbane.qubits[qubit].t1 for qubit in chosen(brisbane)]
    assert len(set(chosen(brisbane))) == 10
    assert min(truths) < 25_000
    assert max(truths) > 380_000

    pulls = pulls_on(QiskitBackend(device="fake_brisbane", seed=3), brisbane)

    assert np.abs(pulls).max() < 3


def test_a_twin_of_the_snapshot_has_the_same_ten_t1(brisbane):
    pulls = pulls_on(NoisyBackend(like=brisbane, seed=5), brisbane)

    assert np.abs(pulls).max() < 3


def test_values_are_those_of_the_device_in_our_units(brisbane):
    target = FakeBrisbane().target
    qubit = brisbane.qubits[7]

    assert qubit.t1 == pytest.approx(target.qubit_properties[7].t1 * 1e9)
    assert qubit.t2 == pytest.approx(target.qubit_properties[7].t2 * 1e9)
    assert qubit.gate_error == target["sx"][7,].error
    assert qubit.gate_time == pytest.approx(target["sx"][7,].duration * 1e9)
    pair = next(pair for pair in brisbane.couplings if (pair.control, pair.target) == (1, 0))
    assert pair.error == target["ecr"][1, 0].error
    assert pair.gate_time == pytest.approx(660)
    assert brisbane.summary.num_qubits == 127
    assert "ecr" in brisbane.gates


def test_a_twin_reads_each_state_as_wrongly_as_the_device(brisbane):
    values = {value.name: value.value for value in FakeBrisbane().properties().qubits[7]}

    assert brisbane.qubits[7].readout_error_0 == values["prob_meas1_prep0"]
    assert brisbane.qubits[7].readout_error_1 == values["prob_meas0_prep1"]
    assert values["prob_meas1_prep0"] != values["prob_meas0_prep1"]


def test_each_value_keeps_its_date(brisbane):
    properties = FakeBrisbane().properties()
    t1 = next(value for value in properties.qubits[7] if value.name == "T1")

    assert datetime.fromisoformat(brisbane.qubits[7].dates["t1"]) == t1.date
    assert set(brisbane.qubits[7].dates) == {
        "t1", "t2", "gate_error", "gate_time", "readout_error_0", "readout_error_1"
    }  # fmt: skip
    assert set(brisbane.couplings[0].dates) == {"error", "gate_time"}


def test_a_value_older_than_a_week_is_named_beside_the_newest(brisbane):
    newest = datetime.fromisoformat(brisbane.summary.calibrated_at)
    old = {q.index for q in brisbane.qubits if newest - datetime.fromisoformat(q.dates["t1"]) > timedelta(days=7)}

    (told,) = [text for text in brisbane.old if text.startswith("t1 ")]
    assert told == "t1 of qubits 70, 114, 0, 11 and 28 more is 7 to 29 days old"
    assert {70, 114, 0, 11} < old
    assert len(old) == 32
    assert DeviceInfo.from_qiskit(FakeManilaV2()).old == ()  # all of one night


def test_at_a_device_that_is_asked_now_values_age_until_now():
    asked = datetime(2024, 6, 15, tzinfo=timezone.utc)

    old = DeviceInfo.from_qiskit(FakeManilaV2(), now=asked).old

    assert "t1 of qubits 0, 1, 2, 3 and 1 more is 18 days old" in old
    assert len(old) == 8
    assert DeviceInfo.from_qiskit(FakeManilaV2(), now=asked - timedelta(days=14)).old == ()


def test_a_gate_error_of_one_is_a_placeholder_and_not_a_value():
    info = DeviceInfo.from_qiskit(FakeTorino())
    target = FakeTorino().target

    assert target["cz"][15, 19].error == 1
    assert next(pair for pair in info.couplings if (pair.control, pair.target) == (15, 19)).error is None
    assert "gate error of coupling 15-19 is 1: not a measurement" in info.placeholders
    assert all(pair.error is None or pair.error < 1 for pair in info.couplings)
    assert all(qubit.gate_error is None or qubit.gate_error < 1 for qubit in info.qubits)


def test_a_qubit_whose_gate_error_is_a_placeholder_has_no_twin():
    device = GenericBackendV2(3, seed=1)
    device.target.update_instruction_properties("sx", (1,), attrs_of(device, error=1.0))
    info = DeviceInfo.from_qiskit(device)

    assert info.qubits[1].gate_error is None
    assert info.placeholders == ("gate error of qubit 1 is 1: not a measurement",)
    assert info.qubits[0].dates == {}  # this device tells none
    assert info.summary.calibrated_at == ""


def attrs_of(device, **changes):
    from qiskit.transpiler import InstructionProperties

    return InstructionProperties(duration=device.target["sx"][1,].duration, **changes)


def test_a_snapshot_with_dates_is_the_device_again_and_one_without_stays_readable(brisbane):
    content = json.loads(json.dumps(brisbane.to_json()))
    assert DeviceInfo.from_json(content) == brisbane

    for part in (*content["qubits"], *content["couplings"]):
        del part["dates"]
    del content["old"]
    old = DeviceInfo.from_json({**content, "format": 1})

    assert [attrs.evolve(qubit, dates={}) for qubit in brisbane.qubits] == list(old.qubits)
    assert old.old == ()


def test_old_values_are_named_before_a_run(tmp_path):
    file = tmp_path / "run.toml"
    file.write_text('backend = {use = "qiskit", device = "fake_brisbane"}\n[[experiments]]\nuse = "t1"\n')

    done = subprocess.run(["oqx", "check", str(file)], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert "qiskit: t1 of qubits 70, 114, 0, 11 and 28 more is 7 to 29 days old" in done.stderr


def test_devices_are_described_without_loading_qiskit():
    code = "import sys\nfrom oqtopus_experiments import DeviceInfo\nassert 'qiskit' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
