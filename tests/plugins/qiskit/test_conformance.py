"""A fake device, and an account with a queue, keep what every backend promises."""

import pytest

from oqtopus_experiments.testing import BackendSubject, subjects_of
from oqtopus_experiments.testing.conformance import BackendConformance


class TestFakeDevice(BackendConformance):
    @pytest.fixture
    def subject(self):
        (subject,) = subjects_of("qiskit")
        return subject


class TestAccount(BackendConformance):
    @pytest.fixture
    def subject(self, ibm, account):
        return BackendSubject(
            backend=account(circuits_per_job=2), noise=0.3, secrets=("a secret",), submissions=lambda: len(ibm.jobs)
        )
