"""One rule of exit codes over all commands: 2 where what was asked is wrong or not there, 1 where it failed."""

import pytest

from oqtopus_experiments import errors
from oqtopus_experiments.cli._ending import exit_code

NOT_THERE = [
    "history levle",
    "history level --device nowhere",
    "history level --runs nowhere",
    "history level --plot nowhere/x.png",
    "runs nowhere",
    "chip {run} --quantity foo",
    "chip {run} --plot nowhere/x.png",
    "chip empty",
    "results empty",
    "results nowhere",
    "compare {run} empty",
    "compare {run}",
    "export empty",
    "export {run} -o nowhere/x.csv",
    "analyze absent.csv --as test-decay",
    "analyze bad.csv --as test-decay",
    "analyze empty",
    "audit empty",
    "audit p.zip",
    "jobs empty",
    "cancel empty",
    "resume empty",
    "pack empty",
    "pack {run} -o nowhere/p.zip",
    "unpack bad.csv",
    "unpack p.zip",
    "plan empty",
    "run empty",
    "check absent.toml",
    "doctor absent.toml",
    "show nothing",
    "verify nothing",
]


@pytest.fixture
def place(write_analyzed, decay, oqx, tmp_path, monkeypatch):
    """Return the name of a run, from within a folder with its pack, an empty folder and a file that is no table."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.csv").write_text("no\ncounts\n")
    run = write_analyzed({"decay": decay()}).path
    assert oqx("pack", run, "-o", "p.zip")[0] == 0
    return run


@pytest.mark.parametrize("command", NOT_THERE)
def test_what_is_wrong_or_not_there_ends_with_2(command, place, oqx):
    words = command.format(run=place).split()

    code, _, err = oqx(*words)

    assert (code, err[:7]) == (2, "error: "), err


def test_what_is_there_and_damaged_or_cannot_be_done_ends_with_1(place, oqx):
    (place / "run.json").write_text("{")

    for command in ("results", "analyze", "audit", "export", "chip", "jobs"):
        code, _, err = oqx(command, place)
        assert (code, "damaged" in err) == (1, True), command + err


def test_the_errors_themselves_say_whose_they_are():
    known = [one for one in vars(errors).values() if isinstance(one, type) and one.__module__ == errors.__name__]
    asked = {one.__name__ for one in known if exit_code(one.__new__(one)) == 2}

    assert asked == {"PluginError", "ConfigError", "ParameterError", "NotStoredError", "CountsError"}
