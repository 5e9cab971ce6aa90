"""Questions for the person at the terminal, and the only place where one is asked."""

from __future__ import annotations

import sys

import click

from oqtopus_experiments.support._text import shown


def ask_on_terminal(question: str) -> bool:
    """
    Return whether a person said yes; without a terminal nobody did.

    Raises:
        KeyboardInterrupt: When Ctrl-C, or the end of the input, is the answer.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    try:
        return click.confirm(shown(question), default=False, err=True)
    except click.Abort:  # as click calls Ctrl-C; who asks may be a plugin, whose errors are its faults
        raise KeyboardInterrupt from None
