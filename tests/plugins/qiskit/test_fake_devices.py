"""Fake devices of qiskit-ibm-runtime: what a run file names, what Python passes, and what Aer makes of them."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime import SamplerV2
from qiskit_ibm_runtime.fake_provider import FakeManilaV2, FakeMontrealV2

from oqtopus_experiments import Batch, DeviceError, JobError, load_run, run
from oqtopus_experiments.experiments import T1, Rabi
from oqtopus_experiments_qiskit import QiskitBackend
from oqtopus_experiments_qiskit._part import Part

SAMPLE = [
    "fake_manila",  # 16 ticks of 0.222 ns
    "fake_brisbane",  # 8 ticks of 0.5 ns
    "fake_torino",  # ticks of 4 ns, 133 qubits
    "fake_prague",  # reads out every 16 ticks of 3.56 ns
    "fake_burlington",  # no clock, gates u1, u2, u3
    "fake_fractional",  # rx of its own
]


@pytest.mark.parametrize("name", SAMPLE)
@pytest.mark.parametrize("experiment", [T1(physical_qubit=1), Rabi(physical_qubit=1)], ids=["t1", "rabi"])
def test_experiments_run_with_their_default_settings(name, experiment):
    result = experiment.run(QiskitBackend(device=name, seed=1), shots=20)

    assert (result.dataset.shots == 20).all()
    assert result.job_metadata["device"] == name


def sampler(device):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of what IBM will put in its place
        return SamplerV2(mode=device, options={"simulator": {"seed_simulator": 1}})


@pytest.mark.parametrize("wrap", [lambda device: device, sampler], ids=["backend", "sampler"])
def test_objects_of_qiskit_ibm_runtime_run_t1_with_its_default_settings(wrap):
    result = T1(physical_qubit=1).run(wrap(FakeManilaV2()), shots=20)

    assert (result.dataset.shots == 20).all()
    delays = result.dataset.sweep.grid()["delay"]
    assert delays / (32 / 9) == pytest.approx(np.round(delays / (32 / 9)))
    assert "delays" not in result.job_metadata


def test_t1_finds_what_the_snapshot_says_on_all_qubits_at_once():
    truth = np.array([properties.t1 for properties in FakeMontrealV2().target.qubit_properties]) * 1e9

    backend = QiskitBackend(device="fake_montreal", seed=1)
    frame = T1(physical_qubits=list(range(27)), delay_points=15, max_delay=300_000).run(backend, shots=1000).analyze()

    pulls = (frame.t1_time.to_numpy() - truth) / frame.t1_time_stderr.to_numpy()
    assert np.abs(pulls).max() < 4
    assert np.sqrt((pulls**2).mean()) < 1.5


def only_counts(backend, circuit, qubits, shots=2000, name="batch"):
    (outcome,) = backend.submit(Batch((circuit,), shots, qubits, name)).outcomes()
    return outcome.result


def entangled():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.delay(40_000, [0, 1], unit="ns")
    circuit.measure([0, 1], [1, 0])
    return circuit


def test_a_part_of_a_device_has_the_errors_of_the_whole():
    device = FakeManilaV2()
    shots = 40_000
    part = only_counts(QiskitBackend(device="fake_manila", seed=1), entangled(), (3, 2), shots)
    from oqtopus_experiments.execution._adapters import as_backend

    whole = only_counts(as_backend(AerSimulator.from_backend(device, seed_simulator=2)), entangled(), (3, 2), shots)

    for key in ("00", "01", "10", "11"):
        assert abs(part[key] - whole[key]) < 5 * np.sqrt(part[key] + whole[key])
    assert part["01"] != part["10"]
    assert set(Part(device, (3, 2)).target["cx"]) == {(0, 1), (1, 0)}
    assert Part(device, (3, 2)).target["cx"][0, 1].error == device.target["cx"][3, 2].error


def test_a_measurement_in_the_middle_and_a_reset_act_on_what_follows():
    circuit = QuantumCircuit(2, 3)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.measure(0, 1)
    circuit.x(1)
    circuit.measure(1, 2)

    counts = only_counts(QiskitBackend(device="fake_manila", seed=1), circuit, (4, 0))

    assert max(counts, key=counts.get) == "101"


def test_a_condition_on_a_measurement_is_kept():
    circuit = QuantumCircuit(1, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(0)
    circuit.measure(0, 1)

    counts = only_counts(QiskitBackend(device="fake_manila", seed=1), circuit, (2,))

    assert max(counts, key=counts.get) == "01"


def test_the_same_seed_gives_the_same_counts_and_another_or_another_name_others():
    def counts(seed, name="batch"):
        return only_counts(QiskitBackend(device="fake_manila", seed=seed), entangled(), (0, 1), name=name)

    assert counts(5) == counts(5)
    assert counts(5) != counts(6)
    assert counts(5) != counts(5, "another")
    assert counts(None) != counts(None)


def test_independent_qubits_are_drawn_independently():
    circuit = QuantumCircuit(2, 2)
    circuit.sx([0, 1])
    circuit.measure([0, 1], [0, 1])

    counts = only_counts(QiskitBackend(device="fake_manila", seed=3), circuit, (0, 4), shots=10_000)

    bits = np.array([[key == "1" for key in reversed(text)] for text in counts for _ in range(counts[text])])
    assert abs(np.corrcoef(bits.T)[0, 1]) < 0.04


def test_a_name_that_no_fake_device_has_is_told_with_the_nearest():
    backend = QiskitBackend(device="fake_manilla")

    with pytest.raises(DeviceError, match=r"no fake device 'fake_manilla'.*fake_manila.*account = "):
        backend.check(Batch((entangled(),), 10, (0, 1)))
    with pytest.raises(JobError, match="keeps no jobs"):
        backend.job("any")


def test_qubits_that_a_fake_device_does_not_couple_are_refused_before_anything_runs():
    with pytest.raises(DeviceError, match=r"fake_manila on qubits 0, 4 .*couples 0-1, 3-4"):
        QiskitBackend(device="fake_manila").check(Batch((entangled(),), 10, (0, 4)))


def test_a_device_is_described_with_what_was_measured_of_it():
    info = QiskitBackend(device="fake_manila").device_info()
    target = FakeManilaV2().target

    assert info.summary.num_qubits == 5
    assert info.qubits[2].t1 == pytest.approx(target.qubit_properties[2].t1 * 1e9)
    assert info.qubits[2].gate_error == target["sx"][2,].error
    # The target has the mean of both errors, the calibration each of them.
    errors = info.qubits[2].readout_error_0, info.qubits[2].readout_error_1
    assert errors[0] != errors[1]
    assert sum(errors) / 2 == pytest.approx(target["measure"][2,].error)
    assert {(c.control, c.target): c.error for c in info.couplings}[3, 4] == target["cx"][3, 4].error
    assert "fake_manila" in {summary.name for summary in QiskitBackend(device="fake_manila").devices()}


def test_a_run_file_names_a_fake_device_and_says_by_how_much_delays_were_rounded(tmp_path, caplog):
    file = tmp_path / "run.toml"
    file.write_text(
        'shots = 50\nseed = 2\nbackend = {use = "qiskit", device = "fake_manila"}\n'
        '[[experiments]]\nuse = "t1"\nphysical_qubits = [0, 3]\ndelay_points = 7\ndelay_step = 2\n'
    )

    finished = run(file, runs=tmp_path / "runs")

    assert finished["t1"].dataset.shots.tolist() == [[50] * 7] * 2
    assert finished["t1"].provenance["backend"]["use"] == "qiskit"
    assert "fake_manila, 't1': delays were rounded to the clock of the device, 3.55556 ns, by up to" in caplog.text


def test_a_run_is_kept_with_the_delays_that_were_waited(tmp_path):
    file = tmp_path / "run.toml"
    file.write_text(
        'shots = 50\nseed = 2\nbackend = {use = "qiskit", device = "fake_manila"}\n'
        '[[experiments]]\nuse = "t1"\ndelay_points = 7\n'
    )

    finished = run(file, runs=tmp_path / "runs")

    assert json.loads((finished.path / "run.json").read_text())["config"]["experiments"][0]["parameters"][
        "delay_step"
    ] == pytest.approx(32 / 9)
    loaded = load_run(finished.path).results["t1"].dataset.sweep
    assert loaded.is_same(finished["t1"].dataset.sweep)


def test_a_run_file_without_a_device_says_what_is_missing(tmp_path):
    file = tmp_path / "run.toml"
    file.write_text('backend = "qiskit"\n[[experiments]]\nuse = "t1"\nphysical_qubits = [0]\n')
    done = subprocess.run(["oqx", "check", str(file)], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "device" in done.stderr
    assert "Traceback" not in done.stderr


def test_naming_a_device_loads_neither_qiskit_nor_the_runtime():
    code = (
        "import sys\nfrom oqtopus_experiments.backends import QiskitBackend\nQiskitBackend(device='fake_manila')\n"
        "QiskitBackend(device='ibm_fez', account='lab')\n"
        "assert not {'qiskit', 'qiskit_aer', 'qiskit_ibm_runtime'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
