"""What a person at a prompt or in a notebook types: short names for what is wanted, and short answers."""

import inspect

import numpy as np
import pytest

import oqtopus_experiments as oqx
from oqtopus_experiments.backends import LocalBackend, NoisyBackend
from oqtopus_experiments.execution import _result
from oqtopus_experiments.experiments import GHZ, T1, Rabi


@pytest.fixture(scope="module")
def alone():
    return T1(physical_qubit=3).run(LocalBackend(device="noisy", t1=40_000, seed=1), shots=1000)


@pytest.fixture(scope="module")
def pair():
    return T1(physical_qubits=[0, 3]).run(LocalBackend(device="noisy", t1=40_000, seed=1), shots=1000)


def test_a_quantity_of_one_qubit_is_an_attribute_with_value_error_and_unit(alone):
    (analysis,) = alone.analyses()

    assert (alone.t1_time.value, alone.t1_time.stderr) == (analysis["t1_time"].value, analysis["t1_time"].stderr)
    assert alone.t1_time.unit == "ns"
    assert abs(alone.t1_time.value - 40_000) < 4 * alone.t1_time.stderr
    assert str(alone.t1_time) == str(analysis["t1_time"])


def test_of_several_qubits_one_is_named_and_a_bare_value_is_refused(pair):
    assert list(pair.t1_time) == [0, 3]
    assert pair.t1_time[3].value == pair.analyses()[1]["t1_time"].value
    with pytest.raises(oqx.AnalysisError, match=r"2 targets have a t1_time: say which, as in result\.t1_time\[0\]"):
        _ = pair.t1_time.value
    with pytest.raises(KeyError, match="no t1_time of 1; there is one of 0, 3"):
        _ = pair.t1_time[1]


def test_what_is_no_quantity_is_an_attribute_error_that_names_those_there_are(alone):
    with pytest.raises(AttributeError, match="'t2_time', nor a quantity of that name: t1_time, amplitude, offset"):
        _ = alone.t2_time
    assert not hasattr(alone, "_ipython_canary_method_should_not_exist_")
    assert {"t1_time", "analyze", "dataset"} <= set(dir(alone))


def test_attributes_analyze_once_and_asking_for_special_names_not_at_all(monkeypatch):
    asked = []
    result = T1().run("qulacs", shots=50)
    analyses = _result.analyses_of
    monkeypatch.setattr(_result, "analyses_of", lambda *given: asked.append(1) or analyses(*given))

    getattr(result, "_repr_mimebundle_", None)
    repr(result)
    assert asked == []
    _ = result.t1_time, result.offset, result.verdict, dir(result)
    assert asked == [1]


def test_the_verdict_of_a_result_is_that_of_its_worst_target():
    noisy = NoisyBackend(seed=1, qubits={1: {"t1": 40_000_000}})
    result = T1(physical_qubits=[0, 1]).run(noisy, shots=1000)

    assert [one.verdict.level for one in result.analyses()] == ["good", "bad"]
    assert result.verdict == result.analyses()[1].verdict


def test_what_is_shown_of_a_result_fits_a_few_lines(pair):
    assert repr(pair) == ("<ExperimentResult 't1': t1 of 0, 3; P(1) at 30 points of delay (ns), 60,000 shots>")
    assert repr(pair.dataset) == "<Dataset of 0, 3: P(1) at 30 points of delay (ns), 60,000 shots>"
    assert len(repr(pair.analyses()[0])) < 200
    assert repr(pair.analyses()[0]).startswith(f"<Analysis of 0: t1_time {pair.t1_time[0]}, amplitude ")


def test_a_backend_may_be_given_by_its_name():
    assert T1().run("qulacs", shots=10).dataset.shots.sum() == 300
    with pytest.raises(oqx.PluginError, match="noisy"):
        T1().run("nosiy")


def test_signatures_show_declared_types_and_times_as_a_person_writes_them():
    shown = str(inspect.signature(T1))

    assert "delay_points: int = 30" in shown
    assert "max_delay: float | str = '100 us'" in shown
    assert "Any" not in shown + str(inspect.signature(NoisyBackend)) + str(inspect.signature(Rabi))


def test_the_defaults_of_a_signature_are_those_of_the_class():
    told = {name: one.default for name, one in inspect.signature(T1).parameters.items()}

    assert T1(max_delay=told["max_delay"], delay_points=told["delay_points"]) == T1()


def test_circuits_are_those_that_run_and_one_of_them_can_be_drawn():
    experiment = Rabi(physical_qubits=[0, 1], amplitude_points=10, max_amplitude=2.0)

    assert len(experiment.circuits()) == 10
    assert experiment.circuits()[0].num_qubits == 2
    assert "Rx(" in str(experiment.draw(9))
    with pytest.raises(IndexError, match="there is no point 10: 'rabi' has 10, from 0 to 9"):
        experiment.draw(10)


def test_a_result_becomes_an_xarray_with_axes_units_and_provenance(pair, tmp_path):
    xr = pytest.importorskip("xarray")

    found = pair.to_xarray()
    found.to_netcdf(tmp_path / "t1.nc")
    read = xr.load_dataset(tmp_path / "t1.nc")

    assert dict(read.signal.sizes) == {"target": 2, "delay": 30}
    assert read.delay.attrs["units"] == read.t1_time.attrs["units"] == "ns"
    np.testing.assert_array_equal(read.signal, pair.dataset.mean)
    np.testing.assert_array_equal(read.t1_time.sel(target=3), pair.t1_time[3].value)
    np.testing.assert_array_equal(read.fitted, [one.fitted for one in pair.analyses()])
    assert read.verdict.values.tolist() == ["good", "good"]
    assert '"max_delay": 100000.0' in read.attrs["parameters"]
    assert "oqtopus-experiments" in read.attrs["provenance"]


def test_points_that_are_no_grid_have_one_dimension_in_xarray():
    pytest.importorskip("xarray")
    result = GHZ(num_qubits=2, physical_qubits=[0, 1]).run(LocalBackend(device="noisy", seed=1), shots=100)

    found = result.to_xarray()

    assert found.signal.dims == ("target", "point")
    assert found.target.values.tolist() == ["0-1"]
    assert {axis.name for axis in result.dataset.sweep.axes} <= set(found.coords)


def test_a_progress_bar_counts_the_outcomes_and_is_shown_only_when_asked_for(capsys):
    T1(delay_points=6, calibrate_readout=False).run("qulacs", shots=10)
    assert capsys.readouterr().out == ""
    T1(delay_points=6, calibrate_readout=False).run("qulacs", shots=10, name="[bold]mine", progress=True)
    assert "[bold]mine" in (shown := capsys.readouterr().out)
    assert "6/6" in shown


def test_the_bar_of_a_run_file_has_one_line_for_each_experiment(tmp_path, capsys):
    (tmp_path / "run.toml").write_text(
        'backend = "qulacs"\nshots = 10\n[[experiments]]\nuse = "t1"\ndelay_points = 5\ncalibrate_readout = false\n'
        '[[experiments]]\nuse = "rabi"\namplitude_points = 7\n'
    )
    oqx.run(tmp_path / "run.toml", runs=tmp_path, observer=oqx.ProgressBar())

    shown = capsys.readouterr().out
    assert "5/5" in shown
    assert "7/7" in shown
