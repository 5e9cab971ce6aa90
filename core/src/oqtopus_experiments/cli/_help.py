"""``oqx --help``: the commands by what they are for, each in one line that fits 80 columns."""

from __future__ import annotations

from collections.abc import Mapping

import click

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Run": {
        "check": "rehearse a run file; say what is wrong or odd about it",
        "plan": "what a run would take, and which errors to expect",
        "run": "run all experiments of a file",
        "resume": "go on with a run: fetch and submit what is missing",
    },
    "Look": {
        "runs": "list the runs, the newest last",
        "results": "numbers and verdicts of a run",
        "analyze": "analyze counts again, or counts taken elsewhere",
        "compare": "what differs between runs, by more than chance",
        "history": "one quantity over all runs: steps and drifts",
        "chip": "a quantity of a run on its device, qubit by qubit",
        "export": "a run as one tidy CSV file",
        "audit": "files against checksums, numbers against counts",
        "pack": "a run as one ZIP file, for somebody else",
        "unpack": "a run folder from such a file",
    },
    "Hardware": {
        "devices": "list the devices behind a backend",
        "device": "T1, T2, errors and couplings of a device",
        "jobs": "the jobs of a run and their states",
        "cancel": "cancel the jobs of a run",
        "doctor": "what may be wrong here, with the next step",
    },
    "Plugins": {
        "list": "experiments, backends and analyzers that are installed",
        "show": "parameters, sweep, formula and circuit of one of them",
        "plugins": "the plugins found, and why one was skipped",
        "verify": "check a plugin against the contract",
        "new": "make a plugin of your own, tested and ready to install",
        "schema": "JSON Schema of run files, for editors",
        "completion": "completion script for bash, zsh or fish",
    },
}
"""Every command, by what it is for; a summary is a phrase without a point."""
_OTHER = "Other"
_END = """\
First steps: oqx list, then oqx check FILE, oqx run FILE, oqx results.
`oqx COMMAND --help` says more of each. RUN is `latest`, `latest~1`, a folder, or how its name begins or ends."""


class Commands(click.Group):
    """The group of all commands, whose help is in sections."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands in their sections; what is in none is in one of its own."""
        known = {name for names in SECTIONS.values() for name in names}
        others = {name: _summary(self.commands[name]) for name in self.list_commands(ctx) if name not in known}
        width = max(map(len, self.commands), default=0)
        for title, names in {**SECTIONS, _OTHER: others}.items():
            rows = [(name.ljust(width), text) for name, text in names.items() if name in self.commands]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
        formatter.write_paragraph()
        for line in _END.splitlines():
            formatter.write_text(line)


def _summary(command: click.Command) -> str:
    return command.get_short_help_str(60)
