"""``oqx completion``: the script by which a shell completes commands, options and names."""

from __future__ import annotations

import sys

import click
from click.shell_completion import BashComplete, ShellComplete, get_completion_class

from oqtopus_experiments.cli._printing import say

VARIABLE = "_OQX_COMPLETE"
_NO_SPACE = """\
    # What ends with its sign waits for a value.
    if [[ ${#COMPREPLY[@]} -gt 0 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace; fi

    return 0
"""


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell, for example: eval "$(oqx completion bash)"."""
    made = script_class(shell)
    say(made(click.get_current_context().find_root().command, {}, "oqx", VARIABLE).source(), most=sys.maxsize)


def script_class(shell: str) -> type[ShellComplete]:
    """
    Return what makes the script of a shell.

    Raises:
        UsageError: When click has none for it.
    """
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"no completion for {shell}")
    return _Bash if made is BashComplete else made


class _Bash(BashComplete):
    """That of bash, which puts no blank behind ``max_delay=``."""

    source_template = BashComplete.source_template.replace("    return 0\n", _NO_SPACE)
