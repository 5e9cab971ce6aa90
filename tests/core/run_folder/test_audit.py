"""A run can be checked: a flipped byte in any file is named, every number comes again from its counts; and packed."""

import errno
import json
import shutil
import subprocess
import zipfile

import pytest

from oqtopus_experiments import ConfigError, Failure, Outcome, StoreError
from oqtopus_experiments.execution._audit import audit
from oqtopus_experiments.execution._reanalysis import reanalyze
from oqtopus_experiments.plugins import _provenance
from oqtopus_experiments.plugins._provenance import provenance
from oqtopus_experiments.storage import _pack
from oqtopus_experiments.storage._pack import pack, unpack
from oqtopus_experiments.storage._seal import FILE, broken, is_sealed, lift, seal


@pytest.fixture
def sound(write_analyzed, decay):
    """The folder of a run of two qubits that has come to its end."""
    return write_analyzed({"x": decay(physical_qubits=[0, 3]), "Y 2": decay()})


def files_of(path):
    return sorted(one for one in path.rglob("*") if one.is_file())


def test_a_run_that_nobody_touched_is_sound_and_its_numbers_come_again(sound):
    found = audit(sound.path)

    assert found.is_sound
    assert found.recomputed == 3


def test_a_flipped_byte_in_any_file_is_named(sound):
    for file in files_of(sound.path):
        before = file.read_bytes()
        file.write_bytes(
            before[: len(before) // 2] + bytes([before[len(before) // 2] ^ 1]) + before[len(before) // 2 + 1 :]
        )
        named = {one.file for one in broken(sound)}
        if file.name == FILE:
            assert named
        else:
            assert named == {str(file.relative_to(sound.path))}
        file.write_bytes(before)
    assert broken(sound) == []


def test_a_file_that_is_gone_or_new_is_named(sound):
    (sound.path / "x" / "points.csv").unlink()
    (sound.path / "x" / "notes.txt").write_text("mine")

    assert [str(one) for one in broken(sound)] == ["x/notes.txt: added", "x/points.csv: missing"]


def test_the_seal_is_what_sha256sum_checks(sound):
    if shutil.which("sha256sum") is None:
        pytest.skip("there is no sha256sum here")
    checked = subprocess.run(["sha256sum", "-c", FILE], cwd=sound.path, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count(": OK") == len(files_of(sound.path)) - 1


def test_a_number_that_its_counts_do_not_give_is_named_also_under_a_new_seal(sound):
    file = sound.path / "x" / "analysis.json"
    content = json.loads(file.read_text())
    content["analyses"][1]["quantities"][0]["value"] *= 1.001
    file.write_text(json.dumps(content))
    seal(sound)

    found = audit(sound.path)

    assert found.altered == ()
    (difference,) = found.differences
    assert difference.startswith("x, 3: level is ")
    assert "from its counts" in difference


def test_a_verdict_that_was_polished_is_named(sound):
    file = sound.path / "x" / "analysis.json"
    content = json.loads(file.read_text())
    content["analyses"][0]["verdict"]["reasons"][0]["level"] = "bad"
    file.write_text(json.dumps(content))

    assert "x, 0: the verdict is bad, from its counts good" in audit(sound.path).differences


def test_a_run_that_goes_on_is_not_sealed_and_one_analyzed_again_is_sealed_again(sound, write_run, decay):
    assert not is_sealed(write_run({"x": decay()}))
    lift(sound)
    assert not is_sealed(sound)
    assert not audit(sound.path).is_sound
    reanalyze(sound.path)
    assert audit(sound.path).is_sound  # its journals say that nothing more can come
    reanalyze(sound.path)
    assert audit(sound.path).is_sound


def test_a_run_of_which_more_may_come_is_not_sealed_by_an_analysis(write_run, decay):
    run = write_run({"x": decay(), "y": decay()})
    with run.writing("y") as journal:
        journal.record([Outcome(1, Failure("nobody could ask", final=False))])

    reanalyze(run.path)

    assert not is_sealed(run)


@pytest.mark.parametrize("settings", [["x.analyzer.ofset=1"], ["z.fit.fixed.offset=0"]])
def test_an_analysis_that_is_refused_leaves_the_seal(sound, settings):
    with pytest.raises(ConfigError):
        reanalyze(sound.path, settings=settings)

    assert audit(sound.path).is_sound


def test_an_analysis_that_is_interrupted_before_anything_is_written_leaves_the_seal(sound, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("oqtopus_experiments.execution._outputs.analyzed", interrupted)
    with pytest.raises(KeyboardInterrupt):
        reanalyze(sound.path)

    assert broken(sound) == []
    assert is_sealed(sound)


def test_a_run_analyzed_again_with_other_settings_is_checked_with_those_and_it_is_said(sound, oqx):
    reanalyze(sound.path, settings=["x.analyzer.offset=0.25"])

    found = audit(sound.path)

    assert found.is_sound
    assert found.recomputed == 3
    (note,) = found.notes
    assert note == "x: it was analyzed with other options of 'test-mean' than run.json has: offset"
    assert note in oqx("audit", sound.path)[1]
    reanalyze(sound.path)
    assert audit(sound.path).notes == ()


def test_a_run_analyzed_again_by_another_analyzer_is_checked_with_it_also_without_the_first(sound):
    content = json.loads((sound.path / "run.json").read_text())
    content["config"]["experiments"][0]["analyzer"]["use"] = "gone"
    (sound.path / "run.json").write_text(json.dumps(content))
    reanalyze(sound.path, "test-mean")

    found = audit(sound.path)

    assert found.is_sound
    assert found.notes == ("x: it was analyzed with 'test-mean'; run.json has 'gone'",)


def test_an_analysis_that_names_no_options_of_its_analyzer_is_not_checked(sound):
    file = sound.path / "x" / "analysis.json"
    content = json.loads(file.read_text())
    content["analyzer"]["options"] = {"ofset": 1}
    file.write_text(json.dumps(content))

    (told,) = audit(sound.path).unchecked
    assert told.startswith(f"x: {file}: the analyzer 'test-mean' cannot be built from it")
    assert "ofset" in told


def test_versions_are_asked_for_once_however_many_numbers_differ(write_analyzed, decay, monkeypatch):
    run = write_analyzed({"x": decay(physical_qubits=[0, 1, 2]), "y": decay()})
    for file in run.path.glob("*/analysis.json"):
        content = json.loads(file.read_text())
        for one in content["analyses"]:
            one["quantities"][0]["value"] *= 1.5
        content["analyzer"]["versions"]["numpy"] = "0.1"
        file.write_text(json.dumps(content))
    asked = []
    made = provenance([])
    monkeypatch.setattr(_provenance, "provenance", lambda classes: asked.append(classes) or made)

    differences = audit(run.path).differences

    assert len(differences) == 4
    assert all("(made with numpy 0.1, here " in one for one in differences)
    assert len(asked) == 1


def test_what_changed_below_a_seal_is_said_before_it_is_sealed_again(sound, caplog):
    journal = sound.path / "x" / "journal.jsonl"
    journal.write_text(journal.read_text() + "\n")

    reanalyze(sound.path)

    assert "was sealed, and since then x/journal.jsonl: changed" in caplog.text


def test_a_packed_run_is_opened_checked_and_analyzed_elsewhere(sound, tmp_path):
    pack(sound, tmp_path / "run.zip", "1")
    twin = tmp_path / "twin.zip"
    pack(sound, twin, "1")

    opened = unpack(tmp_path / "run.zip", tmp_path / "elsewhere")

    assert opened.path == tmp_path / "elsewhere" / sound.path.name
    assert [one.relative_to(opened.path) for one in files_of(opened.path)] == [
        one.relative_to(sound.path) for one in files_of(sound.path)
    ]
    assert audit(opened.path).is_sound
    assert (tmp_path / "run.zip").read_bytes() == twin.read_bytes()
    with pytest.raises(StoreError, match="is there already"):
        unpack(twin, tmp_path / "elsewhere")
    with pytest.raises(StoreError, match="is there already"):
        pack(sound, twin, "1")


@pytest.mark.parametrize(
    "names",
    [
        ["../evil/run.json"],
        ["run/run.json", "run/../../evil"],
        ["/run/run.json"],
        ["run/run.json", "other/file"],
        ["run/run.json", "run/a/b/c"],
        ["run/run.json", "run/.hidden"],
        ["run/table.csv"],
        ["run/run.json", "run/C:\\evil"],
        [],
    ],
)
def test_an_archive_that_is_no_run_leaves_nothing_behind(names, sound, tmp_path):
    file = tmp_path / "odd.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, (sound.path / "run.json").read_bytes())

    with pytest.raises(StoreError, match="is not a packed run"):
        unpack(file, tmp_path / "elsewhere")
    assert not (tmp_path / "evil").exists()
    assert not list(tmp_path.glob("elsewhere/*"))


def test_a_damaged_archive_is_refused_with_its_name(sound, tmp_path):
    file = tmp_path / "run.zip"
    pack(sound, file, "1")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    with pytest.raises(StoreError, match=r"run\.zip is not a packed run, or is damaged"):
        unpack(file, tmp_path / "elsewhere")


def test_an_archive_with_a_flipped_byte_in_its_data_is_refused_with_its_name(sound, tmp_path):
    file = tmp_path / "run.zip"
    pack(sound, file, "1")
    whole = file.read_bytes()
    refused = 0
    for place in range(0, len(whole), max(1, len(whole) // 200)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            shutil.rmtree(unpack(file, tmp_path / "elsewhere").path)
        except StoreError as error:
            assert str(file) in str(error)  # noqa: PT017  # some bytes, such as a date, do not matter
            refused += 1

    assert refused > 100
    assert not list((tmp_path / "elsewhere").glob("*"))


def test_a_pack_that_cannot_be_written_to_its_end_is_not_there(sound, tmp_path, monkeypatch):
    def full(archive, name, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(_pack, "_add", full)
        with pytest.raises(StoreError, match=r"run\.zip.*No space left"):
            pack(sound, tmp_path / "run.zip", "1")
    assert not list(tmp_path.glob("*run.zip*"))

    pack(sound, tmp_path / "run.zip", "1")


def test_what_a_killed_unpacking_left_is_not_in_the_way(sound, tmp_path):
    pack(sound, tmp_path / "run.zip", "1")
    left = tmp_path / "elsewhere" / f".{sound.path.name}"
    left.mkdir(parents=True)
    (left / "half.json").write_text("{")

    assert files_of(unpack(tmp_path / "run.zip", tmp_path / "elsewhere").path)[0].name != "half.json"


def test_a_place_that_cannot_be_written_is_named_not_the_pack(sound, tmp_path):
    pack(sound, tmp_path / "run.zip", "1")
    (tmp_path / "elsewhere").write_text("a file")

    with pytest.raises(StoreError, match=r"cannot write .*elsewhere"):
        unpack(tmp_path / "run.zip", tmp_path / "elsewhere")


def test_the_commands_check_and_hand_over_a_run(sound, oqx, tmp_path):
    code, output, _ = oqx("audit", sound.path)
    assert (code, output.splitlines()) == (
        0,
        ["every file is as it was written", "3 numbers computed again from their counts, none differs"],
    )
    assert oqx("pack", sound.path, "-o", tmp_path / "a.zip")[0] == 0
    code, output, _ = oqx("unpack", tmp_path / "a.zip", "--runs", tmp_path / "elsewhere")
    assert code == 0
    (sound.path / "x" / "points.csv").write_text("1")
    code, output, _ = oqx("audit", sound.path)
    assert code == 1
    assert output.startswith("x/points.csv: changed\n")
