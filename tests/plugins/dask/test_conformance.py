"""A simulator that is spread over a Dask cluster keeps what every backend promises."""

import pytest

from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.testing import BackendSubject
from oqtopus_experiments.testing.conformance import BackendConformance
from oqtopus_experiments_dask import DaskBackend


class TestDask(BackendConformance):
    @pytest.fixture
    def subject(self, cluster):
        return BackendSubject(backend=DaskBackend(inner=LocalBackend("qulacs"), scheduler=cluster.address))
