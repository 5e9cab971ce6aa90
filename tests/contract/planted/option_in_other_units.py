"""An option that is given in us and kept in ns: made again from the run folder it is a thousand times as long."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl, parameter


@frozen(kw_only=True)
class Converted(Simulator):
    t1: float = parameter(30.0, help="relaxation time in us", converter=lambda time: 1000.0 * time)


@hookimpl
def register_backends():
    return [Converted]
