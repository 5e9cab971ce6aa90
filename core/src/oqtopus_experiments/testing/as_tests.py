"""What came of a check, told to pytest: as a test that passed, failed, was skipped or failed as expected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from oqtopus_experiments.testing.check import CheckOutcome
from oqtopus_experiments.testing.pytest_summary import PROPERTY

Recorder: TypeAlias = Callable[[str, Any], None]
"""Keeps a property beside a test, as the fixture ``record_property`` does; reports carry it, also between processes."""


def report(outcome: CheckOutcome, group: str, of: int, record: Recorder) -> None:
    """
    End a test as a check ended.

    Args:
        outcome: What came of it.
        group: What it is one check of: a class of tests, or a name that is verified.
        of: How many checks that has.
        record: Keeps all this for the summary.
    """
    noted = {"group": group, "of": of, "check": outcome.check.name, "state": outcome.state, "reason": outcome.reason}
    record(PROPERTY, {**noted, "seconds": outcome.seconds})
    match outcome.state:
        case "skipped":
            pytest.skip(outcome.reason)
        case "deviates":
            pytest.xfail(outcome.reason)
        case "failed":
            pytest.fail(f"{outcome.check.promise} {outcome.reason}", pytrace=False)
        case "passed":
            return
