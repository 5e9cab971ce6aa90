"""``oqx doctor`` finds what is wrong, says what to do next, shows no secret, and ends."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from importlib.metadata import EntryPoint, distribution
from pathlib import Path
from types import ModuleType
from typing import ClassVar

import pytest
from attrs import frozen

from oqtopus_experiments import (
    AuthenticationError,
    Credential,
    DeviceInfo,
    DeviceSummary,
    hookimpl,
    parameter,
    questions,
)
from oqtopus_experiments.cli._commands import cli
from oqtopus_experiments.execution.doctor import _run_folders
from oqtopus_experiments.execution.doctor._clock import RELEASED, clock
from oqtopus_experiments.execution.doctor._run_folders import file_system, run_folders
from oqtopus_experiments.plugins import _registry as plugins

SECRET = "vEry-s3cret.t0ken"  # noqa: S105  # of nobody


@pytest.fixture
def doctor(fakes, tmp_path, monkeypatch, capsys):
    """Return a function that runs the command, and returns its exit code and what it found."""
    monkeypatch.chdir(tmp_path)

    def of(*arguments):
        code = cli.main(["doctor", *map(str, arguments), "--json"], standalone_mode=False)
        return code, json.loads(capsys.readouterr().out)

    return of


@pytest.fixture
def vault(fakes):
    """Register a backend with a secret, a device, and ways to fail; return its class."""

    @frozen(kw_only=True)
    class Vault(fakes.Toy):
        name: ClassVar[str] = "vault"
        key: str = parameter("", secret=True, help="what opens it")
        mood: str = parameter("well", help="how its device answers")
        ahead: float | None = parameter(None, help="clock of its service")
        held: ClassVar[threading.Event] = threading.Event()

        def clock_ahead(self):
            return self.ahead

        def credentials(self):
            if questions.agreed("May I?"):
                raise AssertionError
            if self.mood == "poor":
                return [Credential("key", problem="no key found: set VAULT_KEY")]
            return [Credential("key", "VAULT_KEY", "https://vault.example")]

        def device_info(self, name=None):
            if self.mood == "locked":
                message = "the key is refused; ask for another"
                raise AuthenticationError(message)
            if self.mood == "silent":
                self.held.wait(60)
            status = "maintenance" if self.mood == "busy" else "available"
            return DeviceInfo(summary=DeviceSummary(name="cave", kind="QPU", status=status, queue=3, num_qubits=2))

    module = ModuleType("vault_plugin")
    module.register_backends = hookimpl(lambda: [Vault])
    plugins.registry().register(module, "vault-distribution")
    return Vault


def of(found, probe):
    return [finding for finding in found if finding["probe"] == probe]


def only_problem(found):
    (one,) = [finding for finding in found if finding["level"] == "problem"]
    return one


def run_file(mood, key="", more=""):
    options = f'mood = "{mood}"\nkey = "{key}"\n{more}'
    Path("run.toml").write_text(f'backend = "vault"\n[backends.vault]\n{options}\n[[experiments]]\nuse = "ramp"\n')
    return "run.toml"


def test_where_all_is_well_every_line_is_ok_and_the_exit_code_is_0(doctor, tmp_path):
    code, found = doctor("--backend", "toy")

    assert code == 0
    assert {finding["probe"] for finding in found} == {
        "versions", "requirements", "plugins", "names", "credentials", "run folders", "clock", "device"
    }  # fmt: skip
    assert not [finding for finding in found if finding["level"] == "problem"]
    assert "contract" in found[0]["text"]
    assert "numpy" in of(found, "versions")[2]["text"]
    assert list(tmp_path.iterdir()) == [], "it leaves nothing behind"


def test_what_is_not_ok_says_what_to_do_next(doctor, vault):
    for mood in ("poor", "locked", "busy"):
        _, found = doctor(run_file(mood))
        assert all(finding["step"] for finding in found if finding["level"] != "ok")


def test_the_lines_for_a_person_say_the_same(doctor, vault, capsys):
    code = cli.main(["doctor", run_file("locked")], standalone_mode=False)
    lines = capsys.readouterr().out

    assert code == 1
    assert "problem device:       vault: the key is refused; ask for another\n" in lines
    assert "-> " in lines


def test_a_broken_plugin_is_a_problem_with_its_reason(doctor, fakes):
    point = EntryPoint("gone", "a_module_that_is_not_there", "oqtopus_experiments")._for(distribution("attrs"))
    registry = plugins.PluginRegistry(found=[point])
    registry.register(fakes)
    plugins._current = registry

    code, found = doctor()

    assert code == 1
    assert "No module named 'a_module_that_is_not_there'" in only_problem(found)["text"]
    assert "oqx --debug plugins" in only_problem(found)["step"]


def test_two_providers_of_one_name_are_a_problem_with_the_line_that_settles_it(doctor, fakes):
    plugins.registry().register(fakes, "another-distribution")

    code, found = doctor()

    assert code == 1
    clash = next(finding for finding in found if finding["level"] == "problem")
    assert "experiment 'ramp' is provided by" in clash["text"]
    assert 'prefer = { ramp = "toy-distribution" }' in clash["step"]


def test_a_requirement_that_is_not_met_is_named_also_below_a_plugin(doctor, fakes, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path / "site")
    for name, lines in {
        "needy": ["below", "numpy>=1", "attrs>=1; python_version < '3'"],
        "below": ["numpy<1", "not-there-at-all>=2", "never; extra == 'more'", "cattrs[chosen]"],
    }.items():
        info = tmp_path / "site" / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        requires = "".join(f"Requires-Dist: {line}\n" for line in lines)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}")
    point = EntryPoint("needy", "fakes", "oqtopus_experiments")._for(distribution("needy"))
    plugins._current = plugins.PluginRegistry(found=[point])

    code, found = doctor()

    assert code == 1
    told = {finding["text"]: finding["step"] for finding in of(found, "requirements")}
    assert max(told) == "below requires numpy<1, which is " + distribution("numpy").version
    assert told["below requires not-there-at-all>=2, which is not installed"] == 'pip install "not-there-at-all>=2"'
    assert len(told) == 2


def test_credentials_are_told_by_where_they_come_from_and_never_shown(doctor, vault, capsys):
    code, found = doctor(run_file("well", SECRET))

    told = of(found, "credentials")
    assert code == 0
    assert [finding["level"] for finding in told] == ["warning", "ok"]
    assert told[0]["text"] == "vault: the secret 'key' stands in an option"
    assert told[1]["text"] == "vault: key from VAULT_KEY, for https://vault.example"
    assert SECRET not in json.dumps(found)
    cli.main(["doctor", "run.toml"], standalone_mode=False)
    assert SECRET not in "".join(capsys.readouterr())


def test_a_missing_credential_is_a_problem_only_for_the_backend_that_is_asked_for(doctor, vault, monkeypatch):
    assert doctor(run_file("poor"))[0] == 1
    assert "set VAULT_KEY" in only_problem(doctor("run.toml")[1])["step"]

    monkeypatch.setattr(vault, "credentials", lambda _: [Credential("key", problem="no key found: set VAULT_KEY")])
    code, found = doctor()

    assert code == 0
    assert [finding["level"] for finding in of(found, "credentials")] == ["warning"]


def test_nobody_is_asked_a_question_by_a_doctor(doctor, vault):
    with questions.answered_by(lambda _: True):
        code, _ = doctor(run_file("well"))

    assert code == 0


def test_a_device_that_answers_is_told_with_its_queue(doctor, vault):
    _, found = doctor(run_file("well"))
    _, busy = doctor(run_file("busy"))

    assert "vault: cave answered in" in of(found, "device")[0]["text"]
    assert of(found, "device")[0]["text"].endswith("available, 3 jobs waiting")
    assert of(busy, "device")[0]["level"] == "warning"


@pytest.mark.parametrize(
    ("ahead", "level", "words"),
    [
        (3.0, "ok", "has the same time, within 10 s"),
        (90.0, "warning", "the clock here is 90 s behind that of its service"),
        (-7200.0, "warning", "the clock here is 7200 s ahead of that of its service"),
    ],
)
def test_the_clock_is_held_against_that_of_the_service_which_answered(doctor, vault, ahead, level, words):
    _, found = doctor(run_file("well", more=f"ahead = {ahead}"))

    assert [finding["level"] for finding in of(found, "clock")] == ["ok", level]
    assert words in of(found, "clock")[1]["text"]
    assert len(of(doctor(run_file("well"))[1], "clock")) == 1, "a service that says nothing is not judged"


def test_a_device_that_is_silent_is_given_up_in_time(doctor, vault):
    began = time.monotonic()
    try:
        code, found = doctor(run_file("silent"), "--timeout", 0.2)
    finally:
        vault.held.set()

    assert code == 1
    assert time.monotonic() - began < 30
    assert only_problem(found)["text"] == "vault did not answer within 0.2 s"
    vault.held.clear()


def test_no_device_is_asked_unless_a_backend_is_named(doctor, vault):
    assert of(doctor()[1], "device") == []


def levels(runs, **how):
    return {finding.text: finding.level for finding in run_folders(runs, **how)}


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path):
    (tmp_path / "runs").write_text("a file")

    found = levels(tmp_path / "runs" / "deeper")

    assert [level for text, level in found.items() if "cannot be written" in text] == ["problem"]


def test_a_file_system_without_locks_is_a_warning(tmp_path, monkeypatch):
    import fcntl

    def none(handle, kind):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    assert "warning" in levels(tmp_path).values()
    monkeypatch.setattr(fcntl, "flock", lambda *_: None)  # taken by everybody at once
    assert levels(tmp_path)["folders are not locked here: nothing keeps two processes from one run"] == "warning"
    monkeypatch.undo()
    assert levels(tmp_path)["a lock keeps others away"] == "ok"


@pytest.mark.parametrize(("free", "level"), [(5_000_000, "problem"), (500_000_000, "warning"), (5_000_000_000, "ok")])
def test_little_room_is_said(tmp_path, monkeypatch, free, level):
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(_run_folders.shutil, "disk_usage", lambda _: usage)

    assert levels(tmp_path)[f"{free / 1e9:.1f} GB are free"] == level


def test_a_disk_that_does_not_sync_is_a_problem(tmp_path, monkeypatch):
    def fails(_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)

    assert "problem" in levels(tmp_path).values()
    assert list(tmp_path.iterdir()) == []


def test_a_network_file_system_is_a_warning_and_the_nearest_mount_counts(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\nhere {tmp_path}/in\\040side xfs rw 0 0\n")
    (tmp_path / "in side").mkdir()

    assert any("network file system (nfs4)" in text for text in levels(tmp_path, mounts=mounts))
    assert file_system(tmp_path / "in side", mounts) == "xfs"
    assert file_system(Path("/"), mounts) == "ext4"
    assert file_system(tmp_path, tmp_path / "nothing") == ""


@pytest.mark.parametrize(
    ("times", "level", "words"),
    [
        ((RELEASED + 9, RELEASED + 9.2), "ok", "goes steadily"),
        ((RELEASED + 9, RELEASED + 99), "warning", "jumped by +89.80 s"),
        ((RELEASED - 9e6, RELEASED - 9e6 + 0.2), "problem", "was not written yet"),
    ],
)
def test_a_clock_that_jumps_or_was_never_set_is_said(times, level, words):
    wall, steady = iter(times), iter((5.0, 5.2))

    ((finding),) = clock(lambda: next(wall), lambda: next(steady), lambda _: None)

    assert finding.level == level
    assert words in finding.text
