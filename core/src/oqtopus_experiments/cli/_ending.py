"""How the command line ends: which sentence, and which exit code, for each way it can go."""

from __future__ import annotations

import errno
import logging
import re

import click

from oqtopus_experiments.cli._asking import ask_on_terminal
from oqtopus_experiments.cli._commands import cli
from oqtopus_experiments.cli._debugging import Debugging
from oqtopus_experiments.cli._exit_codes import BAD_INPUT, FAILED, INTERRUPTED, READER_GONE
from oqtopus_experiments.cli._printing import LogLines, say
from oqtopus_experiments.cli._streams import careful_streams
from oqtopus_experiments.contracts.questions import answered_by
from oqtopus_experiments.errors import OqtopusExperimentsError, PluginFault

_OF_CLICK = re.compile(r"^Invalid value( for '[A-Z. ]+')?: ")
"""How click begins what a command says of an argument; of an option it names it, which stays."""
_EXTRA = "Got unexpected extra argument"


def run_command_line() -> int:
    """Run the command that the arguments name, and return its exit code."""
    with careful_streams() as output:
        logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[LogLines()])
        code = _answered()
        output.flush()
        return code or _unheard(output.problem)


def _answered() -> int:
    debugging = Debugging()
    try:
        with answered_by(ask_on_terminal):
            return int(cli.main(standalone_mode=False, obj=debugging) or 0)
    except click.Abort:
        say("interrupted", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        say(f"error: {_told(error)}", err=True)
        return BAD_INPUT
    except OqtopusExperimentsError as error:
        debugging.tell(error)
        return exit_code(error)


def exit_code(error: OqtopusExperimentsError) -> int:
    """Return 2 where what was asked for is wrong or not there, 1 where it failed, as the errors themselves say."""
    # A fault of a plugin's code is not the input's.
    wrong = isinstance(error, (ValueError, ImportError)) and not isinstance(error, PluginFault)
    return BAD_INPUT if wrong else FAILED


def _told(error: click.ClickException) -> str:
    """Return what is wrong with the arguments as all errors are told, and where help is."""
    # click begins some of its own with its name of the fault, and ends all with a full stop.
    message = _OF_CLICK.sub("", error.format_message().removesuffix(".")).replace(". Did you mean", "; did you mean")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return message
    if isinstance(error, click.MissingParameter):
        message = f"{message}: {_usage(context)}"
    elif message.startswith(_EXTRA):
        message = f"{message}: {_usage(context)}{_as_option(context, message)}"
    return f"{message}{'' if message.endswith('?') else ';'} see `{context.command_path} --help`"


def _usage(context: click.Context) -> str:
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def _as_option(context: click.Context, message: str) -> str:
    """Return how one word without a name is given, where a command has an option that it may be for; else nothing."""
    extra = re.fullmatch(rf"{_EXTRA} \((\S+)\)", message)
    named = "-o" if extra and "." in extra[1] else "--backend"
    there = {option for one in context.command.params for option in one.opts}
    return f"; did you mean {named} {extra[1]}?" if extra and named in there else ""


def _unheard(problem: OSError | None) -> int:
    """Return the exit code for a standard output that did not take everything, and say why where that is not plain."""
    if problem is None:
        return 0
    if problem.errno == errno.EPIPE:  # as other tools end when their reader has seen enough
        return READER_GONE
    say(f"error: cannot write to the standard output: {problem.strerror}; what was printed is not complete", err=True)
    return FAILED
