"""The commands that read runs: what they print, write, and leave alone."""

import csv
import io
import shutil

import pytest

from oqtopus_experiments import load_run


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_analyze_gives_the_files_of_the_run_bit_for_bit_also_on_a_copy(write_analyzed, decay, oqx, tmp_path):
    folder = write_analyzed({"decay": decay(physical_qubits=[0, 3])}, missing=(2,)).path
    written = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    copy = shutil.copytree(folder, tmp_path / "elsewhere" / "renamed run")
    for made in ("report.html", "table.csv", "decay/analysis.json", "decay/points.csv", "decay/table.csv"):
        (copy / made).unlink()

    code, output, _ = oqx("analyze", copy)

    assert code == 0
    assert "good" in output
    again = {p.relative_to(copy): p.read_bytes() for p in copy.rglob("*") if p.is_file() and "figure" not in p.name}
    assert {k: v for k, v in again.items() if k.name != "report.html"} == {
        k: v for k, v in written.items() if k.name != "report.html"
    }


def test_analyze_print_only_leaves_the_folder_as_it_is(write_run, decay, oqx):
    folder = write_run({"decay": decay()}).path

    code, output, _ = oqx("analyze", folder, "--print-only")

    assert (code, "level" in output) == (0, True)
    assert sorted(path.name for path in folder.rglob("*")) == ["decay", "journal.jsonl", "run.json"]


def test_analyze_completes_a_run_that_was_killed(write_run, decay, oqx):
    folder = write_run({"one": decay(), "two": decay()}).path
    shutil.rmtree(folder / "two")

    code, output, _ = oqx("analyze", folder)

    assert code == 0
    assert "nothing was measured" in output
    assert (folder / "report.html").exists()


def test_another_analyzer_can_be_chosen_and_an_unknown_one_is_bad_input(write_run, decay, oqx):
    folder = write_run({"decay": decay()}).path

    assert oqx("analyze", folder, "--analyzer", "test-mean")[0] == 0
    code, _, errors = oqx("analyze", folder, "--analyzer", "test-men")
    assert code == 2
    assert "did you mean 'test-mean'" in errors


def test_runs_shows_time_backend_and_verdicts_and_what_has_no_analysis(write_analyzed, write_run, decay, oqx, tmp_path):
    write_analyzed({"decay": decay(physical_qubits=[0, 1])}, name="done [bold]")
    write_run({"decay": decay()}, name="open")

    code, output, _ = oqx("runs", tmp_path / "runs")

    assert code == 0
    assert "2026-11-20 10:00:00" in output
    assert "done [bold]" in output
    assert "gone" in output
    assert "2 good" in output
    assert "no analysis of decay" in output


def test_a_file_without_the_name_of_its_option_is_given_it(write_analyzed, decay, oqx, tmp_path):
    run = write_analyzed({"decay": decay()}, name="done").path

    code, _, errors = oqx("pack", run, "t1.zip")

    assert code == 2
    assert "did you mean -o t1.zip?" in errors


def test_runs_takes_its_folder_by_the_name_it_has_everywhere(write_analyzed, decay, oqx, tmp_path):
    write_analyzed({"decay": decay()}, name="done")

    assert oqx("runs", "--runs", tmp_path / "runs") == oqx("runs", tmp_path / "runs")
    assert oqx("runs", "--runs", tmp_path / "runs")[0] == 0


def test_runs_goes_on_when_one_folder_is_damaged(write_analyzed, decay, oqx, tmp_path):
    broken = write_analyzed({"decay": decay()}, name="broken").path
    write_analyzed({"decay": decay()}, name="sound")
    (broken / "decay" / "analysis.json").write_text("{")

    code, output, errors = oqx("runs", tmp_path / "runs")

    assert (code, "sound" in output, "not readable" in errors) == (0, True, True)


@pytest.mark.parametrize("command", ["analyze", "export", "compare"])
def test_a_folder_that_is_no_run_ends_with_a_message_and_no_traceback(command, oqx, tmp_path):
    absent = tmp_path / "absent"
    arguments = (absent, absent) if command == "compare" else (absent,)

    code, _, errors = oqx(command, *arguments)

    assert code == 2
    assert "is not a run folder (runs: " in errors
    assert "Traceback" not in errors


def test_export_writes_every_point_of_every_experiment_with_units(write_run, decay, oqx, tmp_path):
    folder = write_run({"one": decay(physical_qubits=[0, 1]), "two": decay(points=3)}, missing=(1,)).path
    file = tmp_path / "points.csv"

    code, _, _ = oqx("export", folder, "--output", file)

    rows = rows_of(file)
    dataset = load_run(folder).results["one"].dataset
    assert code == 0
    assert len(rows) == 2 * 5 + 3
    assert list(rows[0])[:4] == ["run", "experiment", "qubits", "delay_ns"]
    assert [float(row["signal"]) for row in rows[:1]] == [dataset.mean[0, 0]]
    assert (rows[1]["signal"], rows[1]["shots"]) == ("", "0")


def test_export_of_quantities_has_one_row_for_each(write_analyzed, decay, oqx, tmp_path):
    folder = write_analyzed({"decay": decay(physical_qubits=[0, 1])}).path
    file = tmp_path / "quantities.csv"

    oqx("export", folder, "--output", file, "--what", "quantities")

    assert [(row["qubits"], row["quantity"], row["unit"]) for row in rows_of(file)] == [
        ("0", "level", "ns"),
        ("1", "level", "ns"),
    ]


def test_the_newest_runs_have_names(write_analyzed, decay, oqx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = [write_analyzed({"decay": decay()}, created=f"2026-11-2{day}T10:00:00+00:00").path for day in (3, 1, 2)]

    _, output, _ = oqx("analyze", "latest~1")

    assert str(paths[2].name) in output
    assert oqx("analyze", "latest~3")[0] == 2
    assert oqx("compare", "latest~2", "latest")[0] == 0


FORMULAS = ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_takes_for_a_formula_is_quoted_and_numbers_are_not(text):
    import pandas as pd

    from oqtopus_experiments.support._csv_files import csv_of

    frame = pd.DataFrame({"name": [text, "plain"], "value": [-1.5, 2.0], text: [-3, 4], "mixed": [text, -7]})

    header, first, second = csv.reader(io.StringIO(csv_of(frame).decode(), newline=""))

    text = text.replace("\r", "\n")
    assert header == ["name", "value", f"'{text}", "mixed"]
    assert first == [f"'{text}", "-1.5", "-3", f"'{text}"]
    assert second == ["plain", "2.0", "4", "-7"]


def test_every_table_of_a_run_and_its_export_quote_formulas(write_run, decay, oqx, tmp_path):
    folder = write_run({"=evil": decay(physical_qubits=[0, 1])}).path
    oqx("analyze", folder)
    oqx("export", folder, "--output", tmp_path / "points.csv")
    oqx("export", folder, "--output", tmp_path / "quantities.csv", "--what", "quantities")

    for file in (folder / "table.csv", tmp_path / "points.csv", tmp_path / "quantities.csv"):
        assert {row["experiment"] for row in rows_of(file)} == {"'=evil"}
