"""Devices as values: a snapshot is the device, and the drawing shows where its qubits are."""

from __future__ import annotations

import json
import types

import pytest
from attrs import frozen

from oqtopus_experiments import (
    REQUIRED,
    CouplingInfo,
    DeviceError,
    DeviceInfo,
    DeviceSummary,
    QubitInfo,
    StoreError,
    hookimpl,
    parameter,
)
from oqtopus_experiments.execution._device_lookup import backends_with_devices, find_device
from oqtopus_experiments.plugins._registry import registry
from oqtopus_experiments.reporting._device_map import draw

SUMMARY = DeviceSummary(name="chip", kind="QPU", status="available", queue=3, num_qubits=4)


def _square(**changes):
    qubits = [QubitInfo(index=i, position=(i % 2, 1 - i // 2), t1=1000.0 * i) for i in range(4)]
    pairs = [CouplingInfo(control=a, target=b, error=0.01) for a, b in ((0, 1), (2, 0), (3, 1))]
    return DeviceInfo(**{"summary": SUMMARY, "qubits": tuple(qubits), "couplings": tuple(pairs), **changes})


def test_a_snapshot_is_the_device_again():
    info = _square(placeholders=("t1 of qubit 0 is 100",))
    assert DeviceInfo.from_json(json.loads(json.dumps(info.to_json()))) == info


@pytest.mark.parametrize("content", [
    None, [], {}, {"format": 2}, {"format": 1}, {"format": 1, "summary": {}, "qubits": [], "couplings": []},
    {**_square().to_json(), "qubits": [{"index": 0, "colour": "red"}]},
    {**_square().to_json(), "qubits": [{"index": 0, "position": [1]}]},
    {**_square().to_json(), "qubits": 3},
])  # fmt: skip
def test_what_is_no_snapshot_is_refused(content):
    with pytest.raises(StoreError, match="snapshot"):
        DeviceInfo.from_json(content)


def test_a_device_is_found_in_a_snapshot_file(tmp_path):
    file = tmp_path / "chip.json"
    file.write_text(json.dumps(_square().to_json()))
    assert find_device(str(file)) == _square()
    with pytest.raises(StoreError, match="cannot be read as a device snapshot"):
        find_device(str(tmp_path / "none.json"))
    file.write_text("[" * 100_000)
    with pytest.raises(StoreError, match="cannot be read as a device snapshot"):
        find_device(str(file))


def test_a_backend_that_must_be_told_more_keeps_no_other_from_listing_its_devices(fakes):
    @frozen(kw_only=True)
    class Picky(fakes.Toy):
        name = "picky"
        place: str = parameter(REQUIRED)

        def device_info(self, name=None):
            return _square()

    @frozen(kw_only=True)
    class Plain(fakes.Toy):
        name = "plain"

        def device_info(self, name=None):
            return _square()

    module = types.ModuleType("picky_plugin")
    module.register_backends = hookimpl(lambda: [Picky, Plain], specname="register_backends")
    registry().register(module)
    assert [backend.name for backend in backends_with_devices()] == ["plain"]
    with pytest.raises(DeviceError, match="backend 'picky' cannot be asked without place"):
        backends_with_devices("picky")


def test_the_drawing_has_every_qubit_in_its_place_and_every_coupling():
    assert draw(_square()).splitlines() == [
        " (0)· · ·(1)",
        "  ·       ·",
        "  ·       ·",
        "  ·       ·",
        " (2)     (3)",
    ]


def test_qubits_without_a_place_stand_in_a_line():
    qubits = tuple(QubitInfo(index=i) for i in range(3))
    assert draw(DeviceInfo(summary=SUMMARY, qubits=qubits)).split() == ["(0)", "(1)", "(2)"]
    assert draw(DeviceInfo(summary=SUMMARY)) == ""


def test_a_snapshot_of_another_format_is_refused_whatever_it_holds():
    for version in (0, 3, "1", None):
        with pytest.raises(StoreError, match="not a device snapshot of format 1"):
            DeviceInfo.from_json({**_square().to_json(), "format": version})


@pytest.mark.parametrize("spread", [1.0, 1e9, 1e300])
def test_scattered_places_give_a_sentence_instead_of_a_gigabyte(spread):
    qubits = tuple(QubitInfo(index=i, position=(spread * i, -spread * i * i)) for i in range(3000))

    drawn = draw(DeviceInfo(summary=SUMMARY, qubits=qubits))

    assert drawn == "no drawing: the 3000 qubits are scattered over 3,000 columns and 3,000 rows"


@pytest.mark.parametrize("odd", [float("nan"), float("inf")])
def test_a_place_that_is_no_number_is_no_place(odd):
    qubits = (QubitInfo(index=0, position=(0.0, odd)), QubitInfo(index=1, position=(1.0, 0.0)))

    assert draw(DeviceInfo(summary=SUMMARY, qubits=qubits)).split() == ["(0)", "(1)"]


def test_a_drawing_as_large_as_real_chips_are_is_drawn():
    qubits = tuple(QubitInfo(index=1000 + i, position=(float(i % 34), float(i // 34))) for i in range(34 * 34))

    drawn = draw(DeviceInfo(summary=SUMMARY, qubits=qubits))

    assert len(drawn.split()) == 34 * 34
    assert drawn.startswith("(2122)")


def test_many_qubits_without_a_place_are_not_drawn_in_one_endless_line():
    qubits = tuple(QubitInfo(index=i) for i in range(5000))

    assert draw(DeviceInfo(summary=SUMMARY, qubits=qubits)).startswith("no drawing")
