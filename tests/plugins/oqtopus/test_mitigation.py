"""A mitigation works behind a queue as it does on a simulator: calibrated by an earlier run on the same device."""

from __future__ import annotations

from oqtopus_experiments import load_run
from oqtopus_experiments_readout import Readout
from oqtopus_experiments_t1 import T1


def test_what_a_queue_measured_is_mitigated_by_what_it_measured_before(start, backend_for, tmp_path):
    device = backend_for(start())
    Readout(physical_qubits=[0, 1], repetitions=2).run(device, 200, runs=tmp_path)

    asking = T1(physical_qubits=[1], delay_points=5, mitigation="readout")
    submitted = asking.submit(device, 200, runs=tmp_path)
    result = submitted.result(60)

    again = load_run(submitted.folder).results["t1"].dataset
    assert result.calibration.backend == "oqtopus"
    assert result.calibration.run != submitted.folder.name
    assert (result.dataset.stderr > result.dataset.raw.stderr).all()
    assert again.mean.tolist() == result.dataset.mean.tolist()
