"""Texts of services and plugins reach the terminal as text: devices, jobs, failures, names of plugins."""

from __future__ import annotations

import json
import re
import sys
from types import ModuleType
from typing import ClassVar

import pytest
from attrs import frozen

from oqtopus_experiments import (
    Backend,
    BackendError,
    DeviceInfo,
    DeviceSummary,
    Failure,
    FinishedJob,
    Outcome,
    PartState,
    QubitInfo,
    hookimpl,
)
from oqtopus_experiments.plugins import _registry as plugins

EVIL = "\x1b]52;c;aGFoYQ==\x07\x1b]0;owned\x07\x1b[2J\x9b1m\u202ex\x7f\r\n[red]y[/red]"
HUGE = EVIL + "z" * 5_000_000
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@frozen(kw_only=True)
class Evil(Backend):
    """A service that says what it likes."""

    name: ClassVar[str] = "evil"

    def submit(self, batch):
        if batch.shots == 1:
            raise BackendError(f"refused: {HUGE}; try again")
        some = sys.modules["fakes"].Toy().submit(batch)
        first, *others = some.outcomes()
        return FinishedJob(EVIL, [Outcome(first.index, Failure(HUGE)), *others])

    def jobs(self, journal):
        return [PartState(0, EVIL, EVIL, HUGE)]

    def devices(self):
        return [DeviceSummary(name=EVIL, kind=EVIL, status=EVIL, calibrated_at=EVIL, description=HUGE)]

    def device_info(self, name=None):
        qubits = (QubitInfo(index=0, t1=1000.0),)
        return DeviceInfo(summary=self.devices()[0], qubits=qubits, placeholders=(HUGE,))


@pytest.fixture
def oqx(tmp_path, fakes, monkeypatch, oqx):
    module = ModuleType("evil\x1b[2J")
    module.register_backends = hookimpl(specname="register_backends")(lambda: [Evil])
    plugins.registry().register(module, f"distribution {EVIL}")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run.toml").write_text('shots = 50\nbackend = "evil"\n[[experiments]]\nuse = "ramp"\npoints = 4\n')

    return oqx


@pytest.mark.parametrize(
    "words",
    [("run", "run.toml"), ("run", "run.toml", "--shots", "1"), ("devices",), ("device", "x"), ("plugins",), ("list",)],
    ids=" ".join,
)
def test_what_a_service_or_a_plugin_says_is_shown_and_never_obeyed(oqx, words):
    _, out, err = oqx(*words)

    assert not OBEYED.search(out + err)
    assert len(out + err) < 30_000
    assert r"\x1b]52" in re.sub(r"[\s│|]+", "", out + err)


def test_jobs_are_shown_and_never_obeyed(oqx, tmp_path):
    oqx("run", "run.toml")

    code, out, err = oqx("jobs", "latest")

    assert code == 0
    assert not OBEYED.search(out + err)
    assert len(out) < 10_000
    assert "charactersleftout" in re.sub(r"[\s│|]+", "", out)
    assert "[red]y[/red]" in re.sub(r"[\s│|]+", "", out)


def test_json_for_programs_is_whole_and_in_plain_letters(oqx):
    code, out, _ = oqx("devices", "--json")

    assert code == 0
    assert not OBEYED.search(out)
    assert out.isascii()
    assert json.loads(out)[0]["name"] == EVIL
    assert json.loads(out)[0]["description"] == HUGE
