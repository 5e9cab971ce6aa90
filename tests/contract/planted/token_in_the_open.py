"""A token as any other option: it stands in the run file, the repr and every run folder."""

from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl, parameter


@frozen(kw_only=True)
class Open(Simulator):
    api_token: str | None = parameter(None, help="who is asking")


@hookimpl
def register_backends():
    return [Open]
