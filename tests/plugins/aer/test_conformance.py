"""The noisy simulator keeps what every backend promises: as it comes, and as the twin of a device."""

import pytest

from oqtopus_experiments import CouplingInfo, DeviceInfo, DeviceSummary, QubitInfo
from oqtopus_experiments.testing import BackendSubject, subjects_of
from oqtopus_experiments.testing.conformance import BackendConformance
from oqtopus_experiments_aer import NoisyBackend

TWIN = DeviceInfo(
    summary=DeviceSummary(name="line", kind="QPU", status="available", num_qubits=4),
    qubits=tuple(
        QubitInfo(index=index, t1=30_000.0 + 1000 * index, t2=20_000.0, gate_error=0.001 * (index + 1), gate_time=30.0,
                  readout_error_0=0.01, readout_error_1=0.03)
        for index in range(4)
    ),
    couplings=tuple(
        CouplingInfo(control=a, target=b, error=0.02, gate_time=200.0)
        for low in range(3) for a, b in ((low, low + 1), (low + 1, low))
    ),
    gates=("sx", "x", "rz", "cx"),
)  # fmt: skip


class TestNoisy(BackendConformance):
    @pytest.fixture
    def subject(self):
        (subject,) = subjects_of("noisy")
        return subject


class TestTwin(BackendConformance):
    @pytest.fixture
    def subject(self):
        twin = NoisyBackend(like=TWIN, qubits={1: {"t1": 10_000.0}})
        return BackendSubject(backend=twin, probabilities=twin.probabilities, physical_qubits=(0, 1))
