"""An option whose values nobody looks at: a slip in a run file is found in the middle of a run."""

import attrs
from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Trusting(Simulator):
    retries: int = attrs.field(default=3)


@hookimpl
def register_backends():
    return [Trusting]
