"""Both experiments, and the analyzer, keep what the contract promises."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import AnalyzerSubject, ExperimentSubject
from oqtopus_experiments.testing.conformance import AnalyzerConformance, ExperimentConformance
from oqtopus_experiments_chsh import CHSH, CHSHPhaseScan, CHSHSum


class TestChsh(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=CHSH())


class TestChshPhaseScan(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=CHSHPhaseScan(phase_points=7))


class TestChshSum(AnalyzerConformance):
    @pytest.fixture
    def subject(self):
        return AnalyzerSubject(analyzer=CHSHSum(), experiment=CHSH())
