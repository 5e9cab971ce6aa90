"""
The only place that prints: what came from outside is neutralized and bounded on its way to the terminal.

Commands use `say`, `say_json` and `console`; printing past them is refused by the style check.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from types import TracebackType
from typing import TYPE_CHECKING, Any

import click

from oqtopus_experiments.cli._streams import results
from oqtopus_experiments.support._text import MOST, shown

if TYPE_CHECKING:
    from oqtopus_experiments.cli._tables import PlainConsole


def say(text: object = "", *, err: bool = False, most: int = MOST, bold: bool = False) -> None:
    """
    Print a message and a new line.

    Args:
        text: May hold anything.
        err: Whether to standard error.
        most: So many characters are printed of a longer text.
        bold: Whether in bold letters, on a terminal.
    """
    printed = shown(text, most)
    stream = sys.stderr if err else results()
    click.echo(click.style(printed, bold=True) if bold else printed, file=stream)  # noqa: TID251  # this is the place


def say_json(content: Any) -> None:
    """Print JSON for programs: whole, in ASCII, with every control character as an escape of JSON."""
    say(json.dumps(content, indent=1).replace("\x7f", "\\u007f"), most=sys.maxsize)


def console() -> PlainConsole:
    """Return a console for tables, whose cells are texts and nothing else: no markup, no control characters."""
    from oqtopus_experiments.cli._tables import PlainConsole

    return PlainConsole()


class LogLines(logging.Handler):
    """Log records as lines on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        say(self.format(record), err=True)


def show_log(verbose: int) -> None:
    """
    Show what the library and its plugins log, beside warnings.

    Args:
        verbose: 1 shows what happens, 2 or more also what is of interest to whoever mends it. Other libraries stay
            quiet at 1.
    """
    level = logging.INFO if verbose == 1 else logging.DEBUG
    if verbose > 1:
        logging.getLogger().setLevel(level)
    for name in ("oqtopus_experiments", *_ours()):
        logging.getLogger(name).setLevel(level)


def _ours() -> list[str]:
    """Return the modules of the installed plugins, whose loggers are named like them."""
    from importlib.metadata import entry_points

    return [entry.module.partition(".")[0] for entry in entry_points(group="oqtopus_experiments")]


def print_traceback(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print an error that nobody expected; its text may be a stranger's too."""
    say("".join(traceback.format_exception(kind, error, trace)), err=True, most=20_000)
