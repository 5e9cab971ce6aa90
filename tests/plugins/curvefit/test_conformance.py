"""The analyzer passes the conformance kit on a decay that is nobody's experiment."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import AnalyzerSubject
from oqtopus_experiments.testing.conformance import AnalyzerConformance
from oqtopus_experiments_curvefit import CurveFit


class TestCurveFit(AnalyzerConformance):
    @pytest.fixture
    def subject(self):
        return AnalyzerSubject(analyzer=CurveFit())
