"""The two pieces below the command line that answer Ctrl-C and a full disk, each by itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oqtopus_experiments.cli import _ctrl_c as ctrl_c
from oqtopus_experiments.cli._ctrl_c import CtrlC
from oqtopus_experiments.cli._streams import CarefulStream


def test_a_second_press_at_once_is_part_of_the_first_and_a_later_one_counts_anew(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(ctrl_c.time, "monotonic", lambda: now[0])
    presses = CtrlC()

    with pytest.raises(KeyboardInterrupt):
        presses._pressed()
    now[0] += 0.01
    presses._pressed()
    now[0] += 0.6
    with pytest.raises(KeyboardInterrupt):
        presses._pressed()


def test_a_press_when_all_is_over_ends_the_process_with_the_code_it_had(monkeypatch):
    def end(code):
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", end)
    presses = CtrlC()
    presses.over(7)

    with pytest.raises(SystemExit) as ended:
        presses._pressed()

    assert ended.value.code == 7


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_fails_once_and_not_again_when_the_stream_is_closed():
    with Path("/dev/full").open("w") as full:
        stream = CarefulStream(full)

        stream.write("what does not arrive")
        stream.flush()

        assert stream.problem is not None
        assert "No space left" in str(stream.problem)


@pytest.mark.parametrize(("entrance", "is_ours"), [("program", True), ("main", False)])
def test_only_a_process_of_our_own_collects_garbage_seldom_and_none_at_its_end(entrance, is_ours):
    code = (
        "import atexit, gc, sys\nfrom oqtopus_experiments import cli\nbefore = gc.get_threshold()\n"
        "atexit.register(lambda: print(gc.get_threshold()[0] > 10 * before[0], gc.get_freeze_count() > 0))\n"
        f"sys.argv = ['oqx', '--version']\ncli.{entrance}()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == f"{is_ours} {is_ours}"
