"""
Mistakes of tired persons who run experiments, each with what it is told.

A slip is a set of files in an empty folder and a command. `says` is the way out. What is printed, word by word, stands in
`tired.json`.
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
        says: The way out, a part of the answer.
        code: The exit code: 0 where the work is done all the same.
    """

    name: str
    command: tuple[str, ...]
    files: dict[str, str | bytes]
    says: str
    code: int = 2


def slip(name: str, text: str | bytes, says: str, command: str = "check run.toml", code: int = 2, **files: str) -> Slip:
    """Return a mistake in a run file, or in the only file that there is."""
    there = {key.replace("_", "."): content for key, content in files.items()} or {"run.toml": text}
    return Slip(name, tuple(command.split(" ")), there, says, code)


def changed(old: str, new: str, text: str = GOOD) -> str:
    """Return the good file with a part written otherwise."""
    if text.count(old) != 1:
        raise AssertionError(old)
    return text.replace(old, new)


POINTS = "delay_points = 6\n"
MANILA = changed('"noisy"', '{ use = "qiskit", device = "fake_manila" }')
CURLY = "“noisy”"
YAML = "shots: 100\nbackend: noisy\nexperiments:\n  - use: t1\n"
JSON = '{"shots": 100, "experiments": [{"use": "t1"}]}\n'

SLIPS = [
    slip("a name without quotes", changed('"noisy"', "qulacs"), 'write it in quotes: backend = "qulacs"'),
    slip("[experiments] for [[experiments]]", changed("[[experiments]]", "[experiments]"), "write it with two brackets, [[experiments]]"),
    slip("[[experiment]] for [[experiments]]", changed("[[experiments]]", "[[experiment]]"), "did you mean 'experiments'?"),
    slip("[backend.noisy] for [backends.noisy]", changed('backend = "noisy"\n', '[backend.noisy]\nt1 = "25 us"\n'), "options of a backend stand in [backends.noisy], with an s"),
    slip("a list of names for experiments", TOP + 'experiments = ["t1", "rabi"]\n', 'write [[experiments]] and below it use = "t1"'),
    slip("two names in one use", changed('use = "t1"', 'use = ["t1", "rabi"]'), "write one [[experiments]] table for each"),
    slip("no use, but a name", changed('use = "t1"', 'name = "t1"'), 'write use = "t1"'),
    slip("a JSON file", "", "it is JSON; a run file is TOML: backend =", command="check run.json", run_json=JSON),
    slip("a YAML file", "", "it is YAML; a run file is TOML: backend =", command="check run.yaml", run_yaml=YAML),
    slip("a Python file", "", "run it with `python run.py`", command="check run.py", run_py="from oqtopus_experiments.experiments import T1\n\nT1().run()\n"),
    slip("a folder", GOOD, "name the file: run.toml", command="check ."),
    slip("an ending left out", GOOD, "did you mean run.toml?", command="check run"),
    slip("letters exchanged in the file's name", GOOD, "did you mean run.toml?", command="check rnu.toml"),
    slip("an empty file", "", 'as [[experiments]] and below it use = "t1"'),
    slip("a file saved with a byte order mark", b"\xef\xbb\xbf" + GOOD.encode(), "run.toml is fine", code=0),
    slip("a file saved as UTF-16", GOOD.encode("utf-16"), "save it as UTF-8"),
    slip("typographic quotes", changed('"noisy"', CURLY), 'write straight quotes: backend = "noisy"'),
    slip("a colon for an equals sign", changed("shots = 100", "shots: 100"), "write an equals sign: shots = 100"),
    slip("True as Python writes it", changed(POINTS, "calibrate_readout = True\n"), "write calibrate_readout = true"),
    slip("None as Python writes it", changed(POINTS, "delay_step = None\n"), "leave the line out"),
    slip("a key given twice", changed("seed = 1\n", "seed = 1\nshots = 200\n"), "keep one of them"),
    slip("a Windows path in double quotes", changed("seed = 1\n", 'runs = "C:\\Users\\me\\runs"\n'), "write runs = 'C:\\Users\\me\\runs'"),
    slip("the backend below the experiments", changed('backend = "noisy"\n', "") + 'backend = "noisy"\n', "write it above the first table"),
    slip("a misspelt parameter", changed("delay_points", "delay_point"), "did you mean 'delay_points'?"),
    slip("qubits for physical_qubits", changed(POINTS, "qubits = [0, 1]\n"), "did you mean 'physical_qubits'?"),
    slip("one qubit for a list of them", changed(POINTS, "physical_qubits = 0\n"), "write [0], or physical_qubit = 0"),
    slip("a list for one qubit", changed(POINTS, "physical_qubit = [0]\n"), "physical_qubits = [0]"),
    slip("a qubit twice", changed(POINTS, "physical_qubits = [1, 1]\n"), "qubit 1 is named twice"),
    slip("a qubit that the device does not have, at check", MANILA + "physical_qubit = 9\n", "fake_manila has no qubit 9; it has 0 to 4", code=1),
    slip("a qubit that the device does not have, at plan", MANILA + "physical_qubit = 9\n", "fake_manila has no qubit 9; it has 0 to 4", command="plan run.toml", code=1),
    slip("shots with a decimal point", changed("shots = 100", "shots = 1e2"), "run.toml is fine", code=0),
    slip("shots that are no whole number", changed("shots = 100", "shots = 100.5"), "must be an integer from 1 to 10000000"),
    slip("shots in quotes", changed("shots = 100", 'shots = "1000"'), "write it without quotes"),
    slip("shots with a decimal point on the command line", GOOD, "run.toml is fine", command="check run.toml --shots 1e3", code=0),
    slip("a unit that is not one", changed(POINTS, 'max_delay = "100 microseconds"\n'), 'did you mean "100 us"?'),
    slip("a unit in capitals", changed(POINTS, 'max_delay = "100 US"\n'), 'did you mean "100 us"?'),
    slip("a unit of another kind", changed(POINTS, 'max_delay = "100 MHz"\n'), 'write for example "50 us"'),
    slip("ns where us was meant", changed(POINTS, "max_delay = 100\n"), 'write max_delay = "100 us"', code=0),
    slip("seconds where ns are due", changed(POINTS, "max_delay = 100e-6\n"), 'write max_delay = "100 us"', code=0),
    slip("a misspelt experiment", changed('"t1"', '"T1"'), "did you mean 't1'?"),
    slip("the class of an experiment", changed('"t1"', '"T2Echo"'), "did you mean 't2echo'?"),
    slip("a misspelt backend", changed('"noisy"', '"nosiy"'), "did you mean 'noisy'?"),
    slip("a misspelt backend on the command line", GOOD, "did you mean 'noisy'?", command="check run.toml --backend nosiy"),
    slip("the plugin for its backend", changed('"noisy"', '"aer"'), "its backend is called 'noisy'"),
    slip("the distribution for its backend", changed('"noisy"', '"oqtopus-experiments-aer"'), "its backend is called 'noisy'"),
    slip("no backend named", changed('backend = "noisy"\n', ""), "without noise", code=0),
    slip("no credentials", changed('"noisy"', '{ use = "oqtopus", device = "qulacs" }'), "type in a shell: export OQTOPUS_URL=", command="run run.toml", code=1),
    slip("a profile that nothing uses", changed(T1, '\n[backends.noisey]\nt1 = "25 us"\n' + T1), "did you mean [backends.noisy]?", code=0),
    slip("a T2 beyond twice T1", changed(T1, '\n[backends.noisy]\nt1 = "10 us"\nt2 = "30 us"\n' + T1), "must be at most 2 t1 = 20000 ns"),
    slip("a setting without its path", GOOD, "--set experiments.t1.delay_points=VALUE", command="check run.toml --set delay_points=8"),
    slip("a setting with a colon", GOOD, "did you mean 'shots=500'?", command="check run.toml --set shots:500"),
    slip("a misspelt command", GOOD, "did you mean 'check'?", command="chekc run.toml"),
    slip("a command without its file", GOOD, "oqx check [OPTIONS] FILE", command="check"),
    slip("latest-1 for latest~1", GOOD, "did you mean latest~1?", command="analyze latest-1"),
    slip("the latest run where there is none", GOOD, "`oqx run FILE` makes one", command="analyze latest"),
    slip("a run file for a run", GOOD, "`oqx run run.toml` makes one", command="analyze run.toml"),
    slip("an export of a run file", GOOD, "`oqx run run.toml` makes one", command="export run.toml"),
    slip("a Windows path on the command line", GOOD, "write / between folders", command="check .\\runs\\run.toml"),
]  # fmt: skip
