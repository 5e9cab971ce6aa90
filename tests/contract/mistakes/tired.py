"""
Mistakes of tired persons who run experiments, each with what it was told before and what it is told now.

A slip is a set of files in an empty folder and a command. `says` are parts of what is printed now, of which at least
one is the way out; `before` is what was printed when the list was made.
"""

from __future__ import annotations

from typing import NamedTuple

T1 = '\n[[experiments]]\nuse = "t1"\ndelay_points = 6\n'
TOP = 'shots = 100\nseed = 1\nbackend = "noisy"\n'
GOOD = TOP + T1


class Slip(NamedTuple):
    """
    One mistake.

    Args:
        name: What was done.
        command: The arguments of `oqx`.
        files: The texts of files by name.
        says: What the answer must hold.
        code: The exit code: 0 where the work is done all the same.
    """

    name: str
    command: tuple[str, ...]
    files: dict[str, str | bytes]
    says: tuple[str, ...]
    code: int = 2


def slip(name: str, text: str | bytes, *says: str, command: str = "check run.toml", code: int = 2, **files: str) -> Slip:
    """Return a mistake in a run file."""
    return Slip(name, tuple(command.split(" ")), {"run.toml": text} | {k.replace("_", "."): v for k, v in files.items()}, says, code)


def changed(old: str, new: str, text: str = GOOD) -> str:
    """Return the good file with a part written otherwise."""
    if text.count(old) != 1:
        raise AssertionError(old)
    return text.replace(old, new)


POINTS = "delay_points = 6\n"
CURLY = "“noisy”"
YAML = "shots: 100\nbackend: noisy\nexperiments:\n  - use: t1\n"
JSON = '{"shots": 100, "experiments": [{"use": "t1"}]}\n'

SLIPS = [
    slip("a name without quotes", changed('"noisy"', "qulacs")),
    slip("[experiments] for [[experiments]]", changed("[[experiments]]", "[experiments]")),
    slip("[[experiment]] for [[experiments]]", changed("[[experiments]]", "[[experiment]]")),
    slip("[backend.noisy] for [backends.noisy]", changed('backend = "noisy"\n', '[backend.noisy]\nt1 = "25 us"\n')),
    slip("a list of names for experiments", TOP + 'experiments = ["t1", "rabi"]\n'),
    slip("two names in one use", changed('use = "t1"', 'use = ["t1", "rabi"]')),
    slip("no use, but a name", changed('use = "t1"', 'name = "t1"')),
    slip("a JSON file", "", command="check run.json", run_json=JSON),
    slip("a YAML file", "", command="check run.yaml", run_yaml=YAML),
    slip("a Python file", "", command="check run.py", run_py="from oqtopus_experiments.experiments import T1\n\nT1().run()\n"),
    slip("a folder", GOOD, command="check ."),
    slip("an ending left out", GOOD, command="check run"),
    slip("letters exchanged in the file's name", GOOD, command="check rnu.toml"),
    slip("an empty file", ""),
    slip("a file saved with a byte order mark", b"\xef\xbb\xbf" + GOOD.encode()),
    slip("a file saved as UTF-16", GOOD.encode("utf-16")),
    slip("typographic quotes", changed('"noisy"', CURLY)),
    slip("a colon for an equals sign", changed("shots = 100", "shots: 100")),
    slip("True as Python writes it", changed(POINTS, "calibrate_readout = True\n")),
    slip("None as Python writes it", changed(POINTS, "delay_step = None\n")),
    slip("a key given twice", changed("seed = 1\n", "seed = 1\nshots = 200\n")),
    slip("a Windows path in double quotes", changed("seed = 1\n", 'runs = "C:\\Users\\me\\runs"\n')),
    slip("the backend below the experiments", changed('backend = "noisy"\n', "") + 'backend = "noisy"\n'),
    slip("a misspelt parameter", changed("delay_points", "delay_point")),
    slip("qubits for physical_qubits", changed(POINTS, "qubits = [0, 1]\n")),
    slip("one qubit for a list of them", changed(POINTS, "physical_qubits = 0\n")),
    slip("a list for one qubit", changed(POINTS, "physical_qubit = [0]\n")),
    slip("a qubit twice", changed(POINTS, "physical_qubits = [1, 1]\n")),
    slip("a qubit that the device does not have, at check", changed(POINTS, "physical_qubit = 99\n")),
    slip("a qubit that the device does not have, at plan", changed(POINTS, "physical_qubit = 99\n"), command="plan run.toml"),
    slip("shots with a decimal point", changed("shots = 100", "shots = 1e2")),
    slip("shots that are no whole number", changed("shots = 100", "shots = 100.5")),
    slip("shots in quotes", changed("shots = 100", 'shots = "1000"')),
    slip("shots with a decimal point on the command line", GOOD, command="check run.toml --shots 1e3"),
    slip("a unit that is not one", changed(POINTS, 'max_delay = "100 microseconds"\n')),
    slip("a unit in capitals", changed(POINTS, 'max_delay = "100 US"\n')),
    slip("a unit of another kind", changed(POINTS, 'max_delay = "100 MHz"\n')),
    slip("ns where us was meant", changed(POINTS, "max_delay = 100\n")),
    slip("seconds where ns are due", changed(POINTS, "max_delay = 100e-6\n")),
    slip("a misspelt experiment", changed('"t1"', '"T1"')),
    slip("the class of an experiment", changed('"t1"', '"T2Echo"')),
    slip("a misspelt backend", changed('"noisy"', '"nosiy"')),
    slip("a misspelt backend on the command line", GOOD, command="check run.toml --backend nosiy"),
    slip("the plugin for its backend", changed('"noisy"', '"aer"')),
    slip("the distribution for its backend", changed('"noisy"', '"oqtopus-experiments-aer"')),
    slip("no backend named", changed('backend = "noisy"\n', "")),
    slip("no credentials", changed('"noisy"', '{ use = "oqtopus", device = "qulacs" }'), command="run run.toml"),
    slip("a profile that nothing uses", changed(T1, '\n[backends.noisey]\nt1 = "25 us"\n' + T1)),
    slip("a T2 beyond twice T1", changed(T1, '\n[backends.noisy]\nt1 = "10 us"\nt2 = "30 us"\n' + T1)),
    slip("a setting without its path", GOOD, command="check run.toml --set delay_points=8"),
    slip("a setting with a colon", GOOD, command="check run.toml --set shots:500"),
    slip("a misspelt command", GOOD, command="chekc run.toml"),
    slip("a command without its file", GOOD, command="check"),
    slip("latest-1 for latest~1", GOOD, command="analyze latest-1"),
    slip("the latest run where there is none", GOOD, command="analyze latest"),
    slip("a run file for a run", GOOD, command="analyze run.toml"),
    slip("an export of a run file", GOOD, command="export run.toml"),
    slip("a Windows path on the command line", GOOD, command="check .\\runs\\run.toml"),
]
