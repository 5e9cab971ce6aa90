"""Names of experiments, backends and analyzers on the command line: how a shell completes them."""

from __future__ import annotations

import click

from oqtopus_experiments.cli._streams import results_only


def completed(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Return the names that begin like what was typed."""
    from oqtopus_experiments.plugins._plugin import KINDS
    from oqtopus_experiments.plugins._registry import registry

    with results_only():  # a shell reads what is printed as names
        return [name for kind in KINDS for name in registry().classes(kind) if name.startswith(incomplete)]
