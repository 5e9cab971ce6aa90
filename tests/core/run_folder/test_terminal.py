"""What a terminal, a pipe or a full disk is given, whoever wrote the run folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOSTILE = "\x1b]52;c;aGFoYQ==\x07\x1b]0;owned\x07\x1b[2J\x9b1m\u202egood\x7f\n[red]marked[/red] [/] :boom:"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
PROGRAM = [sys.executable, "-c", "from oqtopus_experiments.cli import program; program()"]


def assert_harmless(text, *, most=60_000):
    assert not OBEYED.search(text), OBEYED.search(text)
    assert len(text) < most
    assert r"\x1b]52" in re.sub(r"[\s│|]+", "", text)


def spoil(file: Path, change):
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


@pytest.fixture
def strangers_run(write_analyzed, decay):
    """A run folder in which every text is hostile."""
    folder = write_analyzed({HOSTILE: decay(targets=[[0], [1]])}).path
    spoil(folder / "run.json", lambda c: c.update(name=HOSTILE))
    spoil(folder / "run.json", lambda c: c["config"].update(backend={"use": HOSTILE, "options": {}}))
    (analysis,) = folder.glob("*/analysis.json")

    def reasons(content):
        for item in content["analyses"]:
            item["verdict"]["reasons"] = [{"code": "odd", "message": HOSTILE, "level": "bad"}]
            item["quantities"][0].update(name=HOSTILE, unit=HOSTILE)

    spoil(analysis, reasons)
    return folder


@pytest.mark.parametrize(
    "words",
    [
        ("runs", "{parent}"),
        ("compare", "{run}", "{run}"),
        ("history", HOSTILE, "--qubit", "0", "--runs", "{parent}"),
        ("history", "x", "--qubit", "0", "--runs", "{parent}"),
        ("analyze", "{run}", "--print-only"),
        ("export", "{run}", "-o", "out.csv"),
    ],
    ids=lambda words: words[0],
)
def test_a_strangers_run_folder_is_shown_and_never_obeyed(oqx, strangers_run, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    places = {"{run}": str(strangers_run), "{parent}": str(strangers_run.parent)}

    _, out, err = oqx(*(places.get(word, word) for word in words))

    if words[0] != "export":
        assert_harmless(out + err)
    assert not OBEYED.search(out + err)


def test_markup_in_a_strangers_text_is_no_markup(oqx, write_analyzed, decay):
    folder = write_analyzed({"[red]marked[/red] :boom: [/]": decay()}).path
    spoil(folder / "run.json", lambda c: c.update(name="[link=file:///x]click[/link]"))

    for words in (("compare", folder, folder), ("history", "level", "--qubit", "0", "--runs", folder.parent)):
        assert "[red]marked[/red] :boom: [/]" in oqx(*words)[1]
    assert "[link=file:///x]click[/link]" in oqx("runs", folder.parent)[1]


def test_five_megabytes_of_reason_and_label_are_a_few_lines(oqx, write_analyzed, decay):
    folder = write_analyzed({"long": decay()}).path
    huge = HOSTILE + "x" * 5_000_000
    spoil(folder / "run.json", lambda c: c.update(name=huge))
    spoil(folder / "long" / "analysis.json", lambda c: c["analyses"][0]["quantities"][0].update(name=huge))

    for words in [("runs", folder.parent), ("compare", folder, folder), ("history", "x", "--qubit", "0",
                                                                         "--runs", folder.parent)]:  # fmt: skip
        _, out, err = oqx(*words)
        assert_harmless(out + err)
        assert "characters left out" in re.sub(r"[\s│|]+", " ", out + err)


def test_a_name_on_the_command_line_is_shown_and_never_obeyed(oqx):
    for words in [("show", HOSTILE), ("analyze", HOSTILE), (HOSTILE,), ("check", HOSTILE), ("device", HOSTILE)]:
        code, out, err = oqx(*words)
        assert code
        assert not OBEYED.search(out + err), words


def test_log_lines_are_shown_and_never_obeyed(tmp_path):
    code = (
        "import sys, logging, warnings; from oqtopus_experiments.cli import program\n"
        "from oqtopus_experiments.cli import _commands as commands\n"
        f"text = {HOSTILE!r}\n"
        "def noisy(*_, **__):\n"
        "    logging.getLogger('x').warning('log %s', text + 'y' * 5_000_000)\n"
        "    warnings.warn('warned ' + text)\n"
        "    raise KeyError(text)\n"
        "commands.runs.callback = noisy\n"
        "sys.argv = ['oqx', 'runs']; program()"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=tmp_path)

    errors = done.stderr.decode()
    assert_harmless(errors)
    assert errors.count(r"\x1b[2J") >= 3
    assert "KeyError" in errors
    assert done.returncode == 1


def test_what_a_command_prints_past_the_gate_is_not_obeyed_either(tmp_path):
    code = (
        "import sys; from oqtopus_experiments.cli import _commands as commands, program\n"
        f"commands.runs.callback = lambda *_, **__: print({HOSTILE!r})\n"
        "sys.argv = ['oqx', 'runs']; program()"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=tmp_path)

    assert_harmless(done.stdout.decode())


def test_no_command_prints_past_the_gate():
    from oqtopus_experiments import cli

    folder = Path(cli.__file__).parent
    around = re.compile(r"click\.(echo|secho|confirm|prompt)\(|(?<![\w.])print\(|std(out|err)\.write|(?<!\w)Console\(")
    found = {path.name: around.findall(path.read_text()) for path in folder.glob("*.py") if path.name != "_printing.py"}

    # The one place where a person is asked.
    assert {name for name, hits in found.items() if hits} == {"_asking.py"}


def run_oqx(*words, **options):
    return subprocess.run([*PROGRAM, *map(str, words)], check=False, **options)


def test_a_reader_who_goes_away_ends_it_as_other_tools_end(write_analyzed, decay):
    folder = write_analyzed({"a": decay()}).path
    reading, writing = os.pipe()
    os.close(reading)

    done = run_oqx("runs", folder.parent, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)

    assert done.returncode == 141
    assert done.stderr == b""


def test_a_full_disk_behind_the_output_is_one_sentence(write_analyzed, decay):
    folder = write_analyzed({"a": decay()}).path

    for words in (("runs", folder.parent), ("--help",), ("compare", folder, folder)):
        with Path("/dev/full").open("w") as full:
            done = run_oqx(*words, stdout=full, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1
        assert "No space left on device" in done.stderr


def test_a_closed_output_is_one_sentence_and_takes_no_file_of_the_run(write_analyzed, decay):
    folder = write_analyzed({"a": decay()}).path
    before = (folder / "a" / "points.csv").read_bytes()

    shell = ["sh", "-c", 'exec "$@" >&-', "sh", *PROGRAM, "analyze", str(folder)]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 2  # the plugin of the run is not installed there
    shell[-2:] = ["runs", str(folder.parent)]
    done = subprocess.run(shell, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "error: cannot write to the standard output: it is closed; what was printed is not complete\n"
    assert (folder / "a" / "points.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("environment", "encoding"),
    [
        ({"PYTHONIOENCODING": "ascii"}, "ascii"),
        ({"PYTHONIOENCODING": "latin-1"}, "latin-1"),
        ({"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "ascii"),
    ],
    ids=str,
)
def test_an_output_that_is_not_utf_8_gets_letters_it_has(write_analyzed, decay, environment, encoding):
    folder = write_analyzed({"测": decay()}).path
    write_analyzed({"测": decay()}, seed=9)

    one, other = sorted(folder.parent.iterdir())
    for words in (("compare", one, other), ("runs", folder.parent), ("history", "level", "--qubit", "0",
                                                                     "--runs", folder.parent)):  # fmt: skip
        done = run_oqx(*words, capture_output=True, env={**os.environ, **environment})
        out = done.stdout.decode(encoding)
        assert done.returncode == 0, done.stderr
        assert done.stderr.decode(encoding) is not None
        before = {"history": 1, "compare": 3, "runs": 0}[words[0]]  # names of runs and series
        head, rule, *rows = out.splitlines()[before:]
        assert set(rule) == {"-"}
        assert len(head) <= len(rule)  # what is spelled otherwise is laid out as it is spelled
        if words[0] != "runs":
            assert re.search(r"\d\(\d+\) ns", rows[0])
            assert r"\u6d4b" in out
