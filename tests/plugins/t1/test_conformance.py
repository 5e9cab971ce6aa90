"""T1 keeps what the contract promises, with its defaults and with what else it may be asked for."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_t1 import T1


class TestDefaults(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=T1())


class TestDelays(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=T1(delays=(0, 1e3, 3e3, 6e3, 1e4, 2e4, 3e4, 4e4, 6e4, 9e4)))


class TestWithoutReferences(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        # Five to eight times T1, as its documentation says.
        return ExperimentSubject(
            experiment=T1(max_delay=200_000.0, calibrate_readout=False),
            truth={"t1_time": 33_000.0, "amplitude": 0.95, "offset": 0.02},
        )
