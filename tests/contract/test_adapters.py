"""Any Qiskit BackendV2 or BaseSamplerV2 is accepted where a backend is."""

from __future__ import annotations

import pytest
from qiskit.primitives import BackendSamplerV2, StatevectorSampler
from qiskit.providers.fake_provider import GenericBackendV2
from qiskit.transpiler import CouplingMap
from qiskit_aer import AerSimulator
from qiskit_aer.primitives import SamplerV2 as AerSampler

from oqtopus_experiments import DeviceError
from oqtopus_experiments.experiments import T1, Rabi


def device(num_qubits=5):
    return GenericBackendV2(num_qubits, coupling_map=CouplingMap.from_line(num_qubits), seed=3)


@pytest.mark.parametrize(
    "backend",
    [
        AerSimulator(seed_simulator=1),
        StatevectorSampler(seed=1),
        AerSampler(seed=1),
        BackendSamplerV2(backend=device(), options={"seed_simulator": 1}),
        device(),
    ],
    ids=lambda backend: type(backend).__name__,
)
def test_a_rabi_oscillation_is_found_on_qiskits_own_backends(backend):
    experiment = Rabi(physical_qubits=[3, 1], amplitude_points=20, max_amplitude=2.0)

    result = experiment.run(backend=backend, shots=1000)
    frame = result.analyze()

    assert frame.qubits.tolist() == [3, 1]
    assert result.job_metadata["status"] == "succeeded"
    assert (abs(frame.pi_amplitude - 1) < 4 * frame.pi_amplitude_stderr).all()


def test_the_qubit_asked_for_is_the_qubit_measured():
    """On a device whose qubit 2 alone is read wrongly, only target 2 is wrong."""
    from qiskit_aer.noise import NoiseModel, ReadoutError

    model = NoiseModel(basis_gates=["rx", "x", "delay"])
    model.add_readout_error(ReadoutError([[0.5, 0.5], [0.5, 0.5]]), [2])
    noisy = AerSimulator(noise_model=model, seed_simulator=2, coupling_map=CouplingMap.from_line(4))

    dataset = T1(physical_qubits=[1, 2, 3], delay_points=5).run(noisy, shots=1000).dataset

    assert (dataset.mean[[0, 2]] == 1).all()
    assert (abs(dataset.mean[1] - 0.5) < 0.08).all()


def test_a_device_that_is_too_small_says_so():
    with pytest.raises(DeviceError, match=r"has qubits 0\.\.4; 7 was asked for"):
        Rabi(physical_qubit=7).run(device(), shots=10)
