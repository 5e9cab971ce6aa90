"""Progress on a terminal: a line for each experiment, with its state, and what one may do meanwhile."""

from __future__ import annotations

import pytest

from oqtopus_experiments.cli._bars import SAFE, Bars, state_of
from oqtopus_experiments.cli._printing import console
from oqtopus_experiments.contracts.standing import Standing


def shown(width, act):
    """Return what stands on a terminal of so many columns after something was done."""
    bars, used = Bars(), console()
    used.width = width
    try:
        act(bars, used)
        parts = list(bars._bar.get_renderables())
    finally:
        bars.close()
    with used.capture() as captured:
        used.print(*parts, sep="\n")
    return captured.get().splitlines()


@pytest.mark.parametrize("width", [80, 120])
def test_every_experiment_has_a_line_and_none_is_wider_than_the_terminal(width):
    def act(bars, console):
        bars.open(console, "t1_of_the_five_best_qubits_tonight", 51, ["rabi", "ramsey"])
        bars.stand(Standing(waiting=40, running=11))
        for _ in range(7):
            bars.advance()

    lines = [line.rstrip() for line in shown(width, act)]
    first, *others = [line.split()[0] for line in lines if line]
    # Versions of rich cut a long label a letter earlier or later.
    assert first.startswith("t1_of_the_five_best_qu")
    assert first.endswith("…")
    assert others == ["rabi", "ramsey", "Ctrl-C"]
    assert "running" in lines[0]
    assert "7/51" in lines[0]
    assert "waiting" in lines[1]
    assert lines[-1] == SAFE
    assert max(map(len, lines)) <= width


def test_what_is_done_stays_above_what_is_waited_for_and_says_how_it_ended():
    def act(bars, console):
        console.height = 24
        for label, failed in (("rabi", 0), ("t1", 2)):
            bars.open(console, label, 5, {"rabi": ["t1", "ramsey"], "t1": ["ramsey"]}[label])
            for _ in range(5):
                bars.advance()
            bars.finish(failed)
        bars.open(console, "ramsey", 30, [])
        bars.stand(Standing(waiting=30, ahead=4))

    done, failed, waiting, hint = (line.rstrip() for line in shown(80, act))

    assert done.split()[:2] == ["rabi", "done"]
    assert "5/5" in done
    assert failed.split()[:3] == ["t1", "2", "failed"]
    assert waiting.startswith("ramsey")
    assert "waiting, 4 jobs ahead" in waiting
    assert hint == SAFE


def test_the_bar_that_moves_is_among_those_a_low_terminal_shows():
    labels = [f"number{number}" for number in range(40)]

    def act(bars, console):
        console.height = 10
        for number in range(31):
            bars.open(console, labels[number], 5, labels[number + 1 :])
            bars.finish(0)

    lines = [line.split()[0] for line in shown(80, act)]

    assert len(lines) == 9
    assert "number30" in lines
    assert lines.index("number30") > 0
    assert "number31" in lines


def test_the_state_says_how_many_come_before():
    states = [Standing(5), Standing(5, 1), Standing(5, ahead=1), Standing(5, ahead=12), Standing(5, 2, ahead=3)]
    told = ["waiting", "running", "waiting, 1 job ahead", "waiting, 12 jobs ahead", "running"]
    assert [state_of(standing) for standing in states] == told


def test_what_is_told_before_there_is_a_bar_or_after_it_is_gone_is_nobodys_business():
    bars = Bars()
    bars.advance()
    bars.stand(Standing(3))
    bars.close()
