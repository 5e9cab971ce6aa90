"""
The command line, ``oqx``. One module per group of commands; only this package prints.

Knows every wing. Must not hold a pipeline of its own: it reads arguments, calls what is below, and shows what comes.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from types import TracebackType
from typing import Any

from oqtopus_experiments.cli._collector import collect_no_more, collect_seldom
from oqtopus_experiments.cli._ctrl_c import CtrlC
from oqtopus_experiments.cli._exit_codes import INTERRUPTED


def program() -> None:
    """Be the program ``oqx``, from its first line to the end of the process."""
    presses = CtrlC()
    presses.watch()
    collect_seldom()
    sys.excepthook = _unexpected
    logging.captureWarnings(True)
    code = INTERRUPTED
    try:
        code = _run_command()
    except KeyboardInterrupt:
        _say_interrupted()
    presses.over(code)
    collect_no_more()
    sys.exit(code)


def main() -> None:
    """Run the command line within another program: as `program`, but Ctrl-C is given back at the end."""
    presses = CtrlC()
    presses.watch()
    try:
        code = _run_command()
    except KeyboardInterrupt:
        _say_interrupted()
        code = INTERRUPTED
    finally:
        presses.give_back()
    sys.exit(code)


def _run_command() -> int:
    # Imported here: Ctrl-C is watched before anything takes time.
    from oqtopus_experiments.cli._ending import run_command_line

    return run_command_line()


def _say_interrupted() -> None:
    """Answer a press before there is a command, or while one was answered: nothing is sure to be imported here."""
    with contextlib.suppress(OSError):
        os.write(2, b"interrupted\n")


def _unexpected(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    from oqtopus_experiments.cli._printing import print_traceback

    print_traceback(kind, error, trace)


def __getattr__(name: str) -> Any:
    """Load the click group when it is asked for."""
    if name != "cli":
        raise AttributeError(name)
    from oqtopus_experiments.cli._commands import cli

    return cli
