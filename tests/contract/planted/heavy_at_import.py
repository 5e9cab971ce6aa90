"""Loads Qiskit with its module, so that `oqx list` waits for it."""

import qiskit
from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Heavy(Simulator):
    def provenance(self):
        return {"qiskit": qiskit.__version__}


@hookimpl
def register_backends():
    return [Heavy]
