"""One way to show a number with its errors, wherever it is shown; and all reasons, the one to act on first."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import click
import numpy as np
import pytest

import oqtopus_experiments
from oqtopus_experiments import (
    Analysis,
    Axis,
    Dataset,
    Estimates,
    Quantity,
    Reason,
    ReasonCode,
    Sweep,
    Verdict,
)
from oqtopus_experiments.cli import _results, _tables
from oqtopus_experiments.contracts.analyzed import AnalyzedExperiment
from oqtopus_experiments.reporting._compare import Value
from oqtopus_experiments.reporting._notebook import to_html
from oqtopus_experiments.reporting._table import to_frame, to_rows
from oqtopus_experiments.reporting._tidy_tables import quantities
from oqtopus_experiments.reporting.report._page import page
from oqtopus_experiments.storage._manifest import RunManifest
from oqtopus_experiments.storage._summary import Summary
from oqtopus_experiments.support._csv_files import csv_of

NAN = math.nan
LEANS = Quantity("t1_time", 39_300.0, 900.0, "ns", systematic=1600.0)
CLEAN = Quantity("t1_time", 41_000.0, 800.0, "ns", systematic=0.0)
BOUNDED = Quantity("t1_time", NAN, NAN, "ns", at_least=120_000.0)
WITHOUT_ERROR = Quantity("t1_time", 21_142.4, NAN, "ns")

SHORT = Reason(ReasonCode.WINDOW_TOO_SHORT, "widen the window", "suspect")
SHOTS = Reason(ReasonCode.FEW_SHOTS, "take more shots", "suspect")
UNKNOWN = Reason(ReasonCode.UNDETERMINED, "nothing is known", "bad")
STRANGE, STRANGER = Reason("zz_first", "theirs", "suspect"), Reason("aa_second", "theirs too", "bad")
FITS = Reason(ReasonCode.FITS, "it does", "good")


def analysis(quantity, target=0, *reasons):
    return Analysis((target,), [quantity], Verdict(reasons or [FITS]))


def points_of(count):
    shape = (count, 2)
    estimates = Estimates(np.full(shape, 0.5), np.full(shape, 0.1), np.full(shape, 10))
    nothing = np.zeros((count, 0))
    return Dataset(
        Sweep(Axis("x", [1.0, 2.0])), tuple((i,) for i in range(count)), "P(1)", estimates,
        Estimates(nothing, nothing, nothing.astype(int)),
    )  # fmt: skip


ALL = [analysis(q, i) for i, q in enumerate([LEANS, CLEAN, BOUNDED, WITHOUT_ERROR])]


def test_a_quantity_is_its_own_text():
    assert str(LEANS) == "39.3 ± 0.9 ± 1.6 us"
    assert str(CLEAN) == "41.00 ± 0.80 us"
    assert str(BOUNDED) == "> 120 us (95 %)"
    assert str(Quantity("x", NAN, NAN)) == "-"


@pytest.mark.parametrize("stderr", [NAN, math.inf])
def test_a_value_without_an_error_is_not_a_number(stderr):
    quantity = Quantity("t1_time", 21_142.4, stderr, "ns")

    assert str(quantity) == "-"
    assert not quantity.is_known
    assert math.isnan(to_rows("t1", [analysis(quantity)])[0]["value"])


def test_the_whole_error_is_both_in_quadrature():
    assert Quantity("x", 1.0, 0.3, systematic=0.4).total_error == pytest.approx(0.5)
    assert Quantity("x", 1.0, 0.3).total_error == 0.3
    assert math.isnan(Quantity("x", 1.0, NAN, systematic=0.4).total_error)


def test_a_table_has_a_column_for_what_some_target_has():
    frame = to_frame(points_of(4), ALL)

    assert list(frame.columns[1:5]) == ["t1_time", "t1_time_stderr", "t1_time_systematic", "t1_time_at_least"]
    assert frame.t1_time_systematic.tolist()[:2] == [1600.0, 0.0]
    assert frame.t1_time_at_least.isna().tolist() == [True, True, False, True]
    assert frame.t1_time.isna().tolist() == [False, False, True, True]
    assert frame.attrs["units"]["t1_time_systematic"] == "ns"


def test_a_table_has_no_column_for_what_no_target_has():
    columns = to_frame(points_of(1), [analysis(CLEAN)]).columns  # it has a systematic of 0

    assert not [name for name in columns if "systematic" in name or "at_" in name]


def test_table_csv_and_an_export_hold_systematic_and_bounds():
    rows = to_rows("t1", ALL)
    run = Summary(Path("run"), "run", "", "noisy", (), {"t1": tuple(ALL)})
    exported = list(csv.DictReader(io.StringIO(csv_of(quantities(run)).decode())))

    assert rows[0]["systematic"] == 1600.0
    assert rows[2]["at_least"] == 120_000.0
    assert [row["value"] for row in exported] == ["39300.0", "41000.0", "", ""]
    assert [row["at_least"] for row in exported] == ["", "", "120000.0", ""]
    assert [row["systematic"] for row in exported] == ["1600.0", "0.0", "", ""]


def test_the_report_shows_each_number_like_everything_else():
    text = page(RunManifest("n", {"use": "toy"}), [AnalyzedExperiment("t1", tuple(ALL))], {})

    for shown in ("39.3(9)(16) µs", "41.0(8) µs", "&gt; 120 µs (95 %)", "<td>-</td>"):
        assert shown in text
    assert "21.1" not in text


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_shows_each_number_and_every_reason_whole(monkeypatch, width):
    told = io.StringIO()
    monkeypatch.setattr(_tables.PlainConsole, "is_terminal", True)
    monkeypatch.setattr(_tables, "results", lambda: told)
    monkeypatch.setenv("COLUMNS", str(width))
    rows = [("t1", analysis(LEANS, 0, SHORT, SHOTS)), ("t1", analysis(BOUNDED, 1, SHOTS, UNKNOWN, SHORT, STRANGE))]

    _results.print_results(rows)

    text = click.unstyle(told.getvalue())
    assert max(map(len, text.splitlines())) <= width
    assert "39.3(9)(16) µs" in text
    assert "> 120 µs (95 %)" in text
    for reason in (SHORT, SHOTS, UNKNOWN, STRANGE):
        assert f"{reason.code}: {reason.message}" in text
    last = text.index("undetermined")
    window, shots = text.rindex("window_too_short", 0, last), text.rindex("few_shots", 0, last)
    assert window < shots < last < text.index("zz_first")


def test_compare_shows_a_bound_beside_a_number(monkeypatch):
    from oqtopus_experiments.cli._compare import _show
    from oqtopus_experiments.reporting._compare import Difference

    told = io.StringIO()
    monkeypatch.setattr(_tables, "results", lambda: told)

    _show("t1: t1_time", [Difference("t1", "0", "t1_time", (Value(LEANS, "good"), Value(BOUNDED, "bad")), NAN, False)],
          ["A", "B"])  # fmt: skip

    *_, row = told.getvalue().splitlines()
    assert " ".join(row.split()) == "0 39.3(9)(16) µs > 120 µs (95 %) - - - B bad"


def test_a_notebook_shows_systematic_and_bound():
    text = to_html("t1", points_of(4), ALL, "")

    assert "39.3(9)(16) µs" in text
    assert "&gt; 120 µs (95 %)" in text
    assert "21142" not in text


def test_figures_show_a_systematic_and_a_bound_in_their_titles():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._sheets import Sheet

    def headline(quantity):
        return Sheet((0,), analysis(quantity), ()).headline

    assert headline(LEANS) == "t1_time = 39.3(9)(16) µs"
    assert headline(BOUNDED) == "t1_time > 120 µs (95 %)"
    assert headline(WITHOUT_ERROR) == ""


def test_an_overview_draws_the_whole_error_and_an_arrow_at_a_bound():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._overview import overview_panel

    panel = overview_panel(ALL)

    values, arrows = panel.points
    assert values.stderr[0] == pytest.approx(math.hypot(0.9, 1.6))
    assert np.isnan(values.y[3])
    assert (arrows.look, arrows.x.tolist(), arrows.y.tolist()) == ("at_least", [2.0], [120.0])
    assert panel.missing.tolist() == [3.0]


def test_only_one_module_turns_a_number_with_an_error_into_text():
    root = Path(next(iter(oqtopus_experiments.__path__)))
    users = {path.stem for path in root.rglob("*.py") if "with_error(" in path.read_text(encoding="utf-8")}

    assert users == {"units", "analysis"}


def test_all_reasons_are_told_and_the_window_before_the_shots():
    verdict = Verdict([UNKNOWN, SHOTS, STRANGE, SHORT, STRANGER, FITS])

    assert [reason.code for reason in verdict.to_act_on] == [
        "window_too_short", "few_shots", "undetermined", "zz_first", "aa_second",
    ]  # fmt: skip
    assert verdict.why.startswith("window_too_short: widen the window; few_shots: take more shots; ")
    assert verdict.sentences.endswith("theirs too; it does")
    assert verdict.reasons[0] is UNKNOWN


def test_codes_of_a_table_begin_with_the_one_to_act_on():
    (row,) = to_rows("t1", [analysis(CLEAN, 0, UNKNOWN, FITS, SHORT)])

    assert row["reasons"] == "window_too_short, undetermined, fits"
    assert row["why"] == "widen the window; nothing is known; it does"


def test_the_reasons_above_a_figure_are_not_cut_in_silence():
    pytest.importorskip("matplotlib")
    from oqtopus_experiments.reporting.figures._renderer import _reasons
    from oqtopus_experiments.reporting.figures._sheets import Sheet

    long = Reason("poor_fit", "a long story " * 200, "bad")

    lines = _reasons(Sheet((0,), analysis(CLEAN, 0, long, SHORT), ()), 6.0)

    assert lines[0].startswith("widen the window; a long story")
    assert lines[-1].endswith("… (all in the report)")
