"""What strangers write keeps what the contract promises: the conformance kit knows all shapes of experiments."""

from __future__ import annotations

import pytest

from oqtopus_experiments.testing import ExperimentSubject, verify

SUBJECTS = {
    "Amplification": ({"steps": 5, "most_pulses": 4}, {"drive": 1.0, "contrast": 0.9, "offset": 0.5, "kept": 0.99}),
    "BernsteinVazirani": ({"bits": 2}, {}),
    "Bell": ({}, {}),
    "ParityFringe": ({}, {"contrast": 0.85, "phase_offset": 0.6}),
    "RandomX": ({"longest": 100, "seeds": 3}, {"rate": 0.99, "amplitude": -0.45, "offset": 0.5}),
    "Ghz": ({}, {"population": 0.9, "in_phase": 0.85, "quadrature": 0.05}),
    "Interleaved": ({"longest": 30, "lengths": 5, "seeds": 4}, {"decay": 0.98, "gate_decay": 0.985, "amplitude": 0.45}),
    "Mirror": ({"most_layers": 8, "depths": 4, "seeds": 3}, {"polarization": 0.97, "amplitude": 0.7}),
    "ReadoutMatrix": ({}, {}),
    "PairTomography": ({}, {}),
}
"""Parameters for which each takes a moment, and the truth that its model is given."""


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_stranger_passes_every_check_that_applies(strangers, name):
    parameters, truth = SUBJECTS[name]
    subject = ExperimentSubject(experiment=getattr(strangers, name)(**parameters), truth=truth)

    found = list(verify(subject))

    assert {one.check.name: one.reason for one in found if one.state == "failed"} == {}
    # What has no model, or no parameters, is asked less.
    assert sum(one.state == "passed" for one in found) >= (18 if truth else 12)
