"""
Classes to subclass in the tests of a plugin, with one fixture to override::

    class TestT1(ExperimentConformance):
        @pytest.fixture
        def subject(self):
            return ExperimentSubject(experiment=T1(delay_points=12))

Every check is a test of its own. Needs pytest, which the extra ``oqtopus-experiments[testing]`` brings.
"""

from __future__ import annotations

from typing import ClassVar

import pytest

from oqtopus_experiments.contracts.subject import Subject
from oqtopus_experiments.errors import ConfigError
from oqtopus_experiments.testing.as_tests import Recorder, report
from oqtopus_experiments.testing.check import Check, Kind
from oqtopus_experiments.testing.subjects import kind_of
from oqtopus_experiments.testing.verification import CHECKS, checks_of, run_check


def _of(kind: Kind) -> pytest.MarkDecorator:
    checks = [check for check in CHECKS if check.kind == kind]
    return pytest.mark.parametrize("check", checks, ids=[check.name for check in checks])


class Conformance:
    """What the three classes share."""

    kind: ClassVar[Kind]

    @pytest.fixture
    def subject(self) -> Subject:
        """Return what is verified: an `ExperimentSubject`, a `BackendSubject` or an `AnalyzerSubject`."""
        what = self.kind.capitalize()
        pytest.fail(
            f"{type(self).__name__} does not say what it verifies: override its fixture `subject`, and let it return "
            f"{what}Subject({self.kind}=...)",
            pytrace=False,
        )

    def conforms(self, subject: Subject, check: Check, record: Recorder) -> None:
        """Run one check as a test: a deviation that is admitted is an expected failure."""
        try:
            kind, due = kind_of(subject), checks_of(subject)
        except ConfigError as error:
            pytest.fail(str(error), pytrace=False)
        if kind != self.kind:
            pytest.fail(f"{type(self).__name__} verifies {self.kind}s; its subject is of {kind}s", pytrace=False)
        report(run_check(check, subject), type(self).__name__, len(due), record)


class ExperimentConformance(Conformance):
    """Verify an experiment."""

    kind: ClassVar[Kind] = "experiment"

    @_of("experiment")
    def test_conformance(self, subject: Subject, check: Check, record_property: Recorder) -> None:
        """Run one check."""
        self.conforms(subject, check, record_property)


class BackendConformance(Conformance):
    """Verify a backend."""

    kind: ClassVar[Kind] = "backend"

    @_of("backend")
    def test_conformance(self, subject: Subject, check: Check, record_property: Recorder) -> None:
        """Run one check."""
        self.conforms(subject, check, record_property)


class AnalyzerConformance(Conformance):
    """Verify an analyzer."""

    kind: ClassVar[Kind] = "analyzer"

    @_of("analyzer")
    def test_conformance(self, subject: Subject, check: Check, record_property: Recorder) -> None:
        """Run one check."""
        self.conforms(subject, check, record_property)
