"""State tomography keeps what the contract promises."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import AnalyzerSubject, ExperimentSubject
from oqtopus_experiments.testing.conformance import AnalyzerConformance, ExperimentConformance
from oqtopus_experiments_tomography import StateTomography, Tomography

# Fewer data sets drawn for each error bar: the kit analyzes some hundred targets.
QUICK = Tomography(resamples=20)


class TestBell(ExperimentConformance):
    @pytest.fixture
    def subject(self):
        return ExperimentSubject(experiment=StateTomography(), analyzer=QUICK, shots=500)


class TestAnalyzer(AnalyzerConformance):
    @pytest.fixture
    def subject(self):
        return AnalyzerSubject(analyzer=QUICK, experiment=StateTomography(state="plus"), shots=400)
