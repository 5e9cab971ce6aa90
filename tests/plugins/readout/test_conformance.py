"""The readout keeps what the contract promises, for single qubits side by side and for groups."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_readout import Readout


class TestSingleQubits(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=Readout(repetitions=4))


class TestGroups(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=Readout(group=2, repetitions=4))
