"""Whatever a tired person types, the answer is one sentence that leads to the fix; none costs a queue."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).with_name("mistakes")


def loaded():
    spec = importlib.util.spec_from_file_location("mistakes_tired", HERE / "tired.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TIRED = loaded()
MESSAGES = json.loads((HERE / "tired.json").read_text("utf-8"))


@pytest.fixture
def told(oqx, tmp_path, monkeypatch):
    """Return a function that makes a mistake in an empty folder, and returns exit code and what was said about it."""
    for name in [name for name in os.environ if "OQTOPUS" in name]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def make(slip):
        for name, content in slip.files.items():
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        code, out, err = oqx(*slip.command)
        # Of what is done all the same the first line says so.
        return code, (err.strip() or out.splitlines()[0]).replace(str(tmp_path), ".")

    return make


def test_there_are_enough_mistakes_and_each_has_its_message():
    assert len({slip.name for slip in TIRED.SLIPS}) == len(TIRED.SLIPS) >= 58
    assert {slip.name for slip in TIRED.SLIPS} == set(MESSAGES)


@pytest.mark.parametrize("slip", TIRED.SLIPS, ids=[slip.name.replace(" ", "-") for slip in TIRED.SLIPS])
def test_the_answer_to_a_mistake_leads_to_the_fix(told, slip):
    code, said = told(slip)

    assert (code, said.count("\n")) == (slip.code, 0)
    assert slip.says in said
    assert said == MESSAGES[slip.name]
    # One style: what is refused is an error in one line; all else is a note, or done.
    assert said.startswith("error: ") == (slip.code != 0)
    assert not Path("runs").exists()


@pytest.mark.parametrize("max_delay", ["100", "100e-6", '"100 ps"'])
@pytest.mark.parametrize("command", ["check", "plan", "run"])
def test_a_window_of_another_size_is_asked_about_wherever_a_run_is_looked_at(told, command, max_delay):
    slip = next(one for one in TIRED.SLIPS if one.name == "ns where us was meant")
    text = slip.files["run.toml"].replace("max_delay = 100", f"max_delay = {max_delay}\ndelay_points = 6")

    code, said = told(slip._replace(files={"run.toml": text}, command=(command, "run.toml")))

    assert code == 0
    assert "t1: is max_delay meant as it is?" in said
    assert "of the t1_time of qubit 0, 25 us" in said


@pytest.mark.parametrize(("max_delay", "hinted"), [("100", True), ('"100 ns"', False), (None, False)])
def test_nobody_who_wrote_a_unit_or_nothing_is_told_what_a_number_without_one_means(told, max_delay, hinted):
    slip = next(one for one in TIRED.SLIPS if one.name == "ns where us was meant")
    written = f"max_delay = {max_delay}\ndelay_points = 6" if max_delay else '[backends.noisy]\nt1 = "5 ms"'
    text = slip.files["run.toml"].replace("max_delay = 100", written)

    _, said = told(slip._replace(files={"run.toml": text}, command=("check", "run.toml")))

    assert "is max_delay meant as it is?" in said
    assert ("a number without a unit is in ns" in said) is hinted


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("check run.toml --set t1.max_delay=30", "--set experiments.t1.max_delay=VALUE"),
        ("check run.toml --set delay_points=30", "--set experiments.t1.delay_points=VALUE"),
        ("check run.toml --set repeat=10 --set times=3", "is 10 ns: a number without a unit is in ns"),
        ("check counts.csv", "oqx analyze counts.csv --as EXPERIMENT"),
        ("devices qiskit", "did you mean --backend qiskit?"),
    ],
)
def test_what_the_tasks_of_a_day_are_typed_like_leads_to_what_was_meant(told, command, meant):
    slip = next(one for one in TIRED.SLIPS if one.name == "ns where us was meant")
    files = {**slip.files, "counts.csv": "delay (us),target,outcome,count\n0,0,0,20\n"}

    code, said = told(slip._replace(files=files, command=tuple(command.split())))

    assert code == 2
    assert meant in " ".join(said.split())


@pytest.mark.parametrize("max_delay", ["10000", '"25 us"', '"200 us"', '"500 us"'])
def test_a_window_that_shows_the_decay_is_not_asked_about(told, max_delay):
    slip = next(one for one in TIRED.SLIPS if one.name == "ns where us was meant")
    text = slip.files["run.toml"].replace("max_delay = 100", f"max_delay = {max_delay}")

    assert told(slip._replace(files={"run.toml": text})) == (0, "run.toml is fine: 1 experiment on noisy")
