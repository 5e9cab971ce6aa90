"""A quantity on the chip: every value stands on its qubit, with its verdict, in one unit; nothing is drawn as known."""

import math
import types
from pathlib import Path

import pytest
from click.testing import CliRunner

from oqtopus_experiments import Analysis, CouplingInfo, DeviceInfo, DeviceSummary, Quantity, QubitInfo, Reason, Verdict
from oqtopus_experiments.cli._commands import cli
from oqtopus_experiments.errors import StoreError
from oqtopus_experiments.reporting._chip_map import chip_map
from oqtopus_experiments.reporting._chip_text import chip_text
from oqtopus_experiments.storage._analysis_json import write_analyses
from oqtopus_experiments.storage._device_file import device_of_run, keep_device
from oqtopus_experiments.storage._manifest import RecordedExperiment, RunManifest
from oqtopus_experiments.storage._run_folder import RunFolder

SQUARE = DeviceInfo(
    summary=DeviceSummary(name="square", kind="QPU", status="available"),
    qubits=tuple(QubitInfo(index=i) for i in range(4)),
    couplings=tuple(CouplingInfo(control=a, target=b) for a, b in ((0, 1), (1, 0), (0, 2), (1, 3), (2, 3))),
)


def measured(target, value, level="good", name="t1_time", unit="ns"):
    error = 0.02 * value
    verdict = Verdict([Reason("seen", "somebody looked", level)])
    quantities = [Quantity(name, value, error, unit, symbol="T₁"), Quantity("offset", 0.02, 0.001)]
    return Analysis(tuple(target), quantities, verdict)


FOUR = [measured([0], 40e3), measured([1], 50e3, "suspect"), measured([3], math.nan, "bad")]


def test_every_value_stands_on_its_qubit_in_the_unit_of_the_typical_one():
    chip = chip_map(FOUR, None, SQUARE)

    assert {qubit: value.text for qubit, value in chip.qubits.items()} == {0: "40", 1: "50", 3: "-"}
    assert chip.heading == "T₁ (µs), median of 1 good: 40"
    assert sorted(chip.layout.places) == [0, 1, 2, 3]
    assert chip.layout.couplings == ((0, 1), (0, 2), (1, 3), (2, 3))


def test_any_quantity_can_be_shown_and_one_that_is_not_there_is_none():
    assert chip_map(FOUR, "offset", SQUARE).qubits[0].value == pytest.approx(0.02)
    with pytest.raises(KeyError):
        chip_map(FOUR, "t2_time", SQUARE)


def test_small_numbers_are_shown_in_parts_of_a_power_of_ten():
    chip = chip_map([measured([q], 4.5e-4, unit="") for q in range(2)])

    assert chip.label == "T₁ (10⁻⁴)"
    assert chip.qubits[0].text == "4.5"


@pytest.mark.parametrize(
    ("values", "error", "texts"),
    [
        ([0.99, 1.0, 1.0123], 0.002, ["0.990", "1.000", "1.012"]),
        ([78e3, 120.4e3, 46.13e3], 1e3, ["78.0", "120.4", "46.1"]),
        ([78e3, 120.4e3, 46.13e3], 9e3, ["78", "120", "46"]),
    ],
)
def test_all_numbers_of_a_device_have_the_decimals_that_their_errors_leave(values, error, texts):
    unit = "ns" if values[0] > 10 else ""
    good = Verdict([Reason("seen", "somebody looked", "good")])
    analyses = [Analysis((n,), [Quantity("q", value, error, unit)], good) for n, value in enumerate(values)]

    found = chip_map(analyses, None, SQUARE)

    assert [found.qubits[n].text for n in range(3)] == texts
    assert found.heading.endswith(f"median of 3 good: {sorted(texts, key=float)[1]}")


def test_values_of_pairs_stand_on_their_couplings_whichever_way_round():
    chip = chip_map([measured([1, 0], 10.0), measured([2, 3], 20.0)], None, SQUARE)

    assert chip.qubits == {}
    assert {pair: value.value for pair, value in chip.couplings.items()} == {(0, 1): 10.0, (2, 3): 20.0}


def test_one_wild_value_does_not_squeeze_the_colours_nor_does_a_bad_one():
    values = [measured([q], 40e3 + 100 * q) for q in range(60)]

    chip = chip_map([*values, measured([60], 90e6), measured([61], 4e9, "bad")])

    low, high = chip.limits
    assert 39 < low < high < 50
    assert chip.part(chip.qubits[60].value) == 1.0
    assert math.isnan(chip.part(math.nan))


def test_without_a_device_the_qubits_that_were_measured_are_drawn():
    chip = chip_map([measured([3, 5, 4], 1.0)])

    assert chip.layout.couplings == ((3, 5), (4, 5))
    assert set(chip.qubits) == {3, 4, 5}


def test_a_device_that_lacks_what_was_measured_is_another_device():
    assert set(chip_map([measured([7], 1.0)], None, SQUARE).layout.places) == {7}


def test_the_drawing_has_numbers_verdicts_and_values_and_lines_along_the_couplings():
    drawn = chip_text(chip_map(FOUR, None, SQUARE))

    assert drawn.lines == (
        " 0──1!",
        "40  50",
        " │   │",
        " 2──3x",
        "     -",
    )


@pytest.mark.parametrize("value", [4.6e3, 46e3, 46.1e3, 461e3])
def test_lines_along_the_couplings_pass_beneath_the_qubits_and_not_beside_them(value):
    good = [measured([n], value + 100 * n) for n in range(4)]

    first, _, between, *_ = chip_text(chip_map(good, None, SQUARE)).lines

    assert [first.index(number) for number in "01"] == [at for at, sign in enumerate(between) if sign == "│"]


def test_the_colour_of_a_value_is_where_the_value_is():
    drawn = chip_text(chip_map(FOUR, None, SQUARE))

    found = {drawn.lines[span.line][span.start : span.end]: span.part for span in drawn.spans}
    assert found["40"] == 0.0
    assert found["50"] == 1.0


def test_a_terminal_without_lines_gets_ascii():
    assert "\n".join(chip_text(chip_map(FOUR, None, SQUARE), ascii_only=True).lines).isascii()


@pytest.fixture
def run(tmp_path):
    manifest = RunManifest("a run", experiments=(RecordedExperiment("t1", "t1", 100, {}),))
    folder = RunFolder.create(tmp_path, manifest)
    folder.directory("t1").make()
    write_analyses(folder.directory("t1"), {"use": "curvefit", "options": {}}, FOUR)
    keep_device(folder, SQUARE)
    return folder


def test_a_run_folder_keeps_its_device(run):
    assert device_of_run(run) == SQUARE


def test_the_device_of_a_simulator_that_was_like_one_is_that_device(tmp_path):
    backend = {"use": "noisy", "options": {"t1": 1.0, "like": SQUARE.to_json()}}

    assert device_of_run(RunFolder.create(tmp_path, RunManifest("a run", backend))) == SQUARE
    assert device_of_run(RunFolder.create(tmp_path, RunManifest("another"))) is None


def test_a_damaged_device_is_said_to_be_damaged(run):
    (run.path / "device.json").write_text('{"format": 2}')

    with pytest.raises(StoreError, match="damaged device snapshot"):
        device_of_run(run)


def test_the_command_shows_the_headline_or_what_is_asked_for(run):
    shown = CliRunner().invoke(cli, ["chip", str(run.path)])
    other = CliRunner().invoke(cli, ["chip", str(run.path), "--quantity", "offset"])

    assert shown.exit_code == other.exit_code == 0, shown.output + other.output
    assert "t1: T₁ (µs), median of 1 good: 40" in shown.output
    assert " 0──1!" in shown.output
    assert "offset" in other.output


def test_the_command_says_what_there_is_when_asked_for_something_else(run):
    done = CliRunner().invoke(cli, ["chip", str(run.path), "--quantity", "t2_time"])

    assert isinstance(done.exception, StoreError)
    assert "has no t2_time; it has t1: t1_time, t1: offset" in str(done.exception)


def test_the_command_draws_into_a_file(run, tmp_path):
    pytest.importorskip("matplotlib")

    done = CliRunner().invoke(cli, ["chip", str(run.path), "--plot", str(tmp_path / "chip.svg")])

    assert done.exit_code == 0, done.output
    assert Path(tmp_path / "chip.svg").read_bytes().lstrip().startswith(b"<?xml")


@pytest.mark.parametrize("found", [FOUR, [measured([1, 0], 10.0), measured([2, 3], math.nan, "bad")]])
def test_a_figure_of_the_chip_has_every_value_and_verdict(found):
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures import render
    from oqtopus_experiments.reporting.figures._chip_figure import chip_figure

    chip = chip_map(found, None, SQUARE)
    drawn = chip_figure("lifetime", chip, "small print")

    texts = [text.get_text() for text in drawn.axes[0].texts]
    for value in (*chip.qubits.values(), *chip.couplings.values()):
        if math.isfinite(value.value):
            assert any(text.startswith(value.text) for text in texts)
    assert any("✕" in text for text in texts)
    assert render(drawn, "png")


def test_a_run_keeps_the_device_it_went_to_and_does_without_where_none_answers(fakes, tmp_path):
    from attrs import frozen

    from oqtopus_experiments.errors import DeviceError
    from oqtopus_experiments.execution._kept_device import device_at_start

    @frozen(kw_only=True)
    class Known(fakes.Toy):
        def device_info(self, name=None):
            return SQUARE

    @frozen(kw_only=True)
    class Away(fakes.Toy):
        def device_info(self, name=None):
            raise DeviceError("the service does not answer")

    @frozen(kw_only=True)
    class Broken(fakes.Toy):
        def device_info(self, name=None):
            return types.SimpleNamespace()

    assert device_at_start(Known()) == SQUARE
    assert device_at_start(fakes.Toy()) is device_at_start(Away()) is device_at_start(Broken()) is None


def test_a_bad_value_among_few_does_not_stretch_the_colours():
    low, high = chip_map([measured([0], 40e3), measured([1], 42e3), measured([2], 4e6, "bad")]).limits

    assert 39 < low < high < 43
