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
from oqtopus_experiments.testing.check import Check, Kind
from oqtopus_experiments.testing.verify import CHECKS, run_check


def _of(kind: Kind) -> pytest.MarkDecorator:
    checks = [check for check in CHECKS if check.kind == kind]
    return pytest.mark.parametrize("check", checks, ids=[check.name for check in checks])


class Conformance:
    """What the three classes share."""

    kind: ClassVar[Kind]

    @pytest.fixture
    def subject(self) -> Subject:
        """Return what is verified: an `ExperimentSubject`, a `BackendSubject` or an `AnalyzerSubject`."""
        message = f"{type(self).__name__} has no subject: override the fixture `subject`"
        raise NotImplementedError(message)

    def conforms(self, subject: Subject, check: Check) -> None:
        """Run one check as a test: a deviation that is admitted is an expected failure."""
        outcome = run_check(check, subject)
        match outcome.state:
            case "skipped":
                pytest.skip(outcome.reason)
            case "deviates":
                pytest.xfail(outcome.reason)
            case "failed":
                pytest.fail(f"{check.promise} {outcome.reason}", pytrace=False)
            case _:
                return


class ExperimentConformance(Conformance):
    """Verify an experiment."""

    kind: ClassVar[Kind] = "experiment"

    @_of("experiment")
    def test_conformance(self, subject: Subject, check: Check) -> None:
        """Run one check."""
        self.conforms(subject, check)


class BackendConformance(Conformance):
    """Verify a backend."""

    kind: ClassVar[Kind] = "backend"

    @_of("backend")
    def test_conformance(self, subject: Subject, check: Check) -> None:
        """Run one check."""
        self.conforms(subject, check)


class AnalyzerConformance(Conformance):
    """Verify an analyzer."""

    kind: ClassVar[Kind] = "analyzer"

    @_of("analyzer")
    def test_conformance(self, subject: Subject, check: Check) -> None:
        """Run one check."""
        self.conforms(subject, check)
