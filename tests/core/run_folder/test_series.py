"""A history is kept for each device and settings, and never mixes two of them."""

from __future__ import annotations

import json
import math
from typing import ClassVar

import attrs
import pytest
from attrs import frozen

from oqtopus_experiments import Analysis, Backend, Quantity, Reason, StoreError, Verdict, parameter
from oqtopus_experiments.contracts.alike import chosen
from oqtopus_experiments.reporting._history import history
from oqtopus_experiments.reporting._series_names import SeriesKey, named
from oqtopus_experiments.storage._analysis_json import write_analyses
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder
from oqtopus_experiments.storage._summary import read_summary

GOOD = Verdict([Reason("fits", "it does", "good")])


@pytest.fixture
def kept(tmp_path):
    """Return a function that keeps a run with one number, measured on a day in November on some device."""

    def keep(day, value, backend="noisy", device=None, settings=None, use="t1", label="t1", **options):
        noted = {} if device is None else {"series": {"device": device, "settings": {label: settings or {}}}}
        origin = {"created": f"2026-11-{day:02}T00:00:00+00:00", **noted}
        chosen = {"use": backend, "options": options}
        manifest = RunManifest("run", chosen, (RecordedExperiment(label, use, 100, {}),), origin)
        folder = RunFolder.create(tmp_path / "runs", manifest)
        (folder.path / label).mkdir()
        number = Quantity("t1_time", value, 400.0, "ns")
        write_analyses(folder.directory(label), {"use": "curvefit"}, [Analysis((0,), [number], GOOD)])
        return tmp_path / "runs"

    return keep


def told(found):
    return {one.name: [round(entry.quantity.value) for entry in one.entries] for one in found}


def test_two_devices_are_two_series_and_their_mixture_is_no_step(kept):
    for day in range(1, 7):
        kept(day, 40_000.0, device={"t1": 40_000})
        runs = kept(day + 7, 20_000.0, "oqtopus", device={"device": "anemone"})

    found = history(runs, "t1_time", (0,))

    assert told(found) == {"t1 on noisy": [40_000] * 6, "t1 on oqtopus (device = anemone)": [20_000] * 6}
    assert not [entry for one in found for entry in one.entries if math.isfinite(entry.step)]


def test_two_configurations_of_one_simulator_are_told_apart_by_what_differs(kept):
    kept(1, 40_000.0, device={"t1": 40_000, "t2": 9})
    runs = kept(2, 20_000.0, device={"t1": 20_000, "t2": 9})

    assert set(told(history(runs, "t1_time", (0,)))) == {"t1 on noisy (t1 = 40000)", "t1 on noisy (t1 = 20000)"}


def test_settings_that_change_the_meaning_are_told_apart(kept):
    kept(1, 40_000.0, device={}, settings={"pulse": "sx"})
    runs = kept(2, 20_000.0, device={}, settings={})

    assert set(told(history(runs, "t1_time", (0,)))) == {"t1 (pulse = sx) on noisy", "t1 on noisy"}


def test_two_experiments_with_a_quantity_of_one_name_are_two_series(kept):
    kept(1, 40_000.0, device={})
    runs = kept(2, 20_000.0, device={}, use="echo", label="t1")

    assert set(told(history(runs, "t1_time", (0,)))) == {"t1 on noisy", "echo on noisy"}


def test_a_label_and_a_day_make_no_other_series(kept):
    kept(1, 40_000.0, device={}, label="morning")
    runs = kept(2, 41_000.0, device={}, label="evening")

    assert told(history(runs, "t1_time", (0,))) == {"t1 on noisy": [40_000, 41_000]}


def test_a_run_that_noted_no_series_is_told_apart_by_all_options_but_the_seed(kept):
    kept(1, 40_000.0, t1=40_000, seed=1)
    kept(2, 40_000.0, t1=40_000, seed=2)
    runs = kept(3, 20_000.0, t1=20_000, seed=2)

    found = told(history(runs, "t1_time", (0,)))

    assert found == {"t1 on noisy (t1 = 40000)": [40_000] * 2, "t1 on noisy (t1 = 20000)": [20_000]}


def test_a_device_is_chosen_by_a_part_of_its_name(kept, oqx, tmp_path):
    kept(1, 40_000.0, device={})
    runs = kept(2, 20_000.0, "oqtopus", device={"device": "Anemone"})

    assert set(told(history(runs, "t1_time", (0,), device="anemone"))) == {"t1 on oqtopus (device = Anemone)"}
    with pytest.raises(StoreError, match=r"'coral'.*there are: t1 on noisy; t1 on oqtopus \(device = Anemone\)"):
        history(runs, "t1_time", (0,), device="coral")

    plot = ["--plot", tmp_path / "plot.png"]
    code, output, _ = oqx("history", "t1_time", "--qubit", "0", "--runs", runs, "--device", "noisy", *plot)
    assert code == 0
    assert "t1 on noisy" in output
    assert "Anemone" not in output
    assert "t1_time shows no change beyond its errors" in output


def test_what_a_history_found_is_said_below_its_table(kept, oqx, tmp_path):
    for day in range(1, 15):
        kept(day, 40_000.0 * 0.98**day, device={"t1": 1})
        runs = kept(day, 40_000.0 if day < 8 else 20_000.0, device={"t1": 2})

    code, output, _ = oqx("history", "t1_time", "--qubit", "0", "--runs", runs, "--plot", tmp_path / "plot.png")

    assert code == 0
    assert "t1_time drifts by -7" in output
    assert " ns per day (-2 %)" in output
    assert output.count("step, ") == 1
    assert "t1_time has 1 step" in output


def test_each_series_has_a_panel_and_a_drift_a_line(kept):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._timeline import timeline

    for day in range(1, 15):
        kept(day, 40_000.0 * 0.98**day, device={"t1": 1})
        runs = kept(day, 40_000.0 if day < 8 else 20_000.0, device={"t1": 2})

    made = timeline(history(runs, "t1_time", (0,)), (0,))

    panels = {axes.get_title(loc="left"): axes for axes in made.axes}
    drift = panels["t1 on noisy (t1 = 1)"].get_legend_handles_labels()
    assert [name for name in drift[1] if name.startswith("drifts by -7")]
    (line,) = [one for one in panels["t1 on noisy (t1 = 1)"].lines if str(one.get_label()).startswith("drifts by")]
    assert line.get_ydata()[[0, -1]] == pytest.approx([40 * 0.98, 40 * 0.98**14])
    levels = [one.get_ydata()[0] for one in panels["t1 on noisy (t1 = 2)"].lines if one.get_linewidth() == 1.4]
    assert levels == pytest.approx([40.0, 20.0])


@frozen(kw_only=True)
class Device(Backend):
    name: ClassVar[str] = "device"
    manner: ClassVar[tuple[str, ...]] = ("patience",)

    site: str = parameter("here")
    patience: float = parameter(1.0)
    token: str | None = parameter(None, secret=True)
    table: dict[str, int] = attrs.field(factory=dict)
    seed: int | None = parameter(None)

    def submit(self, batch):
        raise NotImplementedError


def test_a_device_is_what_was_chosen_but_secrets_and_the_manner_of_asking():
    assert Device().identity() == {}
    made = Device(site="there", patience=9.0, token="x", table={"a": 1})  # noqa: S106  # of nobody

    assert made.identity() == {"site": "there", "table": {"a": 1}}


def test_a_long_value_is_told_by_its_fingerprint():
    one, other = (chosen(Device(table={"a": i, "b" * 200: 1}), ())["table"] for i in (1, 2))

    assert len(one) < 20
    assert one != other


def test_settings_are_what_was_chosen_among_texts_and_truth_values(decay):
    @frozen(kw_only=True)
    class Pulsed(decay):
        manner: ClassVar[tuple[str, ...]] = ("spacing",)
        pulse: str = parameter("rx")
        spacing: str = parameter("linear")
        echo: bool = parameter(False)
        window: float = parameter(1.0)

    assert Pulsed().settings() == {}
    assert Pulsed(pulse="sx", echo=True, window=5.0, spacing="log").settings() == {"pulse": "sx", "echo": True}


def test_a_run_notes_its_device_and_settings(fakes, tmp_path):
    handle = fakes.Ramp(points=3).submit(fakes.Toy(seed=3, broken=[7]), shots=10, name="morning", runs=tmp_path)
    handle.result()
    (file,) = tmp_path.glob("*/run.json")

    noted = json.loads(file.read_text())["provenance"]["series"]

    assert noted == {"backend": "toy", "device": {"broken": [7]}, "settings": {"morning": {}}}
    assert read_summary(file.parent).device == {"broken": [7]}


@frozen(kw_only=True)
class Elsewhere(Backend):
    """Has another's work done."""

    name: ClassVar[str] = "elsewhere"
    inner: Backend = parameter(None)
    answer: str = parameter("")

    def submit(self, batch):
        return self.inner.submit(batch)

    def stands_for(self):
        return self.answer or self.inner


def test_numbers_that_another_backend_had_computed_elsewhere_are_in_its_series(fakes, tmp_path):
    toy = fakes.Toy(seed=3, broken=[7])
    for backend in (toy, Elsewhere(inner=toy)):
        fakes.Ramp(points=3).run(backend, shots=10, runs=tmp_path)

    (series,) = history(tmp_path, "mean", (0,))

    assert series.name == "ramp on toy"
    assert len(series.entries) == 2


def test_a_backend_that_cannot_say_for_whom_it_stands_is_itself(fakes, tmp_path, caplog):
    fakes.Ramp(points=3).run(Elsewhere(inner=fakes.Toy(), answer="nobody"), shots=10, runs=tmp_path)

    assert [series.name for series in history(tmp_path, "mean", (0,))] == ["ramp on elsewhere"]
    assert "stands_for" in caplog.text
    assert "must return a Backend, not 'nobody'" in caplog.text


def test_names_keep_the_name_of_a_device_though_all_share_it():
    keys = [SeriesKey.of("q", {"device": "kobe", "n": 1}, "t1", {}, unit) for unit in ("ns", "")]

    assert set(named(keys).values()) == {"t1 in ns on q (device = kobe)", "t1 in no unit on q (device = kobe)"}
