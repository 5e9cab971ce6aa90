"""Files from storage: checked before a count is believed."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from oqtopus_experiments_oqtopus import _answers as answers
from oqtopus_experiments_oqtopus._answers import DamagedError, UnusableError, unpack
from oqtopus_experiments_oqtopus._download import counts_from
from oqtopus_experiments_oqtopus._submission_requests import pack


def _zip(*entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, text in enumerate(entries):
            archive.writestr(f"entry{i}", text)
    return buffer.getvalue()


def test_what_was_packed_is_unpacked_whatever_the_entry_is_called():
    assert unpack(pack({"program": ["x"]}), "w") == {"program": ["x"]}
    assert unpack(_zip('{"a": 1}'), "w") == {"a": 1}


def test_every_truncation_of_a_zip_is_noticed():
    whole = pack({"program": ["OPENQASM 3;" * 20]})
    for length in range(0, len(whole), 3):
        with pytest.raises(DamagedError):
            unpack(whole[:length], "w")


def test_every_flipped_byte_of_the_content_is_noticed():
    whole = _zip(json.dumps({"sampling": {"counts": {"01": 512, "10": 488}}}))
    noticed = 0
    for position in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[position] ^= 0x10
        try:
            content = unpack(bytes(spoilt), "w")
        except DamagedError:
            noticed += 1
        else:  # a byte of a name or a date: the content is intact
            assert content == {"sampling": {"counts": {"01": 512, "10": 488}}}
    assert noticed > len(whole) / 3


@pytest.mark.parametrize(
    "data", [_zip(), _zip("{}", "{}"), _zip("no json"), _zip("[" * 100_000), _zip("[1]"), b"", b"<html>"]
)
def test_anything_but_one_json_object_is_refused(data):
    with pytest.raises(DamagedError):
        unpack(data, "result of job 1")


def test_a_small_zip_of_a_huge_file_is_refused():
    with pytest.raises(DamagedError, match="bytes unpacked"):
        unpack(_zip(b" " * (answers.MAX_JSON + 1)), "w")


@pytest.mark.parametrize("content", [
    {}, {"sampling": None}, {"sampling": {}}, {"sampling": {"counts": None}}, {"sampling": {"counts": [1]}},
    {"sampling": {"counts": {"0": 60, "1": 39}}},
    {"sampling": {"counts": {"0": 60, "1": 41}}},
    {"sampling": {"counts": {"00": 100}}},
    {"sampling": {"counts": {"2": 100}}},
    {"sampling": {"counts": {"0": "100"}}},
    {"sampling": {"counts": {"0": 99.5, "1": 0.5}}},
    {"sampling": {"counts": {"0": -1, "1": 101}}},
    {"sampling": {"counts": {"0": True, "1": 99}}},
    {"sampling": {"counts": {"0": float("inf")}}},
    {"sampling": {"counts": {}}},
    {"sampling": {"counts": {"0": 2**64, "1": 100}}},
])  # fmt: skip
def test_counts_that_cannot_be_those_of_the_circuit_are_refused(content):
    with pytest.raises(UnusableError):
        counts_from(content, (0,), 1, 100, mitigated=False)


def test_mitigation_may_lose_less_than_one_shot_for_each_outcome():
    def counted(zeros):
        content = {"sampling": {"counts": {"00": zeros}}}
        return counts_from(content, (0, 1), 2, 1000, mitigated=True).shots

    assert counted(997) == 997
    for wrong in (995, 1001):
        with pytest.raises(UnusableError):
            counted(wrong)


def test_counts_that_wrap_around_to_the_number_of_shots_are_refused():
    content = {"sampling": {"counts": {"00": 2**63 - 1, "01": 2**63 - 1, "10": 102}}}
    for mitigated in (False, True):
        with pytest.raises(UnusableError, match="cannot be"):
            counts_from(content, (0, 1), 2, 100, mitigated=mitigated)
