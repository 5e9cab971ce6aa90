"""Echo experiments keep what the contract promises."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_t2echo import T2Echo


class TestEchoes(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=T2Echo(delay_points=10, sequence="xy4"))
