"""What plugins are written against does not change without a word: the version of the contract moves with it."""

from __future__ import annotations

import copy
import importlib.util
import json
from pathlib import Path

import pytest

from oqtopus_experiments.contracts import hookspecs
from oqtopus_experiments.plugins import _hooks

_spec = importlib.util.spec_from_file_location("contract_surface", Path(__file__).with_name("contract_surface.py"))
drawing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(drawing)


def test_the_surface_of_the_contract_is_the_one_that_is_committed_for_its_version():
    now, kept = drawing.surface(), drawing.kept()

    assert now == kept, drawing.told(kept, now)


def changed(path, *, to=None, without=False):
    """Return the committed surface with one thing in it changed, as if the code had been."""
    made = copy.deepcopy(drawing.kept())
    *way, last = path
    place = made
    for step in way:
        place = place[step]
    if without:
        del place[last]
    else:
        place[last] = to
    return made


def with_argument(name, *, required, key="arguments", member=None, by="keyword-only"):
    made = copy.deepcopy(drawing.kept())
    place = made["names"][name]
    place = place["members"][member] if member else place
    place[key].append({"name": "colour", "type": "str", "required": required, "by": by})
    return made


def with_hook_told(*told):
    return changed(("hooks", "run_finished"), to=list(told))


TODAY = tuple(drawing.kept()["hooks"]["run_finished"])
FUNCTION = {"kind": "function", "arguments": [], "returns": ""}


@pytest.mark.parametrize(
    ("after", "size", "words"),
    [
        (with_hook_told(*TODAY, "colour"), "minor", "hook run_finished is told 'colour', too"),
        (with_hook_told(*TODAY[1:]), "major", "hook run_finished is not told 'run' any more"),
        (changed(("hooks", "run_started"), to=["run"]), "minor", "hook run_started is new"),
        (changed(("hooks", "run_finished"), without=True), "major", "hook run_finished is gone"),
        (changed(("names", "paint"), to=FUNCTION), "minor", "paint is new"),
        (changed(("names", "load_run"), without=True), "major", "load_run is gone"),
        (with_argument("load_run", required=False), "minor", "load_run takes 'colour', too"),
        (with_argument("load_run", required=True), "major", "load_run takes 'colour', too, which must be given"),
        (with_argument("Quantity", required=False, key="fields"), "minor", "Quantity takes 'colour', too"),
        (with_argument("Quantity", required=True, key="fields"), "major", "Quantity takes 'colour', too, which must"),
        (
            changed(("names", "Backend", "members", "colour"), to={"kind": "method", **FUNCTION, "overridden": True}),
            "minor",
            "Backend.colour is new",
        ),
        (
            with_argument("Backend", required=False, member="submit"),
            "major",
            "Backend.submit takes 'colour', too, which what plugins wrote does not take",
        ),
        (with_argument("Dataset", required=False, member="from_counts"), "minor", "Dataset.from_counts takes 'colour'"),
        (
            changed(("names", "Backend", "abstract"), to=["colour", "submit"]),
            "major",
            "Backend.colour must be written now",
        ),
        (changed(("names", "Counts", "bases"), to=[]), "major", "Counts is no"),
        (
            changed(("names", "Quantity", "fields", 1, "type"), to="float | None"),
            "minor",
            "'value' of Quantity was float and is float | None",
        ),
        (
            changed(("names", "Quantity", "fields", 1, "type"), to="int"),
            "major",
            "'value' of Quantity was float and is int",
        ),
        (
            changed(("names", "load_run", "returns"), to="None"),
            "major",
            "load_run gave",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_change_is_told_with_its_size_and_the_version_it_asks_for(after, size, words):
    before = drawing.kept()
    if words == "Counts is no":
        before["names"]["Counts"]["bases"] = ["Mapping"]

    ((found, sentence),) = drawing.changes(before, after)

    assert found == size
    assert words in sentence
    assert not drawing.enough(before, after)
    major, minor = map(int, before["contract"].split("."))
    asked = f"{major}.{minor + 1}" if size == "minor" else f"{major + 1}.0"
    assert f"contract_version.py to {asked} or higher" in drawing.told(before, after)
    assert drawing.enough(before, {**after, "contract": asked})


def test_what_is_given_by_position_keeps_its_place():
    after = copy.deepcopy(drawing.kept())
    fields = after["names"]["Quantity"]["fields"]
    fields.insert(0, fields.pop(1))

    assert ("major", "Quantity takes what is given by position in another order") in drawing.changes(
        drawing.kept(), after
    )


def test_the_snapshot_is_not_redrawn_while_the_version_stands_still(monkeypatch, tmp_path, capsys):
    older = drawing.kept()
    older["hooks"]["run_finished"].remove("complete")
    file = tmp_path / "surface.json"
    file.write_text(json.dumps(older))
    monkeypatch.setattr(drawing, "KEPT", file)

    assert drawing.main([]) == 1
    assert json.loads(file.read_text()) == older
    assert "minor: hook run_finished is told 'complete', too" in capsys.readouterr().err
    assert drawing.main(["--unreleased"]) == 0
    assert json.loads(file.read_text()) == drawing.surface()


def test_a_hook_that_gains_an_argument_in_the_code_is_seen(monkeypatch):
    def run_finished(run, experiments, provenance, folder, complete, weather):
        raise NotImplementedError

    before = drawing.surface()
    monkeypatch.setattr(hookspecs, "run_finished", hookspecs.hookspec(run_finished))
    _hooks.specified.cache_clear()
    try:
        assert drawing.changes(before, drawing.surface()) == [("minor", "hook run_finished is told 'weather', too")]
    finally:
        monkeypatch.undo()
        _hooks.specified.cache_clear()
