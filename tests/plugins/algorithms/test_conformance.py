"""The algorithms keep what the contract promises."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import AnalyzerSubject, ExperimentSubject
from oqtopus_experiments.testing.conformance import AnalyzerConformance, ExperimentConformance
from oqtopus_experiments_algorithms import BernsteinVazirani, DeutschJozsa, Grover, HadamardTest, Success


class TestHadamardTest(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=HadamardTest())


class TestDeutschJozsa(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=DeutschJozsa())


class TestBernsteinVazirani(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=BernsteinVazirani(n_bits=3))


class TestGrover(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=Grover())


class TestSuccess(AnalyzerConformance):
    @pytest.fixture
    def subject(self):
        return AnalyzerSubject(analyzer=Success(), experiment=Grover())
