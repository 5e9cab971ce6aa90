"""All commands of ``oqx``."""

from __future__ import annotations

import click

from oqtopus_experiments.__about__ import __version__
from oqtopus_experiments.cli._analyze import analyze
from oqtopus_experiments.cli._audit import audit, pack, unpack
from oqtopus_experiments.cli._chip import chip
from oqtopus_experiments.cli._compare import compare
from oqtopus_experiments.cli._completion import completion
from oqtopus_experiments.cli._debugging import Debugging
from oqtopus_experiments.cli._devices import device, devices
from oqtopus_experiments.cli._doctor import doctor
from oqtopus_experiments.cli._export import export
from oqtopus_experiments.cli._help import Commands
from oqtopus_experiments.cli._history import history
from oqtopus_experiments.cli._jobs import cancel, jobs, resume
from oqtopus_experiments.cli._names import plugins as plugin_names
from oqtopus_experiments.cli._new import new
from oqtopus_experiments.cli._plan import plan
from oqtopus_experiments.cli._plugin_options import set_up_plugins
from oqtopus_experiments.cli._printing import show_log
from oqtopus_experiments.cli._results_command import results
from oqtopus_experiments.cli._run import check, run
from oqtopus_experiments.cli._runs import runs
from oqtopus_experiments.cli._schema import schema
from oqtopus_experiments.cli._show import list_everything, plugins
from oqtopus_experiments.cli._show_one import show
from oqtopus_experiments.cli._streams import results_only
from oqtopus_experiments.cli._verify import verify
from oqtopus_experiments.contracts.contract_version import CONTRACT


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="oqx", message=f"%(prog)s, version %(version)s, contract {CONTRACT}")
@click.option("--disable", multiple=True, metavar="PLUGIN", help="Do not import this plugin; may be repeated.",
              shell_complete=plugin_names)  # fmt: skip
@click.option("--strict", is_flag=True, help="Fail when any plugin cannot be loaded, instead of skipping it.")
@click.option("--debug", is_flag=True, help="Show the traceback of every error, for who mends it.")
@click.option("-v", "--verbose", count=True, help="Show the log: retries, new registrations; -vv shows everything.")
@click.pass_context
def cli(context: click.Context, disable: tuple[str, ...], strict: bool, debug: bool, verbose: int) -> None:
    """Characterize quantum devices: run experiments from a file, on any backend."""
    if debug:
        context.ensure_object(Debugging).begin()
    if verbose:
        show_log(verbose)
    set_up_plugins(context, disable, strict=strict)


for command in (
    run,
    plan,
    check,
    resume,
    jobs,
    cancel,
    runs,
    results,
    analyze,
    compare,
    history,
    chip,
    export,
    audit,
    pack,
    unpack,
    devices,
    device,
    list_everything,
    show,
    plugins,
    schema,
    doctor,
    verify,
    new,
    completion,
):
    # Not around the whole program: click prints its help to the standard output.
    command.callback = results_only()(command.callback) if command.callback else None
    cli.add_command(command)
