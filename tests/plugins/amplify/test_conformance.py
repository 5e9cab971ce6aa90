"""Amplification of angle errors keeps what the contract promises."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject
from oqtopus_experiments.testing.conformance import ExperimentConformance
from oqtopus_experiments_amplify import Amplify


class TestAmplify(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=Amplify(max_repeats=24, repeat_points=6))
