"""Any run can be resumed: what is there stays, what is missing is run."""

from __future__ import annotations

import pytest

from oqtopus_experiments import ConfigError, StoreError, parameter
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.execution._resume import reopen
from oqtopus_experiments.execution._submission import submit_or_resume
from oqtopus_experiments_rabi import Rabi


def _resumed(folder):
    config, opened = reopen(folder)
    (handle,) = submit_or_resume(config, opened)
    return handle.result()


@pytest.mark.parametrize("device", ["qulacs", "noisy"])
def test_a_finished_run_of_a_simulator_is_not_run_again(device, tmp_path):
    handle = Rabi(amplitude_points=6, physical_qubits=[0, 2]).submit(LocalBackend(device), shots=100, runs=tmp_path)
    first = handle.result()
    again = _resumed(handle.folder)
    assert again.counts == first.counts
    assert again.experiment.parameters() == first.experiment.parameters()
    assert again.job_metadata["job_id"] == first.job_metadata["job_id"]


def test_an_unfinished_run_of_a_simulator_is_run(tmp_path):
    handle = Rabi(amplitude_points=6).submit(LocalBackend("qulacs", seed=3), shots=100, runs=tmp_path)
    assert handle.journal.results() == {}
    assert _resumed(handle.folder).counts == handle.result().counts


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(StoreError, match="is not a run folder"):
        reopen(tmp_path)


def test_a_secret_option_is_shown_nowhere():
    from attrs import frozen

    from oqtopus_experiments import Backend

    @frozen(kw_only=True)
    class Vault(Backend):
        name = "vault"
        key: str | None = parameter(None, secret=True, help="opens it")

        def submit(self, batch):
            raise NotImplementedError

    vault = Vault(key="open sesame")
    assert "sesame" not in repr(vault)
    assert vault.configuration() == {"use": "vault", "options": {}}
    with pytest.raises((ConfigError, ValueError), match="must be a text, not what was given"):
        Vault(key=123456)
