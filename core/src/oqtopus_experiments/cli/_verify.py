"""``oqx verify``: whether a plugin keeps what the contract promises."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oqtopus_experiments.cli._exit_codes import FAILED
from oqtopus_experiments.cli._names import installed, parameters
from oqtopus_experiments.cli._printing import say, say_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from oqtopus_experiments.contracts.subject import Subject
    from oqtopus_experiments.testing.check import Check, CheckOutcome, Kind

WIDTH, INDENT = 80, " " * 10
PROMPT = 1.0
"""Seconds below which nobody asks how long a check took."""


@click.command()
@click.argument("name", required=False, shell_complete=installed())
@click.option("--kind", type=click.Choice(["experiment", "backend", "analyzer"]), help="Where two have one name.")
@click.option("--only", multiple=True, metavar="CHECK", help="Run this check only; repeatable.")
@click.option("--set", "settings", multiple=True, metavar="OPTION=VALUE", help="A parameter of it; repeatable.",
              shell_complete=parameters)  # fmt: skip
@click.option("--list", "listed", is_flag=True, help="List the checks and what each promises.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def verify(
    name: str | None, kind: Kind | None, only: tuple[str, ...], settings: tuple[str, ...], listed: bool, as_json: bool
) -> None:
    """
    Check NAME against the contract, without any test file.

    NAME is an experiment, a backend or an analyzer of an installed plugin. Ends with 1 when a check fails or none ran.
    """
    if listed:
        _list_checks(kind, as_json=as_json)
        return
    if name is None:
        raise click.UsageError("name what to verify, as in `oqx verify t1`, or --list the checks")
    _verify(name, kind, only, settings, as_json=as_json)


def _list_checks(kind: Kind | None, *, as_json: bool) -> None:
    from oqtopus_experiments.testing.verification import CHECKS

    checks = [check for check in CHECKS if kind in (None, check.kind)]
    if as_json:
        say_json([{"check": check.name, "kind": check.kind, "promise": check.promise} for check in checks])
        return
    for check in checks:
        say(f"{check.kind:10}  {check.name}")
        _say_below(check.promise, INDENT + "  ")


def _verify(name: str, kind: Kind | None, only: Sequence[str], settings: Sequence[str], *, as_json: bool) -> None:
    from oqtopus_experiments.support._toml_lines import TomlSource
    from oqtopus_experiments.testing.subjects import subjects_of
    from oqtopus_experiments.testing.tally import Tally

    options = TomlSource.of(Path("--set"), {}, settings).data
    subjects = subjects_of(name, kind, options)
    told: list[dict[str, Any]] = []
    outcomes: list[CheckOutcome] = []
    for subject, outcome in _outcomes(subjects, only, quiet=as_json):
        outcomes.append(outcome)
        told.append(_as_dict(subject, outcome))
        if not as_json:
            _say_outcome(outcome)
    if as_json:
        say_json(told)
    tally = Tally.of(outcomes)
    if not as_json:
        say(f"{name}: {tally}")
    if tally.problem:
        say(f"error: {name}: {tally.problem}", err=True)
        raise click.exceptions.Exit(FAILED)


def _outcomes(
    subjects: Sequence[Subject], only: Sequence[str], *, quiet: bool
) -> Iterator[tuple[Subject, CheckOutcome]]:
    from oqtopus_experiments.testing.subjects import kind_of
    from oqtopus_experiments.testing.verification import CHECKS, checks_of, run_check

    kinds = {check.kind for check in CHECKS if check.name in only}
    # Where a name is that of two kinds, a check is one of one of them; of none, the first says so.
    wanted = [subject for subject in subjects if kind_of(subject) in kinds] or subjects
    planned = [(subject, checks_of(subject, only)) for subject in wanted]
    for number, (subject, checks) in enumerate(planned, start=1):
        if not quiet:
            which = f" {number} of {len(planned)}" if len(planned) > 1 else ""
            say(textwrap.shorten(f"{kind_of(subject)}{which}: {subject.verified!r}", WIDTH, placeholder=" ..."))
            _say_of_queue(subject, checks)
        for check in checks:
            yield subject, run_check(check, subject)


def _say_of_queue(subject: Subject, checks: Sequence[Check]) -> None:
    from oqtopus_experiments.contracts.subject import BackendSubject
    from oqtopus_experiments.testing.backends.submissions import circuits_of

    if isinstance(subject, BackendSubject) and subject.backend.queued:
        circuits = circuits_of(checks)
        jobs = "each a job" if subject.backend.jobs_for(2) > 1 else "several in a job"
        _say_below(
            f"its jobs go to a queue: these checks submit up to {circuits} small circuits, {jobs}, of at most 1000 "
            "shots, at what they cost there; --only CHECK runs fewer"
        )


def _say_outcome(outcome: CheckOutcome) -> None:
    took = f"  ({outcome.seconds:.1f} s)" if outcome.seconds >= PROMPT else ""
    say(f"{outcome.state:8}  {outcome.check.name}{took}")
    if outcome.state == "failed":
        _say_below(outcome.check.promise)
    if outcome.reason:
        _say_below(outcome.reason)


def _say_below(text: str, indent: str = INDENT) -> None:
    for line in textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False):
        say(line)


def _as_dict(subject: Subject, outcome: CheckOutcome) -> dict[str, Any]:
    return {
        "subject": repr(subject.verified),
        "check": outcome.check.name,
        "kind": outcome.check.kind,
        "state": outcome.state,
        "reason": outcome.reason,
        "seconds": round(outcome.seconds, 3),
    }
