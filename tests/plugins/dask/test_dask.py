"""Simulations on a Dask cluster: workers and clients may be lost, counts are those of one process."""

from __future__ import annotations

import json
import logging
import math
import os
import re
import signal
from pathlib import Path

import pytest
from clients import RUN, Client, are_gone, counts_in, processes_below
from distributed import Client as DaskClient
from qiskit import QuantumCircuit

from oqtopus_experiments import BackendError, Batch, Counts, JobError, MemoryJournal
from oqtopus_experiments.backends import LocalBackend
from oqtopus_experiments.contracts import pieces
from oqtopus_experiments.spreading import threads_each, versions_here
from oqtopus_experiments_dask import Dask, DaskBackend
from oqtopus_experiments_dask._quiet import closing, quiet

EXAMPLE = Path(__file__).resolve().parents[3] / "docs/examples/characterize.toml"
SHOTS = 200
CIRCUITS = 18


def batch_of(number: int = 12) -> Batch:
    circuits = []
    for index in range(number):
        circuit = QuantumCircuit(4, 4)
        circuit.rx(0.3 * index, 0)
        circuit.h(1)
        circuit.delay(100.5 * index, 2, unit="ns")
        circuit.cx(1, 2)
        circuit.measure(range(4), range(4))
        circuits.append(circuit)
    return Batch(tuple(circuits), 200, (0, 1, 2, 3), "spread")


def ran(backend, batch):
    job = backend.open(batch, MemoryJournal(batch.order))
    found = {outcome.index: outcome.result for outcome in job.outcomes(60)}
    assert all(isinstance(result, Counts) for result in found.values())
    return {index: result.to_dict() for index, result in sorted(found.items())}


@pytest.mark.parametrize(("device", "options"), [("qulacs", {}), ("noisy", {}), ("noisy", {"method": "trajectories"})])
def test_counts_are_those_of_one_process_whatever_the_pieces(device, options, cluster, monkeypatch):
    alone = LocalBackend(device, seed=11, **options)
    expected = ran(alone, batch_of())
    for seconds in (0.5, 1e-6):
        monkeypatch.setattr(pieces, "SECONDS", seconds)
        assert ran(DaskBackend(inner=alone, scheduler=cluster.address), batch_of()) == expected


def test_a_client_of_the_users_own_is_taken_and_left_open(cluster):
    with DaskClient(cluster.address, set_as_default=False) as client:
        backend = DaskBackend(inner="qulacs", scheduler=client, seed=2)
        assert ran(backend, batch_of()) == ran(LocalBackend("qulacs", seed=2), batch_of())
        assert backend.configuration()["options"]["scheduler"] == cluster.address
        with Dask(scheduler=client).open() as executor:
            assert list(executor.map(math.factorial, range(4))) == [1, 1, 2, 6]
            with pytest.raises(ValueError, match="factorial"):
                executor.submit(math.factorial, -1).result(30)
        assert client.status == "running"


def test_the_main_example_on_a_cluster_by_one_changed_line_has_the_same_counts(oqx, cluster, tmp_path):
    text = EXAMPLE.read_text()
    line = f'backend = {{ use = "dask", inner = "noisy", scheduler = "{cluster.address}" }}\n'
    (tmp_path / "spread.toml").write_text(text.replace('backend = "noisy"\n', line))
    (tmp_path / "alone.toml").write_text(text)
    found = []
    for name in ("spread", "alone"):
        code, told, errors = oqx("run", tmp_path / f"{name}.toml", "--runs", tmp_path / name, "--shots", "100")
        assert code == 0, told + errors
        found.append([_counts(tmp_path / name, experiment) for experiment in ("rabi", "t1")])

    assert found[0] == found[1]


def _counts(folder: Path, experiment: str) -> dict[int, dict]:
    (journal,) = folder.glob(f"*/{experiment}/journal.jsonl")
    lines = map(json.loads, journal.read_text().splitlines())
    return {line["index"]: line["counts"] for line in lines if "counts" in line}


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The counts of the simulator in one process."""
    folder = tmp_path_factory.mktemp("alone")
    text = RUN.format(backend="noisy", options="", shots=SHOTS).replace("[backends.noisy]\n\n", "", 1)
    (folder / "long.toml").write_text(text)
    client = Client(folder, "run", "long.toml")
    assert client.ended() == 0, client.printed
    return counts_in(folder)


def begun(folder, scheduler):
    options = f'inner = "noisy"\nscheduler = "{scheduler}"'
    (folder / "long.toml").write_text(RUN.format(backend="dask", options=options, shots=SHOTS))
    return Client(folder, "run", "long.toml")


def test_a_worker_killed_in_the_middle_costs_nothing_and_nothing_is_counted_twice(alone, cluster, tmp_path):
    mortal = cluster.worker("mortal")
    with DaskClient(cluster.address, set_as_default=False) as watching:
        watching.wait_for_workers(3, timeout=60)
        client = begun(tmp_path, cluster.address)
        client.until(lambda: len(counts_in(tmp_path)) >= 2)
        mortal.kill()

        assert client.ended() == 0, client.printed
    assert counts_in(tmp_path) == alone


def test_a_client_that_is_killed_goes_on_with_what_is_missing(alone, cluster, tmp_path):
    client = begun(tmp_path, cluster.address)
    client.until(lambda: len(counts_in(tmp_path)) >= 2)
    client.process.kill()
    client.ended()
    assert 0 < len(counts_in(tmp_path)) < CIRCUITS

    again = Client(tmp_path, "resume", "latest")

    assert again.ended() == 0, again.printed
    assert counts_in(tmp_path) == alone


def other_version(folder: Path, name: str) -> str:
    """Return a path that makes a worker believe it has another version."""
    about = folder / "other" / f"{name.replace('-', '_')}-9.9.9.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 9.9.9\n")
    return str(about.parent)


@pytest.mark.parametrize("name", ["qulacs", "oqtopus-experiments"])
def test_a_worker_of_another_version_that_joins_later_is_refused_and_its_pieces_go_to_others(
    name, own_cluster, tmp_path, monkeypatch, caplog
):
    monkeypatch.setattr(pieces, "SECONDS", 1e-6)  # every circuit is a piece of its own
    own_cluster.worker("good")
    backend = DaskBackend(inner="qulacs", scheduler=own_cluster.address, seed=3)
    expected = ran(LocalBackend("qulacs", seed=3), batch_of())
    assert ran(backend, batch_of()) == expected
    own_cluster.worker("strange", PYTHONPATH=other_version(tmp_path, name))
    with DaskClient(own_cluster.address, set_as_default=False) as watching:
        watching.wait_for_workers(2, timeout=60)

    for _ in range(3):
        assert ran(backend, batch_of()) == expected

    (line,) = [record.getMessage() for record in caplog.records if "is not used" in record.getMessage()]
    assert re.search(rf"worker .*tcp://.* is not used: .*{name} 9.9.9.*others do its work", line)


@pytest.mark.parametrize("name", ["qulacs", "oqtopus-experiments"])
def test_a_worker_that_has_another_version_is_refused_by_name(name, own_cluster, tmp_path):
    backend = DaskBackend(inner="qulacs", scheduler=own_cluster.address)
    mine = versions_here(type(backend.inner))[name]
    own_cluster.worker("strange", PYTHONPATH=other_version(tmp_path, name))
    with DaskClient(own_cluster.address, set_as_default=False) as watching:
        watching.wait_for_workers(1, timeout=60)

    with pytest.raises(
        BackendError, match=rf"worker .*tcp://.* is not used: it has {name} 9.9.9, here {re.escape(mine)}"
    ):
        list(backend.open(batch_of(), MemoryJournal()).outcomes(60))
    if name == "oqtopus-experiments":  # which analyses need too
        with pytest.raises(BackendError, match=r"not used.*9.9.9"), Dask(scheduler=own_cluster.address).open():
            pass


def test_where_nobody_answers_the_address_is_named(monkeypatch):
    monkeypatch.setattr("oqtopus_experiments_dask._cluster.PATIENCE", 0.5)
    backend = DaskBackend(inner="qulacs", scheduler="tcp://127.0.0.1:9")

    with pytest.raises(BackendError, match=r"no Dask scheduler answers at 'tcp://127.0.0.1:9'"):
        backend.open(batch_of(), MemoryJournal())


def test_a_scheduler_that_goes_away_ends_the_job_and_not_the_client(own_cluster):
    own_cluster.worker("only")
    backend = DaskBackend(inner={"use": "noisy", "method": "trajectories"}, scheduler=own_cluster.address)
    job = backend.open(batch_of(400), MemoryJournal())
    outcomes = job.outcomes(60)
    assert next(outcomes)
    own_cluster.end()

    with pytest.raises(JobError, match=r"circuits .* of 'spread' were not simulated"):
        list(outcomes)


@pytest.mark.parametrize("given", ["here", 8786, {"host": "x"}])
def test_what_is_no_scheduler_is_refused(given):
    with pytest.raises(ValueError, match="'scheduler': must be an address"):
        DaskBackend(inner="qulacs", scheduler=given)


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_a_cluster_on_this_computer_ends_with_its_client_and_says_nothing_that_nobody_asked_for(by, tmp_path):
    text = RUN.format(backend="dask", options='inner = "noisy"\nworkers = 1', shots=SHOTS)
    (tmp_path / "long.toml").write_text(text)
    asked = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "info"} if by == signal.SIGKILL else {}
    client = Client(tmp_path, "run", "long.toml", **asked)
    client.until(lambda: counts_in(tmp_path))
    below = processes_below(client.process.pid)
    assert below
    os.killpg(client.process.pid, by) if by == signal.SIGINT else client.process.kill()
    client.ended()

    assert are_gone(below, 30)
    assert ("Start Nanny at" in client.printed) == bool(asked)
    assert ("tcp://" in client.printed) == bool(asked)
    assert "still alive" not in client.printed  # of a worker that is ended in the middle of its work


def test_what_is_wrong_is_said_also_while_a_cluster_of_ours_is_open(caplog):
    dask, nanny = logging.getLogger("distributed"), logging.getLogger("distributed.nanny")
    monkeyed = dask.level, dask.propagate
    dask.propagate = True
    try:
        dask.setLevel(logging.INFO)
        with quiet():
            with quiet():
                pass
            dask.info("Registering")
            nanny.warning("Restarting worker")
            with closing():
                nanny.warning("Worker exceeded its memory")
            nanny.warning("Worker process still alive after 4.0 seconds, killing")
            nanny.error("Failed")
        assert dask.level == logging.INFO
        dask.setLevel(logging.DEBUG)  # by whoever wants to know
        with quiet():
            dask.info("Starting")
        assert dask.level == logging.DEBUG
    finally:
        dask.setLevel(monkeyed[0])
        dask.propagate = monkeyed[1]

    assert [record.getMessage() for record in caplog.records] == [
        "Restarting worker", "Worker exceeded its memory", "Failed", "Starting",
    ]  # fmt: skip


def test_workers_on_this_computer_share_its_cores_quietly_and_this_process_keeps_what_it_had():
    logging_of_workers = "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED"
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_", "PYTHONHASHSEED", logging_of_workers)
    before = [os.environ.get(name) for name in names]
    with Dask(workers=1).open() as executor:
        assert executor.submit(os.getenv, "OMP_NUM_THREADS").result(60) == str(threads_each(1))
        assert executor.submit(getattr, logging.getLogger("distributed"), "level").result(60) == logging.WARNING
        assert [os.environ.get(name) for name in names] == before
