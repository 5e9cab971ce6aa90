"""A mitigation that an experiment asks for by name: its calibration is found, checked and kept, or refused."""

from __future__ import annotations

import json
from typing import ClassVar

import attrs
import numpy as np
import pytest
from attrs import frozen
from qiskit import QuantumCircuit

from oqtopus_experiments import Axis, CalibrationError, Experiment, Parity, Probability, Sweep, load_run
from oqtopus_experiments.execution import _pipeline as pipeline
from oqtopus_experiments.execution._mitigation import check_that_it_can
from oqtopus_experiments.execution._reanalysis import reanalyze
from oqtopus_experiments.execution._submission import prepare
from oqtopus_experiments.runfile._reading import load
from oqtopus_experiments_aer import NoisyBackend
from oqtopus_experiments_readout import Readout
from oqtopus_experiments_t1 import T1

POOR = {"readout_error_0": 0.08, "readout_error_1": 0.15, "single_qubit_error": 0.0}
DEVICE = NoisyBackend(t1=25_000, **POOR, seed=4)
RUN = """
shots = 500
seed = 3
runs = "runs"
[backend]
use = "noisy"
t1 = "25 us"
readout_error_0 = 0.08
readout_error_1 = 0.15
single_qubit_error = 0.0
"""
MEASURE = '[[experiments]]\nuse = "readout"\nphysical_qubits = [0, 1]\n'
USE = """[[experiments]]
use = "t1"
physical_qubits = [1, 0]
delay_points = 6
max_delay = "60 us"
mitigation = "readout"
"""


@pytest.fixture(scope="module")
def calibrated():
    return Readout(physical_qubits=[0, 1], repetitions=4).run(DEVICE, 500)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(folder, text, name="run"):
    (folder / f"{name}.toml").write_text(RUN + text)
    return pipeline.run(load(folder / f"{name}.toml"))


def test_raw_points_are_kept_beside_mitigated_ones_that_are_not_cut_off(calibrated):
    result = T1(mitigation="readout", delay_points=6).run(DEVICE, 500, calibration=calibrated)
    mitigated, raw = result.dataset, result.dataset.raw

    first, last = mitigated.mean[0, 0], mitigated.references.mean[0, :2].mean()
    assert raw.mean[0, 0] == pytest.approx(0.85, abs=0.06)
    assert abs(first - 1) < 4 * mitigated.stderr[0, 0]
    assert abs(last) < 4 * mitigated.references.stderr[0, 0]
    everything = np.append(mitigated.mean, mitigated.references.mean)
    assert (everything > 1).any() or (everything < 0).any()
    assert (mitigated.stderr > raw.stderr).all()
    np.testing.assert_array_equal(mitigated.shots, raw.shots)
    assert {"raw_signal", "raw_signal_stderr"} <= set(mitigated.to_frame())
    assert mitigated.signal_label == "P(1), mitigated"


def test_contrast_is_recovered_and_a_lifetime_is_as_it_was(calibrated):
    raw = T1(max_delay=60_000.0, delay_points=15).run(DEVICE, 500).analyze().iloc[0]
    row = (
        T1(max_delay=60_000.0, delay_points=15, mitigation="readout")
        .run(DEVICE, 500, calibration=calibrated)
        .analyze()
        .iloc[0]
    )

    assert abs(row.amplitude - 1) < 4 * row.amplitude_stderr
    assert raw.amplitude < 0.82
    assert row.t1_time == pytest.approx(raw.t1_time, rel=1e-3)
    assert row.t1_time_stderr == pytest.approx(raw.t1_time_stderr, rel=1e-3)


def test_signals_of_one_circuit_have_the_covariance_of_their_shots(calibrated):
    result = T1(mitigation="readout", delay_points=6).run(DEVICE, 500, calibration=calibrated)
    mean, covariance = result.dataset.expectations(0, 3, [Probability("0"), Probability("1"), Parity()])

    assert mean[0] + mean[1] == pytest.approx(1)
    assert mean[2] == pytest.approx(mean[0] - mean[1])
    assert mean[1] == pytest.approx(result.dataset.mean[0, 3])
    assert covariance[0, 1] < 0
    assert np.sqrt(covariance[1, 1]) == pytest.approx(result.dataset.stderr[0, 3], rel=0.02)


def test_the_counts_of_mitigated_data_are_not_given_out_as_mitigated(calibrated):
    from oqtopus_experiments import AnalysisError

    result = T1(mitigation="readout", delay_points=6).run(DEVICE, 50, calibration=calibrated)

    with pytest.raises(AnalysisError, match="no mitigation changes"):
        result.dataset.outcomes(0, 0)
    assert result.dataset.raw.outcomes(0, 0).shots == 50


def test_a_run_file_measures_what_calibrates_it_and_reads_the_same_numbers_again(here):
    finished = run(here, MEASURE + USE)

    row = finished["t1"].analyses()
    assert [one["amplitude"].value for one in row] == pytest.approx([1, 1], abs=0.1)
    assert finished["t1"].notes[0].startswith(f"mitigated by 'readout' of {finished.path.name}")
    again = load_run(finished.path).results["t1"]
    np.testing.assert_array_equal(again.dataset.mean, finished["t1"].dataset.mean)
    np.testing.assert_array_equal(again.dataset.stderr, finished["t1"].dataset.stderr)
    stored = (finished.path / "t1" / "analysis.json").read_text()
    analyzed = reanalyze(finished.path)
    assert [one.problem for one in analyzed.experiments] == ["", ""]
    assert (finished.path / "t1" / "analysis.json").read_text() == stored
    assert json.loads((finished.path / "t1" / "calibration.json").read_text())["run"] == finished.path.name


def test_a_later_run_takes_the_newest_calibration_and_needs_the_earlier_folder_no_more(here):
    earlier = run(here, MEASURE, "calibrate")
    later = run(here, USE, "use")
    kept = json.loads((later.path / "t1" / "calibration.json").read_text())

    assert kept["run"] == earlier.path.name
    assert kept["device"] == POOR
    earlier.path.rename(here / "elsewhere")
    assert load_run(later.path).results["t1"].dataset.raw is not None
    from_python = T1(physical_qubits=[0, 1], delay_points=6, mitigation="readout").run(
        load(here / "use.toml").backend, 100, calibration=here / "elsewhere"
    )
    assert from_python.calibration.run == "elsewhere"


def test_without_a_calibration_nothing_is_run_and_no_folder_made(here):
    with pytest.raises(CalibrationError, match=r"there is no 'readout' in runs\. Run 'readout' on them first"):
        run(here, USE)
    with pytest.raises(CalibrationError, match="asks for mitigation 'readout' of qubits 1, 0"):
        run(here, USE + MEASURE)  # after it is too late

    assert not (here / "runs").exists()


def test_a_calibration_that_may_not_be_used_is_refused_with_the_reason(calibrated):
    asking = T1(mitigation="readout", delay_points=6)
    other = NoisyBackend(t1=25_000, **{**POOR, "readout_error_1": 0.1}, seed=4)

    with pytest.raises(CalibrationError, match=r"another device: readout_error_1 is 0\.15 there and 0\.1 here"):
        asking.run(other, 10, calibration=calibrated)
    with pytest.raises(CalibrationError, match="does not have qubit 5; it has 0, 1"):
        attrs.evolve(asking, physical_qubit=5, targets=None).run(DEVICE, 10, calibration=calibrated)
    with pytest.raises(CalibrationError, match="is 25 h old, and mitigation_max_age is 24 h"):
        asking.run(DEVICE, 10, calibration=_older(calibrated, hours=25))
    with pytest.raises(CalibrationError, match="asks for no mitigation"):
        T1(delay_points=6).run(DEVICE, 10, calibration=calibrated)


def _older(result, hours):
    from datetime import datetime, timedelta

    then = datetime.fromisoformat(result.provenance["created"]) - timedelta(hours=hours)
    return attrs.evolve(result, provenance={**result.provenance, "created": then.isoformat()})


def test_a_bad_readout_calibrates_nothing():
    device = NoisyBackend(readout_error_0=0.5, readout_error_1=0.5, seed=1)
    useless = Readout(repetitions=2).run(device, 500)

    with pytest.raises(CalibrationError, match="the readout of 0 is bad"):
        T1(mitigation="readout", delay_points=6).run(device, 10, calibration=useless)


def test_what_calibrates_a_mitigation_cannot_ask_for_it(calibrated):
    with pytest.raises(CalibrationError, match="is what the mitigation 'readout' is calibrated by"):
        Readout(mitigation="readout").run(DEVICE, 10, calibration=calibrated)


@pytest.mark.parametrize(
    ("age", "hours"), [("1 day", 24), ("12 h", 12), ("30 min", 0.5), ("2 weeks", 336), (3.6e12, 1)]
)
def test_an_age_is_said_as_people_say_it(age, hours):
    assert T1(mitigation_max_age=age).mitigation_max_age == pytest.approx(hours * 3600e9)


@pytest.mark.parametrize("age", ["yesterday", "-1 h", -1, True, float("nan"), float("inf")])
def test_what_is_no_age_is_refused(age):
    with pytest.raises(ValueError, match="an age is written as '1 day'"):
        T1(mitigation_max_age=age)


@frozen(kw_only=True)
class Wired(Experiment):
    """Qubit 0 of a pair in |1>, read as it is wired: for each measurement the qubit and its bit."""

    name: ClassVar[str] = "wired"
    num_qubits: ClassVar[int] = 2
    wires: tuple[tuple[int, int], ...] = ((0, 0), (1, 1))
    elsewhere: tuple[tuple[int, int], ...] = ()

    @property
    def signal(self):
        return Parity()

    def sweep(self):
        return Sweep(Axis("number", [0, 1]))

    def circuit(self, number):
        circuit = QuantumCircuit(2, 1 + max(bit for _, bit in self.wires))
        circuit.x(0)
        for qubit, bit in self.elsewhere if number and self.elsewhere else self.wires:
            circuit.measure(qubit, bit)
        return circuit


def unequal():
    """Return a device whose qubit 0 is read well and whose qubit 1 is read badly."""
    quiet = {"t1": None, "t2": None, "single_qubit_error": 0.0, "two_qubit_error": 0.0}
    good, bad = [{"readout_error_0": low, "readout_error_1": high} for low, high in ((0.01, 0.02), (0.1, 0.3))]
    return NoisyBackend(**quiet, qubits={0: good, 1: bad}, seed=7)


@pytest.mark.parametrize("wires", [((0, 0), (1, 1)), ((0, 1), (1, 0)), ((0, 0),), ((1, 0),)])
def test_each_bit_is_undone_by_the_readout_of_the_qubit_that_it_is_read_from(wires):
    device = unequal()
    readout = Readout(physical_qubits=sorted({qubit for qubit, _ in wires})).run(device, 2000)

    result = Wired(targets=[(0, 1)], wires=wires, mitigation="readout").run(device, 2000, calibration=readout)

    excited = next((bit for qubit, bit in wires if qubit == 0), None)
    ideal = "".join("1" if bit == excited else "0" for bit in reversed(range(len(wires))))
    found = result.dataset.probabilities(0, [0])
    error = np.sqrt(found.covariance()[0, int(ideal, 2), 0, int(ideal, 2)])
    assert abs(found.values[0, int(ideal, 2)] - 1) < 4 * error < 0.1


@pytest.mark.parametrize(
    ("wires", "elsewhere", "said"),
    [
        (((0, 1),), (), "bit 0 of circuit 0 of target 0 is not read from a qubit"),
        (((0, 0), (0, 1)), (), "circuit 0 of target 0 reads one qubit into two bits: 0, 0"),
        (((0, 0), (1, 1)), ((1, 0), (0, 1)), "circuit 1 of target 0 reads qubits 1, 0 where others read 0, 1"),
    ],
)
def test_what_does_not_say_which_qubit_a_bit_is_read_from_is_refused_before_it_is_submitted(wires, elsewhere, said):
    wired = Wired(targets=[(0, 1)], wires=wires, elsewhere=elsewhere, mitigation="readout")

    with pytest.raises(CalibrationError, match=f"'wired' cannot have mitigation 'readout': {said}; leave it out"):
        wired.run(unequal(), 10, calibration=Readout(physical_qubits=[0, 1]).run(unequal(), 100))


def test_an_algorithm_is_mitigated_by_the_readout_of_what_it_reads_its_helper_needs_none(here):
    text = """[[experiments]]
    use = "readout"
    physical_qubits = [0, 1, 2, 3]
    [[experiments]]
    use = "bernstein_vazirani"
    secret_string = "1011"
    mitigation = "readout"
    """

    (found,) = run(here, text)["bernstein_vazirani"].analyses()

    success = found["success_probability"]
    raw = load_run(here / "runs" / next((here / "runs").iterdir()).name).results["bernstein_vazirani"].dataset.raw
    assert raw.mean[0, 0] < 0.75
    # The device has t1 and errors of its own two-qubit gates.
    assert 0.85 < success.value < 1 + 3 * success.stderr


def test_an_analyzer_of_counts_is_refused_before_anything_is_submitted(here):
    with pytest.raises(CalibrationError, match="'assignment' reads counts, which no mitigation changes"):
        check_that_it_can(AssignedT1(mitigation="readout"), prepare(AssignedT1(), 10, "t1"))


class AssignedT1(T1):
    """T1 whose counts are asked for."""

    analyzer: ClassVar[str] = "assignment"
