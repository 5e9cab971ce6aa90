"""The contract is not bent to Rabi and T1: what strangers write works like our own."""

from __future__ import annotations

import numpy as np
import pytest

from oqtopus_experiments.backends import LocalBackend

QUIET = {"t1": None, "t2": None, "readout_error_0": 0.0, "readout_error_1": 0.0, "two_qubit_error": 0.0}


def test_two_axes_and_random_circuits_give_the_error_per_gate_the_device_has(strangers):
    backend = LocalBackend(device="noisy", seed=1, **QUIET | {"single_qubit_error": 0.004})

    row = strangers.RandomX(physical_qubits=[0, 1], longest=400).run(backend, shots=2000).analyze()

    # Depolarizing with probability p errs with p/2 for one qubit.
    pulls = (row.error_per_gate - 0.002) / row.error_per_gate_stderr
    assert (pulls.abs() < 3.5).all()
    assert (row.error_per_gate_stderr < 0.0002).all()
    assert (row.verdict == "good").all()


def test_the_same_point_gives_the_same_random_circuit_again(strangers):
    experiment = strangers.RandomX()

    assert experiment.circuit(8, 3) == experiment.circuit(8, 3)
    assert experiment.circuit(80, 3) != experiment.circuit(80, 4)


def test_pairs_of_qubits_with_several_settings_each_violate_the_inequality_as_far_as_they_can(strangers):
    experiment = strangers.Bell(targets=[(0, 1), (3, 2), (4, 5)])

    result = experiment.run(LocalBackend(device="qulacs", seed=2), shots=4000)
    frame = result.analyze()

    assert frame.qubits.tolist() == ["0-1", "3-2", "4-5"]
    assert len(result.counts) == 4
    assert (abs(frame.s_value - 2 * np.sqrt(2)) < 4 * frame.s_value_stderr).all()
    assert (frame.verdict == "good").all()


def test_a_parity_with_two_unknowns_is_fitted(strangers):
    noise = QUIET | {"readout_error_0": 0.05, "readout_error_1": 0.05, "single_qubit_error": 0.0}
    backend = LocalBackend(device="noisy", seed=3, **noise)

    frame = strangers.ParityFringe().run(backend, shots=4000).analyze()

    # Each readout scales the parity by 1 - 0.05 - 0.05. The sign of the fringe is in the phase.
    assert abs(frame.contrast[0] - 0.9**2) < 4 * frame.contrast_stderr[0]
    assert np.cos(frame.phase_offset[0] - 0.3) ** 2 > 0.999
    assert frame.attrs["units"]["phase_offset"] == "rad"


@pytest.mark.parametrize("name", ["random-x", "bell", "parity-fringe"])
def test_strangers_experiments_run_from_a_file_with_a_figure(strangers, name, tmp_path, monkeypatch, capsys):
    from oqtopus_experiments import cli

    (tmp_path / "run.toml").write_text(f"shots = 200\nseed = 4\n[[experiments]]\nuse = '{name}'\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["oqx", "run", "run.toml", "--backend", "noisy"])

    with pytest.raises(SystemExit) as stop:
        cli.main()

    assert not stop.value.code, capsys.readouterr().err
    (figure,) = (tmp_path / "runs").rglob("figure.png")
    assert figure.stat().st_size > 5000
