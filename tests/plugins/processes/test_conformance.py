"""A simulator that is spread over processes keeps what every backend promises."""

import pytest

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.testing import BackendSubject
from oqtopus_experiments.testing.conformance import BackendConformance
from oqtopus_experiments_processes import ProcessesBackend


class TestProcesses(BackendConformance):
    @pytest.fixture
    def subject(self):
        return BackendSubject(backend=ProcessesBackend(inner=LocalBackend("qulacs"), workers=2))
