"""What is exported is read by other programs that know nothing of this library: pyarrow, pandas, DuckDB, xarray."""

import json
import math
import shutil
import sys
from datetime import datetime

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xarray as xr

import oqtopus_experiments as oqx_library
from oqtopus_experiments.experiments import T1

RUN = """
backend = "noisy"
seed = {seed}
[[experiments]]
use = "t1"
name = "Relax"
physical_qubits = [0, 3]
shots = 400
delay_points = 12
[[experiments]]
use = "ghz"
num_qubits = 2
physical_qubits = [1, 2]
shots = 300
"""
SWEPT = """
backend = "noisy"
seed = 3
[[experiments]]
use = "t1"
shots = 100
[sweep]
"backends.noisy.t1" = ["20 us", "40 us"]
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs of two experiments."""
    folder = tmp_path_factory.mktemp("archive")
    made = []
    for seed in (1, 2):
        (folder / "run.toml").write_text(RUN.format(seed=seed))
        made.append(oqx_library.run(folder / "run.toml", runs=folder / "runs").path)
    return made


@pytest.fixture(scope="module")
def loaded(runs):
    return [oqx_library.load_run(path) for path in runs]


@pytest.fixture
def parquet(runs, oqx, tmp_path):
    """Both runs as Parquet."""
    code, _, errors = oqx("export", *runs, "--to", "parquet", "-o", tmp_path / "tables")
    assert (code, errors) == (0, "")
    return tmp_path / "tables"


def test_points_come_back_bit_for_bit_with_pandas(parquet, loaded):
    frame = pd.read_parquet(parquet / "points.parquet")

    for run in loaded:
        dataset = run.results["Relax"].dataset
        own = frame[(frame["run"] == run.path.name) & (frame["experiment"] == "Relax")]
        for position, qubit in enumerate(("0", "3")):
            of_qubit = own[own["qubits"] == qubit]
            np.testing.assert_array_equal(of_qubit["delay_ns"], dataset.sweep.grid()["delay"])
            np.testing.assert_array_equal(of_qubit["signal"], dataset.mean[position])
            np.testing.assert_array_equal(of_qubit["signal_stderr"], dataset.stderr[position])
            np.testing.assert_array_equal(of_qubit["shots"], dataset.shots[position])
    assert set(frame.loc[frame["experiment"] == "ghz", "qubits"]) == {"1-2"}


def test_every_column_says_what_it_means_and_in_which_unit(parquet):
    schema = pq.read_schema(parquet / "points.parquet")

    assert schema.field("delay_ns").metadata[b"unit"] == b"ns"
    assert schema.field("delay_ns").type == pa.float64()
    assert schema.field("signal_stderr").metadata[b"description"] == b"one standard error of signal"
    assert json.loads(schema.metadata[b"oqtopus_experiments"])["table"] == "points"
    for file in parquet.iterdir():
        assert all(field.metadata[b"description"] for field in pq.read_schema(file)), file


def test_duckdb_finds_a_quantity_of_all_runs_with_where_it_comes_from(parquet, loaded, monkeypatch):
    monkeypatch.chdir(parquet)
    rows = duckdb.sql(
        """
        SELECT run, qubits, value, stderr, systematic, unit, verdict, epoch(runs.created), provenance, config
        FROM 'quantities.parquet' JOIN 'runs.parquet' AS runs USING (run)
        WHERE quantity = 't1_time' ORDER BY run, qubits
        """
    ).fetchall()

    stored = [(run, analysis) for run in loaded for analysis in run.results["Relax"].analyses()]
    assert len(rows) == len(stored) == 4
    for row, (run, analysis) in zip(rows, sorted(stored, key=lambda one: one[0].path.name), strict=True):
        quantity = analysis["t1_time"]
        assert row[:4] == (run.path.name, str(analysis.target[0]), quantity.value, quantity.stderr)
        assert row[4] == quantity.systematic or math.isnan(quantity.systematic)
        assert row[5:7] == ("ns", analysis.verdict.level)
        assert row[7] == pytest.approx(datetime.fromisoformat(run.provenance["created"]).timestamp(), abs=1e-5)
        assert json.loads(row[8]) == run.provenance
        assert json.loads(row[9]) == run.config


def test_counts_that_duckdb_reads_are_analyzed_to_the_same_numbers(parquet, loaded, monkeypatch):
    """Nothing but the file is used: the points and the reference circuits are in it."""
    run = loaded[0]
    monkeypatch.chdir(parquet)
    frame = duckdb.sql(
        """
        SELECT delay_ns, qubits AS target, reference, outcome, count FROM 'counts.parquet'
        WHERE run = ? AND experiment = 'Relax'
        """,
        params=[run.path.name],
    ).df()

    again = T1(physical_qubits=[0, 3]).result_from(frame)

    for qubit in (0, 3):
        assert again.t1_time[qubit].value == run.results["Relax"].t1_time[qubit].value
        assert again.t1_time[qubit].stderr == run.results["Relax"].t1_time[qubit].stderr


def test_counts_of_a_pair_are_its_bits_with_its_first_qubit_on_the_right(parquet, loaded):
    frame = pd.read_parquet(parquet / "counts.parquet")
    own = frame[(frame["experiment"] == "ghz") & (frame["run"] == loaded[0].path.name)]
    dataset = loaded[0].results["ghz"].dataset

    read = dict.fromkeys(("00", "01", "10", "11"), 0)
    for point in range(dataset.sweep.size):
        outcomes = dataset.outcomes(0, point)
        for (first, second), count in zip(outcomes.bits, outcomes.occurrences, strict=True):
            read[f"{second:d}{first:d}"] += count

    assert read["01"] != read["10"]
    points = own[own["reference"] == ""]
    assert {outcome: points.loc[points["outcome"] == outcome, "count"].sum() for outcome in read} == read


def test_xarray_opens_all_runs_as_a_tree_with_axes_units_fits_and_provenance(runs, loaded, oqx, tmp_path):
    code, _, errors = oqx("export", *runs, "--to", "netcdf", "-o", tmp_path / "runs.nc")
    assert (code, errors) == (0, "")

    with xr.open_datatree(tmp_path / "runs.nc", engine="h5netcdf") as tree:
        assert set(tree.children) == {path.name for path in runs}
        for run in loaded:
            (folder,) = [name for name in tree[run.path.name].children if name != "ghz"]
            found = tree[f"{run.path.name}/{folder}"].load()
            result = run.results["Relax"]
            assert found.attrs["label"] == "Relax"
            assert found["delay"].attrs["units"] == found["t1_time"].attrs["units"] == "ns"
            np.testing.assert_array_equal(found["signal"], result.dataset.mean)
            np.testing.assert_array_equal(found["t1_time"], [one["t1_time"].value for one in result.analyses()])
            np.testing.assert_array_equal(found["fitted"], [one.fitted for one in result.analyses()])
            assert json.loads(found.attrs["provenance"]) == run.provenance
            assert json.loads(found.attrs["parameters"])["delay_points"] == 12
            assert found["target"].to_numpy().tolist() == [0, 3]


def test_the_runs_of_a_sweep_have_a_column_for_what_was_swept(tmp_path, oqx, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text(SWEPT)
    assert oqx("run", "run.toml")[0] == 0

    assert oqx("export", "latest", "--to", "parquet", "-o", "tables")[0] == 0
    assert oqx("export", "latest", "--to", "netcdf", "-o", "sweep.nc")[0] == 0

    frame = pd.read_parquet("tables/quantities.parquet")
    assert set(frame["backends.noisy.t1"]) == {"20 us", "40 us"}
    assert set(frame["run"]) == {"001", "002"}
    with xr.open_datatree("sweep.nc", engine="h5netcdf") as tree:
        assert json.loads(tree["002/t1"].attrs["swept"]) == {"backends.noisy.t1": "40 us"}


def test_runs_of_one_name_in_several_folders_are_told_apart(runs, oqx, tmp_path):
    shutil.copytree(runs[0], tmp_path / "copies" / runs[0].name)

    given = runs[0], runs[0], tmp_path / "copies" / runs[0].name
    oqx("export", *given, "--what", "quantities", "-o", tmp_path / "q.csv")

    frame = pd.read_csv(tmp_path / "q.csv")
    assert frame["run"].nunique() == 2
    assert len(frame) == 2 * len(pd.read_csv(runs[0] / "table.csv"))


@pytest.mark.parametrize(
    ("kind", "library", "extra"), [("parquet", "pyarrow", "parquet"), ("netcdf", "h5netcdf", "xarray")]
)
def test_without_the_library_the_message_says_what_to_install(kind, library, extra, runs, oqx, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)

    code, _, errors = oqx("export", runs[0], "--to", kind, "-o", tmp_path / "out")

    assert code == 2
    message = f"need {library}, which is missing; try: pip install 'oqtopus-experiments[{extra}]'"
    assert message in " ".join(errors.split())
    assert not (tmp_path / "out").exists()


def test_netcdf_holds_provenance_of_any_length(runs, tmp_path, oqx):
    """HDF5 keeps short attributes in a header of 64 kB; longer ones must not be lost or refused."""
    shutil.copytree(runs[0], run := tmp_path / "long")
    told = json.loads((run / "run.json").read_text())
    told["provenance"]["device"] = "ü" * 200_000
    (run / "run.json").write_text(json.dumps(told))

    assert oqx("export", run, "--to", "netcdf", "-o", tmp_path / "long.nc")[0] == 0

    with xr.open_dataset(tmp_path / "long.nc", group="long/ghz", engine="h5netcdf") as found:
        assert json.loads(found.attrs["provenance"])["device"] == "ü" * 200_000


def test_axes_of_one_name_that_are_numbers_here_and_labels_there_share_a_column_of_texts():
    from oqtopus_experiments.reporting._parquet import parquet_of

    frame = pd.DataFrame({"run": ["a", "b"], "kind": [1.5, "slow"]})

    read = pq.read_table(pa.BufferReader(parquet_of("points", frame)))

    assert read.column("kind").to_pylist() == ["1.5", "slow"]
