"""What conformance tests came to, at the end of a run of pytest: what ran, what was skipped and why, what deviates."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import pytest

PROPERTY = "oqx_check"


class Summary:
    """Listens to the reports of all tests, those of other processes too, and speaks only where there is something."""

    def __init__(self) -> None:
        self._told: dict[str, list[Mapping[str, Any]]] = defaultdict(list)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a conformance test says of its check."""
        if report.when == "call":
            for name, value in report.user_properties:
                if name == PROPERTY and isinstance(value, Mapping):
                    where = report.nodeid.rpartition("::")[0]
                    self._told[where].append(value)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run in which a class or a name had nothing to look at."""
        if self._empty() and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Print a line for each class and name, and why a check was skipped or is known to fail."""
        if not self._told:
            return
        from oqtopus_experiments.testing.tally import Tally

        terminalreporter.section("conformance to the contract of oqtopus-experiments")
        for noted in self._told.values():
            tally = Tally(Counter(one["state"] for one in noted), sum(one["seconds"] for one in noted))
            terminalreporter.line(f"{noted[0]['group']}: {tally}")
            for one in noted:
                if one["state"] in ("skipped", "deviates"):
                    terminalreporter.line(f"  {one['state']:8}  {one['check']}: {one['reason']}")
        for group in self._empty():
            terminalreporter.line(f"{group}: no check ran, so nothing is verified", red=True)

    def _empty(self) -> list[str]:
        """
        Return what had nothing to look at.

        Of a class whose checks were only asked for in part, what was asked for may be skipped, if any of the run ran.
        """
        ran = {where: any(one["state"] != "skipped" for one in noted) for where, noted in self._told.items()}
        whole = {where: len(noted) >= noted[0]["of"] for where, noted in self._told.items()}
        return [
            noted[0]["group"]
            for where, noted in self._told.items()
            if not ran[where] and (whole[where] or not any(ran.values()))
        ]
