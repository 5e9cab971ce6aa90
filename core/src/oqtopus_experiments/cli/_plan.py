"""``oqx plan``: what running a file would take, what it is expected to come to, and what a precision would cost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from oqtopus_experiments.cli._names import precisions
from oqtopus_experiments.cli._printing import say, say_json
from oqtopus_experiments.cli._run import FILE, ask_about_windows, changes, load_any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from oqtopus_experiments.runfile._config import RunConfig


def _pairs(context: click.Context, option: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    """Return NAME=VALUE options as a mapping."""
    pairs = [text.partition("=") for text in given]
    for (name, sign, value), text in zip(pairs, given, strict=True):
        if not (name.strip() and sign and value.strip()):
            message = f"{text!r:.60} is not NAME=VALUE, as {option.metavar}"
            raise click.BadParameter(message, context, option)
    names = [name.strip() for name, _, _ in pairs]
    if twice := [name for name in names if names.count(name) > 1]:
        message = f"{twice[0]!r:.60} is given twice"
        raise click.BadParameter(message, context, option)
    return {name.strip(): value.strip() for name, _, value in pairs}


@click.command()
@FILE
@changes
@click.option(
    "--precision", multiple=True, metavar="NAME=2%", callback=_pairs, shell_complete=precisions,
    help='Shots that a standard error needs: a part, or t1_time="1 us"; repeatable.',
)  # fmt: skip
@click.option(
    "--assume", multiple=True, metavar='NAME="20 us"', callback=_pairs,
    help="What a parameter of a model is assumed to be, instead of its calibration or example; repeatable.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def plan(
    file: Path,
    backend: str | None,
    shots: int | None,
    overrides: tuple[str, ...],
    only: tuple[str, ...],
    qubits: str | None,
    precision: dict[str, str],
    assume: dict[str, str],
    as_json: bool,
) -> None:
    """Show what running FILE would take, and the errors to expect or what a precision would cost. Runs nothing."""
    from oqtopus_experiments.runfile._config import SeveralRuns

    found = load_any(file, backend, shots, overrides, only, qubits)
    if not isinstance(found, SeveralRuns):
        planned = _plan(found, precision, assume, as_json=as_json)
        if as_json:
            say_json(planned)
        return
    parts = []
    for member in found.members:
        if member.values and not as_json:
            say(", ".join(f"{key} = {value}" for key, value in member.values.items()), bold=True)
        parts.append({"values": dict(member.values), **_plan(member.config, precision, assume, as_json=as_json)})
    if as_json:
        say_json({"kind": found.kind, "times": found.times, "repeat": found.repeat, "runs": parts})
    else:
        say(f"in all: {found.told}")


def _plan(config: RunConfig, precision: dict[str, str], assume: dict[str, str], *, as_json: bool) -> dict[str, Any]:
    """Print what one run would take, unless it is to be JSON, which is returned."""
    from oqtopus_experiments.cli._plan_json import content
    from oqtopus_experiments.cli._plan_tables import about_device, about_time, print_costs, print_prices
    from oqtopus_experiments.errors import BackendError
    from oqtopus_experiments.execution._driven import notes as drive_notes
    from oqtopus_experiments.execution._pace import pace
    from oqtopus_experiments.execution._plan import plan as plan_of
    from oqtopus_experiments.execution._prospect import device_of, prospects
    from oqtopus_experiments.execution._second_look import check_qubits

    rows = plan_of(config)
    device, note = device_of(config.backend)
    known = pace(config)
    check_qubits(config, device)
    ask_about_windows(config, device)
    expected = prospects(config, device, assume, precision)
    try:
        # Who has not answered one question is not waited for with the next.
        lines = (note,) if note else drive_notes(config)
    except BackendError as error:
        lines = (f"its device was not asked: {error}",)
    for line in lines:
        say(f"{config.backend.name}: {line}", err=True)
    if as_json:
        return content(config, device, rows, expected, known)
    if precision:
        print_prices(config, rows, expected)
    else:
        print_costs(config, rows, expected)
    if line := about_device(device):
        say(line)
    if not precision:
        say(about_time(known, sum(row["shots"] for row in rows), config.backend))
    return {}
