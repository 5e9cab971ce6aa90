"""The index that keeps ``oqx list`` quick: right whenever it is used, and never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import Distribution, EntryPoint

import pytest

from oqtopus_experiments.plugins import _index as plugin_index

ROWS = [["experiment", "rabi", "A text", "some-dist 1.0"]]


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "indexed_stranger"
    folder.mkdir()
    (folder / "__init__.py").write_text("raise AssertionError('imported')\n")
    (folder / "inner.py").write_text("x = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def fingerprint():
    return plugin_index.fingerprint([EntryPoint("stranger", "indexed_stranger.inner", "oqtopus_experiments")])


def test_rows_come_back_as_they_were_kept_and_only_for_the_same_fingerprint(tmp_path):
    file = tmp_path / "cache" / "index.json"

    plugin_index.write(file, "abc", ROWS)

    assert plugin_index.read(file, "abc") == ROWS
    assert plugin_index.read(file, "abd") is None
    assert plugin_index.read(tmp_path / "absent.json", "abc") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"fingerprint": "abc"}',
        '{"fingerprint": "abc", "rows": [1]}',
        '{"fingerprint": "abc", "rows": [[1]]}',
    ],
)
def test_a_damaged_index_is_made_anew(tmp_path, text):
    (tmp_path / "index.json").write_text(text)

    assert plugin_index.read(tmp_path / "index.json", "abc") is None


def test_an_edited_plugin_changes_the_fingerprint_and_none_is_imported(package):
    before = fingerprint()

    assert fingerprint() == before
    (package / "inner.py").write_text("x = 22\n")
    assert fingerprint() != before
    assert "indexed_stranger" not in sys.modules


def test_settings_change_the_fingerprint(package, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = fingerprint()

    monkeypatch.setenv("OQX_DISABLE_PLUGINS", "stranger")
    disabled = fingerprint()
    (tmp_path / "oqx.toml").write_text("[plugins]\n")

    assert len({before, disabled, fingerprint()}) == 3


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("")

    plugin_index.write(tmp_path / "file" / "index.json", "abc", ROWS)
    (tmp_path / "index.json").mkdir()  # the folder takes files, this name does not
    plugin_index.write(tmp_path / "index.json", "abc", ROWS)

    assert plugin_index.read(tmp_path / "file" / "index.json", "abc") is None


def test_the_second_list_says_the_same_and_imports_no_plugin_and_no_numpy(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code = (
        "import sys\nsys.argv = ['oqx', 'list']\nfrom oqtopus_experiments.cli import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "print('numpy' in sys.modules, file=sys.stderr)"
    )

    first, second = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
        for _ in range(2)
    )

    assert second.stdout == first.stdout
    assert (tmp_path / "oqtopus-experiments" / "index.json").exists()
    assert second.stderr == "False\n"


def test_a_plugin_that_is_skipped_is_named_by_every_list_not_only_by_the_first(tmp_path, monkeypatch):
    (tmp_path / "broken_one.py").write_text("raise RuntimeError('boom')\n")
    metadata = tmp_path / "broken_one-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-one\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[oqtopus_experiments]\nbroken = broken_one\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code = "import sys; sys.argv = ['oqx', 'list']; from oqtopus_experiments.cli import main; main()"

    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
        assert "'broken' of broken-one 1.0 is skipped: cannot be imported: RuntimeError: boom" in done.stderr


class Installed(Distribution):
    def __init__(self, name, version):
        self.text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"

    def read_text(self, filename):
        return self.text if filename == "METADATA" else None

    def locate_file(self, path):
        return path


def test_whatever_the_list_depends_on_changes_the_fingerprint(package, monkeypatch):
    def of(name="stranger", module="indexed_stranger.inner", distribution="dist", version="1.0"):
        point = EntryPoint(name, module, "oqtopus_experiments")._for(Installed(distribution, version))
        return plugin_index.fingerprint([point])

    seen = {
        of(),
        of(name="other"),
        of(module="indexed_stranger"),
        of(distribution="another"),
        of(version="1.1"),
        plugin_index.fingerprint([]),
    }
    assert len(seen) == 6
    assert of() in seen
    monkeypatch.setattr(plugin_index, "__version__", "99.0")
    assert of() not in seen


def test_an_edit_of_the_same_length_changes_the_fingerprint(package):
    before = fingerprint()
    file = package / "inner.py"
    stat = file.stat()

    file.write_text("x = 2\n")
    os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1_000_000_000))

    assert file.stat().st_size == stat.st_size
    assert fingerprint() != before
