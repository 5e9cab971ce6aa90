"""
The conformance kit within pytest: ``pytest --oqx-verify NAME`` runs every check of a plugin as a test, without a file.

Also tells, after any run with conformance tests, what was skipped and what is known to deviate, and fails one in which
no check ran. pytest imports this module wherever both are installed: it loads nothing before it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from oqtopus_experiments.testing.pytest_summary import Summary

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.subject import Subject
    from oqtopus_experiments.testing.check import Check

OPTION = "--oqx-verify"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    group = parser.getgroup("oqtopus-experiments")
    group.addoption(
        OPTION,
        action="append",
        default=[],
        metavar="NAME",
        help="run the conformance checks of an installed experiment, backend or analyzer; may be repeated",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Keep what conformance tests report; names without paths mean that nothing else is collected."""
    config.pluginmanager.register(Summary(), "oqtopus_experiments_summary")
    if config.getoption(OPTION) and config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = []


@pytest.hookimpl(tryfirst=True)  # so that others select from these tests too
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Add one test for each check of each name."""
    for name in session.config.getoption(OPTION):
        items.extend(session.genitems(Verified.from_parent(session, name=name, nodeid=f"oqx verify {name}")))


class Verified(pytest.Collector):
    """A name that is verified."""

    def collect(self) -> Iterator[pytest.Item]:
        """
        Yield its checks.

        Raises:
            CollectError: When nothing is called that, or it says wrongly what it is verified by.
        """
        from oqtopus_experiments.errors import OqtopusExperimentsError
        from oqtopus_experiments.testing.subjects import subjects_of
        from oqtopus_experiments.testing.verification import checks_of

        try:
            planned = [(subject, check) for subject in subjects_of(self.name) for check in checks_of(subject)]
        except OqtopusExperimentsError as error:
            raise self.CollectError(str(error)) from error
        several = len({id(subject) for subject, _ in planned}) > 1
        for number, (subject, check) in enumerate(planned):
            name = f"{check.name}[{number}]" if several else check.name
            yield CheckItem.from_parent(self, name=name, subject=subject, check=check, of=len(planned))


class CheckItem(pytest.Item):
    """
    One check as a test.

    Args:
        subject: What is verified.
        check: The check.
        of: How many checks the name has.
        how: What pytest gives.
    """

    def __init__(self, *, subject: Subject, check: Check, of: int, **how: Any) -> None:
        super().__init__(**how)
        self._subject, self._check, self._of = subject, check, of

    def runtest(self) -> None:
        """Run it."""
        from oqtopus_experiments.testing.as_tests import report
        from oqtopus_experiments.testing.verification import run_check

        report(run_check(self._check, self._subject), self.parent.name if self.parent else "", self._of, self._record)

    def reportinfo(self) -> tuple[str, None, str]:
        """Return where it stands: in no file."""
        return self.nodeid.partition("::")[0], None, self.name

    def _record(self, name: str, value: Any) -> None:
        self.user_properties.append((name, value))
