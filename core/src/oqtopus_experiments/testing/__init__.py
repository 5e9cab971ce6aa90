"""
The conformance kit for authors of plugins, and what it is made of: data with known truth, coverage of error bars.

Knows every wing but the command line, which it must not know: it verifies plugins in whole runs.
"""

from oqtopus_experiments.contracts.subject import AnalyzerSubject, BackendSubject, ExperimentSubject, Subject
from oqtopus_experiments.testing.check import Check, CheckOutcome, NotApplicable, NotConforming
from oqtopus_experiments.testing.coverage import Coverage, coverage
from oqtopus_experiments.testing.synthetic import drawn, synthetic
from oqtopus_experiments.testing.verify import subjects_of, verify

__all__ = [
    "AnalyzerSubject",
    "BackendSubject",
    "Check",
    "CheckOutcome",
    "Coverage",
    "ExperimentSubject",
    "NotApplicable",
    "NotConforming",
    "Subject",
    "coverage",
    "drawn",
    "subjects_of",
    "synthetic",
    "verify",
]
