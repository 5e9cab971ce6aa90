"""Counts taken elsewhere give the numbers that a run of the same experiment gives."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.primitives import StatevectorSampler
from qiskit_aer import AerSimulator

from oqtopus_experiments import CountsError, load_run
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.experiments import T1, Rabi

NOISY = {"device": "noisy", "seed": 4, "t1": 40_000.0, "t2": 30_000.0}


def written(path, result, targets):
    """Write the counts of a result as another program might: target by target."""
    size, names = result.dataset.sweep.size, result.dataset.reference_names
    with path.open("w", newline="") as file:
        table = csv.writer(file, delimiter=";")
        table.writerow(["delay (us)", "reference", "target", "outcome", "count"])
        for number, target in enumerate(targets):
            for point in [*range(size), *names]:
                read = result.dataset.outcomes(number, point)
                delay = "" if isinstance(point, str) else result.dataset.sweep.points()[point]["delay"] / 1000
                name = point if isinstance(point, str) else ""
                for bits, count in zip(read.bits, read.occurrences, strict=True):
                    table.writerow([delay, name, target, int(bits[0]), count])
    return path


@pytest.mark.parametrize("calibrate_readout", [False, True])
def test_a_table_gives_the_very_numbers_of_the_run_it_was_written_from(tmp_path, calibrate_readout):
    experiment = T1(physical_qubits=[3, 6], max_delay=150_000.0, calibrate_readout=calibrate_readout)
    run = experiment.run(LocalBackend(**NOISY), shots=1000)

    again = T1().result_from(written(tmp_path / "counts.csv", run, (3, 6)), runs=tmp_path / "runs")

    ours, theirs = run.analyze(), again.analyze()
    for column in ("t1_time", "t1_time_stderr", "amplitude", "offset"):
        assert theirs[column].to_numpy() == pytest.approx(ours[column].to_numpy(), rel=1e-6)
    assert theirs.verdict.tolist() == ours.verdict.tolist()
    assert again.experiment.calibrate_readout is calibrate_readout
    assert again.experiment.delays == pytest.approx(run.dataset.sweep.grid()["delay"])
    (folder,) = (tmp_path / "runs").glob("*")
    loaded = load_run(folder).results["t1"].analyze()
    assert loaded.t1_time.tolist() == theirs.t1_time.tolist()


def test_delays_that_no_t1_would_choose_are_fitted_where_they_were_waited():
    delays = np.array([0.0, 3, 7, 20, 22, 47, 90, 140, 200]) * 1000
    rng = np.random.default_rng(3)
    ones = rng.binomial(4000, 0.02 + 0.95 * np.exp(-delays / 31_000))

    frame = (
        T1()
        .result_from({float(d): {"1": int(n), "0": int(4000 - n)} for d, n in zip(delays, ones, strict=True)})
        .analyze()
    )

    assert abs(frame.t1_time[0] - 31_000) < 4 * frame.t1_time_stderr[0]
    assert frame.verdict[0] == "good"


@pytest.mark.parametrize("given", [{"delays": [0.0, 1.0, 2.0, 3.0]}, {"spacing": "auto"}, {"max_delay": 5.0}])
def test_what_an_experiment_would_have_swept_is_no_part_of_what_was_measured(given):
    counts = {float(delay): {"1": 1000 - delay, "0": delay} for delay in (0, 100, 200, 300, 350)}

    result = T1(**given).result_from(counts)

    assert result.experiment.delays == (0, 100, 200, 300, 350)
    assert result.experiment.parameters() == T1().result_from(counts).experiment.parameters()


def circuits_of(experiment):
    return [experiment.circuit(**point) for point in experiment.sweep().points()]


def test_a_result_of_qiskit_is_analyzed_in_the_order_of_the_sweep():
    experiment = Rabi(amplitude_points=21)
    given = AerSimulator(seed_simulator=1).run(circuits_of(experiment), shots=2000).result()

    frame = experiment.result_from(given).analyze()

    assert abs(frame.pi_amplitude[0] - 1) < 4 * frame.pi_amplitude_stderr[0]


def test_a_primitive_result_has_its_own_names_of_registers():
    experiment = Rabi(amplitude_points=21)
    circuits = []
    for circuit in circuits_of(experiment):
        own = QuantumCircuit(1)
        own.compose(circuit.remove_final_measurements(inplace=False), inplace=True)
        own.measure_all()
        circuits.append(own)
    given = StatevectorSampler(seed=2).run(circuits, shots=2000).result()

    result = experiment.result_from(given)

    assert abs(result.analyze().pi_amplitude[0] - 1) < 4 * result.analyze().pi_amplitude_stderr[0]
    with pytest.raises(CountsError, match=r"PrimitiveResult has counts of 21 circuits, and the sweep 30 points"):
        Rabi(amplitude_points=30).result_from(given)


def test_one_circuit_with_parameters_is_as_many_points():
    from qiskit.circuit import Parameter

    angle = Parameter("angle")
    circuit = QuantumCircuit(1)
    circuit.rx(angle, 0)
    circuit.measure_all()
    amplitudes = np.linspace(0, 2, 17)
    given = StatevectorSampler(seed=2).run([(circuit, np.pi * amplitudes[:, None])], shots=2000).result()

    frame = Rabi().result_from(given, axes={"amplitude": amplitudes}).analyze()

    assert abs(frame.pi_amplitude[0] - 1) < 4 * frame.pi_amplitude_stderr[0]


def test_counts_of_a_drive_say_that_nobody_said_what_was_driven():
    told = Rabi(pulse="rx").result_from({0.5: {"1": 5, "0": 5}, 1.0: {"1": 10}}).notes

    assert any("nobody said whether the device drives rx" in note for note in told)


def as_table(path, result):
    """Write the counts of any result: axes, target by target, every outcome that was read."""
    names = [axis.name for axis in result.dataset.sweep.axes]
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow([*names, "target", "outcome", "count"])
        for number, target in enumerate(result.dataset.targets):
            for index, point in enumerate(result.dataset.sweep.points()):
                read = result.dataset.outcomes(number, index)
                for bits, count in zip(read.bits, read.occurrences, strict=True):
                    outcome = "".join("1" if bit else "0" for bit in reversed(bits))
                    table.writerow([*(point.get(n, "") for n in names), "-".join(map(str, target)), outcome, count])
    return path


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        (
            "Interleaved",
            {"physical_qubits": [0, 2], "longest": 20, "lengths": 4, "seeds": 4},
        ),  # series, signal by point
        ("ReadoutMatrix", {"targets": [(0, 1), (3, 2)]}),  # labels, outcomes of pairs, an analyzer of its own
        ("Ghz", {}),  # a sum of grids
    ],
)
def test_counts_of_any_experiment_serve_not_those_of_t1_alone(strangers, tmp_path, name, parameters):
    experiment = getattr(strangers, name)(**parameters)
    run = experiment.run(LocalBackend(device="noisy", seed=3), shots=400)

    again = experiment.result_from(as_table(tmp_path / "counts.csv", run), runs=tmp_path / "runs")

    assert again.dataset.sweep.size == run.dataset.sweep.size
    (folder,) = (tmp_path / "runs").iterdir()
    for theirs in (again.analyze(), load_run(folder).results[experiment.name].analyze()):
        for column, values in run.analyze().items():
            if values.dtype.kind == "f":
                np.testing.assert_allclose(theirs[column], values, rtol=1e-5, err_msg=column)
            elif column not in ("qubits", "points"):
                assert theirs[column].tolist() == values.tolist(), column
