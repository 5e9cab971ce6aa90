"""The seed alone makes the random numbers: two experiments of a run get the same ones."""

import numpy as np
from attrs import frozen
from sound_simulator import Simulator

from oqtopus_experiments import hookimpl


@frozen(kw_only=True)
class Stream(Simulator):
    def generator(self, batch):
        return np.random.default_rng(self.seed)


@hookimpl
def register_backends():
    return [Stream]
