"""``oqx verify``: whether a plugin keeps what the contract promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from oqtopus_experiments.cli._printing import say, say_json

if TYPE_CHECKING:
    from oqtopus_experiments.contracts.subject import Subject
    from oqtopus_experiments.testing.check import CheckOutcome


@click.command()
@click.argument("name", required=False)
@click.option("--kind", type=click.Choice(["experiment", "backend", "analyzer"]), help="Where two have one name.")
@click.option("--only", multiple=True, metavar="CHECK", help="Run this check only; may be repeated.")
@click.option("--list", "listed", is_flag=True, help="List the checks and what each promises.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def verify(name: str | None, kind: Any, only: tuple[str, ...], listed: bool, as_json: bool) -> None:
    """Check an experiment, a backend or an analyzer against the contract, without any test file."""
    from oqtopus_experiments.errors import PluginFault
    from oqtopus_experiments.testing.verify import CHECKS, subjects_of, verify as run_checks

    if listed:
        for check in CHECKS:
            if kind in (None, check.kind):
                say(f"{check.kind:10}  {check.name}\n            {check.promise}")
        return
    if name is None:
        raise click.UsageError("name what to verify, or --list the checks")
    told: list[dict[str, Any]] = []
    for subject in subjects_of(name, kind):
        for outcome in run_checks(subject, only):
            told.append(_as_dict(subject, outcome))
            if not as_json:
                say(f"{outcome.state:8}  {outcome.check.name}" + (f": {outcome.reason}" if outcome.reason else ""))
    if as_json:
        say_json(told)
    failed = sum(one["state"] == "failed" for one in told)
    ran = sum(one["state"] != "skipped" for one in told)
    if failed or not ran:
        message = f"{name}: {failed} of {ran} checks failed" if ran else f"{name}: no check ran"
        raise PluginFault(message)
    if not as_json:
        say(f"{name}: {ran} checks ran, {len(told) - ran} skipped")


def _as_dict(subject: Subject, outcome: CheckOutcome) -> dict[str, Any]:
    return {
        "subject": repr(subject.verified),
        "check": outcome.check.name,
        "kind": outcome.check.kind,
        "state": outcome.state,
        "reason": outcome.reason,
        "seconds": round(outcome.seconds, 3),
    }
