"""The noiseless simulator keeps what every backend promises."""

import pytest

from oqtopus_experiments.testing import BackendSubject
from oqtopus_experiments.testing.conformance import BackendConformance
from oqtopus_experiments_qulacs import QulacsBackend


class TestQulacs(BackendConformance):
    @pytest.fixture
    def subject(self):
        return BackendSubject(backend=QulacsBackend())
