"""Whether tracebacks are shown: said on the command line, needed once the command has ended in an error."""

from __future__ import annotations

import logging

from oqtopus_experiments.cli._printing import print_traceback, say
from oqtopus_experiments.errors import OqtopusExperimentsError, PluginFault


class Debugging:
    """What one call of the command line shows of an error."""

    def __init__(self) -> None:
        self._wanted = False

    def begin(self) -> None:
        """Show tracebacks from now on, also of faults that end nothing and are only logged."""
        self._wanted = True
        logging.getLogger("oqtopus_experiments.plugins._fence").setLevel(logging.DEBUG)

    def tell(self, error: OqtopusExperimentsError) -> None:
        """Print the error that ended a command: a sentence, and its traceback where that is wanted."""
        hint = "; use --debug for the traceback" if isinstance(error, PluginFault) and not self._wanted else ""
        say(f"error: {error}{hint}", err=True)
        if self._wanted:
            print_traceback(type(error), error, error.__traceback__)
