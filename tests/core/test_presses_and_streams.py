"""The two pieces below the command line that answer Ctrl-C and a full disk, each by itself."""

from __future__ import annotations

import os
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
