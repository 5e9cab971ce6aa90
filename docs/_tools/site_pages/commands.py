"""The commands of ``oqx`` with all their options, from click."""

from __future__ import annotations

import inspect

import click

from oqtopus_experiments.cli import cli
from site_pages.markdown import code, table

_INTRO = """# Commands

`oqx [OPTIONS] COMMAND` takes options of its own before the command:

"""


def page() -> str:
    """Return the page of all commands."""
    parts = [_INTRO + _options(cli)]
    parts += [_section(name, command) for name, command in sorted(cli.commands.items())]
    return "\n".join(parts)


def options_of(command: click.Command) -> list[click.Option]:
    """Return the options that a command's help shows."""
    return [one for one in command.params if isinstance(one, click.Option) and not one.hidden]


def _section(name: str, command: click.Command) -> str:
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    usage = " ".join(["oqx", name, *("[OPTIONS]" if options_of(command) else "",), *map(_metavar, arguments)])
    text = inspect.cleandoc(command.help or "").replace("\b\n", "")
    return f"## `oqx {name}`\n\n```text\n{' '.join(usage.split())}\n```\n\n{text}\n\n{_options(command)}"


def _options(command: click.Command) -> str:
    rows = [[_flags(one), one.help or ""] for one in options_of(command)]
    return table(["option", "what it does"], rows) if rows else ""


def _flags(option: click.Option) -> str:
    """Return the names of an option; the value it takes stands after the last."""
    names = [*option.opts, *option.secondary_opts]
    if not option.is_flag and not option.count:
        names[-1] += f" {option.make_metavar(click.Context(cli))}"
    return ", ".join(map(code, names))


def _metavar(argument: click.Argument) -> str:
    return argument.make_metavar(click.Context(cli))
