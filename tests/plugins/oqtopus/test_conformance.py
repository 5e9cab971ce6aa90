"""Devices behind the service, a simulator and a QPU with noise, keep what every backend promises."""

import pytest

from oqtopus_experiments.testing import BackendSubject, subjects_of
from oqtopus_experiments.testing.backends.secrets import a_run_shows_no_secret
from oqtopus_experiments.testing.conformance import BackendConformance
from oqtopus_experiments_oqtopus_emulator import Emulator


@pytest.fixture(scope="module")
def emulator():
    with Emulator(seed=1) as running:
        yield running


class TestSimulatorBehindTheService(BackendConformance):
    @pytest.fixture
    def subject(self, emulator, backend_for):
        return BackendSubject(
            backend=backend_for(emulator, "qulacs", poll_interval=0.05), submissions=lambda: submitted(emulator)
        )


class TestQpuBehindTheService(BackendConformance):
    @pytest.fixture
    def subject(self, emulator, backend_for):
        return BackendSubject(
            backend=backend_for(emulator, "anemone", poll_interval=0.05),
            noise=0.3,
            submissions=lambda: submitted(emulator),
        )


def submitted(emulator):
    return sum(job["submissions"] for job in emulator.stats()["jobs"].values())


def test_a_token_of_the_environment_is_looked_for_in_what_a_run_leaves(emulator, monkeypatch):
    monkeypatch.setenv("OQTOPUS_URL", emulator.url)
    monkeypatch.setenv("OQTOPUS_API_TOKEN", emulator.token)

    (subject,) = subjects_of("oqtopus")

    assert subject.secrets == (emulator.token,)
    a_run_shows_no_secret(subject)
