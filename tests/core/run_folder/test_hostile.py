"""A run folder from a stranger: it is read or refused with a StoreError, and nothing in it runs."""

import json
import sys

import numpy as np
import pytest

from oqtopus_experiments import OqtopusExperimentsError, PluginError, StoreError, load_run
from oqtopus_experiments.reporting._compare import compare
from oqtopus_experiments.reporting._history import history
from oqtopus_experiments.storage._summary import read_summary

WRONG = [None, True, 1.5, -1, 10**30, "text", [], {}, [[]], [None], {"a": 1}, "os.system", "__import__('os')", 1e308]


def test_a_run_json_cut_at_any_byte_is_refused(write_run, decay):
    folder = write_run({"decay": decay()})
    file = folder.path / "run.json"
    whole = file.read_bytes()
    for length in range(len(whole.rstrip())):
        file.write_bytes(whole[:length])
        with pytest.raises(StoreError, match=r"run\.json"):
            load_run(folder.path)


def test_wrong_types_anywhere_in_run_json_are_refused_or_harmless(write_run, decay):
    folder = write_run({"decay": decay()})
    file = folder.path / "run.json"
    content = json.loads(file.read_text())
    refused = 0
    for path in paths(content):
        for wrong in WRONG:
            file.write_text(json.dumps(replaced(content, path, wrong)))
            for read in (read_summary, load_run):
                try:
                    read(folder.path)
                except (StoreError, PluginError):
                    refused += 1

    assert refused > 200


def test_wrong_types_anywhere_in_the_journal_are_refused_named_or_harmless(write_run, decay):
    folder = write_run({"decay": decay(points=2)})
    file = folder.path / "decay" / "journal.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    refused = 0
    for number, line in enumerate(lines):
        for path in paths(line):
            for wrong in WRONG:
                changed = [*lines[:number], replaced(line, path, wrong), *lines[number + 1 :]]
                file.write_text("".join(json.dumps(each) + "\n" for each in changed))
                try:
                    load_run(folder.path)
                    refused += bool(folder.journal("decay").damage)
                except StoreError:
                    refused += 1

    assert refused > 150


@pytest.mark.parametrize(
    "name",
    ["os", "os.system", "oqtopus_experiments.storage:RunFolder", "__import__('os').system('true')", "../t1", "", "\0"],
)
def test_a_name_in_a_folder_is_looked_up_among_plugins_and_never_imported(write_run, decay, name):
    folder = write_run({"decay": decay()})
    file = folder.path / "run.json"
    content = json.loads(file.read_text())
    content["config"]["experiments"][0]["use"] = name
    file.write_text(json.dumps(content))
    before = set(sys.modules)

    with pytest.raises(PluginError, match="no experiment"):
        load_run(folder.path)

    assert {module for module in set(sys.modules) - before if "oqtopus_experiments" not in module} <= LOADED_BY_PLUGINS


# The search for an experiment imports the plugins that are installed, which may import their own.
LOADED_BY_PLUGINS = set(sys.stdlib_module_names) | {"lmfit", "scipy", "qulacs"}


def test_nesting_that_would_overflow_the_stack_is_refused(write_run, decay):
    folder = write_run({"decay": decay()})
    (folder.path / "run.json").write_text('{"format":2,"name":' + "[" * 200_000)

    with pytest.raises(StoreError, match=r"run\.json is damaged"):
        load_run(folder.path)


@pytest.mark.parametrize("text", ['{"name": "\\ud800"}', '{"a": 1e999}', '{"a": NaN}', '{"a": 1' + "0" * 5000 + "}"])
def test_json_that_no_file_of_ours_holds_is_refused(write_run, decay, text):
    folder = write_run({"decay": decay()})
    (folder.path / "run.json").write_text(text)

    with pytest.raises(StoreError, match=r"run\.json is damaged"):
        load_run(folder.path)


def test_a_journal_of_another_experiment_is_refused(write_run, decay):
    folder = write_run({"one": decay(points=4), "two": decay(points=5)})
    (folder.path / "one" / "journal.jsonl").write_bytes((folder.path / "two" / "journal.jsonl").read_bytes())

    with pytest.raises(StoreError, match="other points"):
        load_run(folder.path)


def test_two_experiments_of_one_label_are_refused(write_run, decay):
    folder = write_run({"decay": decay()})
    file = folder.path / "run.json"
    content = json.loads(file.read_text())
    content["config"]["experiments"] *= 2
    file.write_text(json.dumps(content))

    with pytest.raises(StoreError, match="one label"):
        load_run(folder.path)


def paths(value, path=()):
    """Yield the path of every value in a JSON document but the first few of a list."""
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def replaced(value, path, wrong):
    if not path:
        return wrong
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], wrong)
    return copy


@pytest.mark.parametrize("name", ["run.json", "decay/journal.jsonl", "decay/analysis.json"])
def test_random_damage_is_refused_or_harmless_for_every_command(write_analyzed, decay, name, tmp_path):
    """300 seeded copies of each file with bytes replaced, removed, or doubled: no other error than our own."""
    sound = read_summary(write_analyzed({"decay": decay(points=3)}, runs=tmp_path / "sound").path)
    folder = write_analyzed({"decay": decay(points=3)})
    file = folder.path / name
    whole = file.read_bytes()
    rng = np.random.default_rng(9)
    refused = 0
    for _ in range(300):
        file.write_bytes(damaged(whole, rng))
        refused += bool(folder.journal("decay").damage)
        for read in (load_and_analyze, lambda path: compare([sound, read_summary(path)]), in_history):
            try:
                read(folder.path)
            except OqtopusExperimentsError:
                refused += 1

    assert refused > 150  # a journal concerns only the first of the three


def load_and_analyze(folder):
    return [result.analyses() for result in load_run(folder).results.values()]


def in_history(folder):
    return history(folder.parent, "level", (0,))


def damaged(whole, rng):
    start, length = int(rng.integers(len(whole))), int(rng.integers(1, 6))
    middle = rng.choice(
        [b"", bytes(rng.integers(32, 127, length).tolist()), whole[start : start + 40], b"\x00", b"9e9"]
    )
    return whole[:start] + bytes(middle) + whole[start + length :]
