"""``oqx schema``: the run file as JSON Schema, for editors."""

from __future__ import annotations

import click

from oqtopus_experiments.cli._printing import say_json


@click.command()
def schema() -> None:
    """
    Print the JSON Schema of a run file for the installed plugins, by which an editor completes and checks it.

    Write it beside the file, oqx schema > run.schema.json, whose first line then is: #:schema ./run.schema.json
    """
    from oqtopus_experiments.runfile._schema import run_file_schema

    say_json(run_file_schema())
