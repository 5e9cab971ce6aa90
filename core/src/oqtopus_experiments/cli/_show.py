"""``oqx list``, ``oqx plugins``: what there is."""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import click

from oqtopus_experiments.cli._printing import console, say, say_json
from oqtopus_experiments.cli._streams import results

if TYPE_CHECKING:
    from oqtopus_experiments.plugins._plugin import Plugin


@click.command("list")
def list_everything() -> None:
    """List the experiments, backends, analyzers, mitigations and executors of all installed plugins."""
    from oqtopus_experiments.cli._provided import provided

    _print_rows([[one.kind, one.name, one.what, one.source] for one in provided()])


def _print_rows(rows: list[list[str]]) -> None:
    """
    Print columns; where they have no room, descriptions wrap and what they come from is left to ``oqx plugins``.

    Plain text, as rich takes longer to load.
    """
    table = [["kind", "name", "what", "from"], *rows]
    widths = [max(len(row[column]) for row in table) for column in range(4)]
    columns = shutil.get_terminal_size().columns if results().isatty() else sys.maxsize
    narrow = sum(widths) + 6 > columns
    if narrow:
        widths[2] = max(20, columns - widths[0] - widths[1] - 4)
    for row in table:
        lines = textwrap.wrap(row[2], widths[2]) or [""] if narrow else [f"{row[2]:{widths[2]}}  {row[3]}"]
        start = f"{row[0]:{widths[0]}}  {row[1]:{widths[1]}}  "
        for number, line in enumerate(lines):
            say((start if number == 0 else " " * len(start)) + line, bold=row is table[0])
    if narrow:
        say("what each comes from: oqx plugins")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of what --json prints, and ask no plugin.")
@click.option("--strict", is_flag=True, help="Exit with 2 when any plugin could not be loaded.")
def plugins(as_json: bool, schema: bool, strict: bool) -> None:
    """List the plugins found, the contract each was written for, what it provides, and why one was skipped."""
    if schema:
        import json
        from importlib.resources import files

        text = files("oqtopus_experiments.cli").joinpath("plugins.schema.json").read_text(encoding="utf-8")
        say_json(json.loads(text))
        return
    from oqtopus_experiments.plugins._registry import registry

    report = registry().report()
    if as_json:
        say_json([_as_dict(plugin) for plugin in report])
    else:
        _print(report)
    lost = [plugin for plugin in report if plugin.status in ("broken", "incompatible")]
    if strict and lost:
        raise click.ClickException(f"{len(lost)} of {len(report)} plugins could not be loaded")


def _as_dict(plugin: Plugin) -> dict[str, Any]:
    return {
        "entry_point": plugin.entry_point,
        "module": plugin.module,
        "distribution": plugin.distribution,
        "version": plugin.version,
        "contract": plugin.compatibility.contract,
        "core": plugin.compatibility.core,
        "status": plugin.status,
        "reason": plugin.reason,
        "provides": {kind: [cls.name for cls in classes] for kind, classes in plugin.provides.items()},
        "hooks": [hook.name for hook in plugin.hooks],
    }


def _print(report: list[Plugin]) -> None:
    from oqtopus_experiments.cli._sheets import Col, Sheet
    from oqtopus_experiments.cli._tables import coloured

    names = Col("plugin"), Col("distribution", copied=True), Col("version"), Col("contract"), Col("status")
    table = Sheet((*names, Col("provides", wraps=True)))
    for plugin in report:
        given = [f"{kind} {cls.name}" for kind, classes in plugin.provides.items() for cls in classes]
        # What returns classes is shown by them; what is told something has nothing else to show.
        given += [f"hook {hook.name}" for hook in plugin.hooks if not hook.name.startswith("register_")]
        color = "green" if plugin.status == "loaded" else "yellow" if plugin.status == "disabled" else "red"
        status = coloured(plugin.status, color)
        what = plugin.reason or ", ".join(given)
        stated = str(plugin.compatibility) or "-"
        table.add(plugin.entry_point, plugin.distribution, plugin.version, stated, status, what)
    console().show(table)
