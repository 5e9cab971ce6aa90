"""The analyzers of strangers pass the conformance kit; what they need of it is in public names."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import AnalyzerSubject
from oqtopus_experiments.testing.conformance import AnalyzerConformance


class TestAssignment(AnalyzerConformance):
    @pytest.fixture
    def subject(self, strangers):
        return AnalyzerSubject(analyzer=strangers.readout_matrix.Assignment(), experiment=strangers.ReadoutMatrix())


class TestChshSum(AnalyzerConformance):
    @pytest.fixture
    def subject(self, strangers):
        return AnalyzerSubject(analyzer=strangers.chsh.ChshSum(), experiment=strangers.Bell())


class TestLinearInversion(AnalyzerConformance):
    @pytest.fixture
    def subject(self, strangers):
        return AnalyzerSubject(analyzer=strangers.tomography.LinearInversion(), experiment=strangers.PairTomography())


class TestSuccess(AnalyzerConformance):
    @pytest.fixture
    def subject(self, strangers):
        experiment = strangers.BernsteinVazirani(bits=2)
        return AnalyzerSubject(analyzer=strangers.bernstein_vazirani.Success(), experiment=experiment)
