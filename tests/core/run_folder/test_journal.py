"""Promises of the journal: nothing lost, nothing changed by reading, wide counts small."""

import re

import numpy as np
import pytest

from oqtopus_experiments import Counts, Failure, Outcome, StoreError
from oqtopus_experiments.storage._run_folder import ExperimentJournal


def section_with(path, outcomes):
    with ExperimentJournal(path).writing() as section:
        section.append({"job_id": "7"})
        section.record(outcomes)
    return section


def random_counts(width, shots, seed=3):
    return Counts.from_shots(np.random.default_rng(seed).random((shots, width)) < 0.3)


@pytest.mark.parametrize("width", [1, 2, 7, 8, 9, 12, 13, 64, 100, 1001])
def test_counts_of_any_width_come_back_in_the_order_they_were_written(tmp_path, width):
    counts = random_counts(width, 50)
    section_with(tmp_path, [Outcome(0, counts)])

    back = ExperimentJournal(tmp_path).results()[0]

    assert (back.bits == counts.bits).all()
    assert (back.occurrences == counts.occurrences).all()


def test_equal_rows_that_a_backend_left_uncounted_are_kept(tmp_path):
    counts = Counts(np.array([[True], [True], [False]]), np.array([2, 3, 4]))
    section_with(tmp_path, [Outcome(0, counts)])

    assert ExperimentJournal(tmp_path).results()[0].occurrences.tolist() == [2, 3, 4]


def test_counts_without_any_shot_come_back(tmp_path):
    section_with(tmp_path, [Outcome(0, Counts(np.zeros((0, 20), dtype=bool), np.zeros(0, dtype=np.int64)))])

    assert ExperimentJournal(tmp_path).results()[0].shots == 0


def test_narrow_counts_can_be_read_by_a_person(tmp_path):
    section_with(tmp_path, [Outcome(0, Counts.from_dict({"01": 3, "10": 5}, 2))])

    assert '"counts":{"01":3,"10":5}' in (tmp_path / "journal.jsonl").read_text()


def test_a_shot_of_a_hundred_qubits_takes_less_than_a_third_of_its_letters(tmp_path):
    section_with(tmp_path, [Outcome(0, random_counts(100, 1000))])

    assert (tmp_path / "journal.jsonl").stat().st_size < 1000 * 100 / 3


def test_failures_and_later_outcomes_replace_what_was_there(tmp_path):
    section = section_with(tmp_path, [Outcome(0, Failure("busy", "7"))])
    with section.writing():
        section.record([Outcome(0, Counts.from_dict({"1": 5}, 1)), Outcome(1, Failure("late", "8"))])

    results = ExperimentJournal(tmp_path).results()

    assert results[0] == {"1": 5}
    assert results[1] == Failure("late", "8")


def test_reading_a_journal_that_a_crash_cut_short_changes_nothing(tmp_path):
    section_with(tmp_path, [Outcome(0, Counts.from_dict({"1": 5}, 1))])
    file = tmp_path / "journal.jsonl"
    file.write_bytes(file.read_bytes() + b'{"index":1,"wid')
    before = file.read_bytes()

    section = ExperimentJournal(tmp_path)

    assert section.results() == {0: {"1": 5}}
    assert file.read_bytes() == before
    with pytest.raises(StoreError, match="opened for reading"):
        section.append({"job_id": "8"})


def test_appending_after_a_crash_starts_on_a_clean_line(tmp_path):
    section_with(tmp_path, [Outcome(0, Counts.from_dict({"1": 5}, 1))])
    file = tmp_path / "journal.jsonl"
    file.write_bytes(file.read_bytes() + b'{"index":1,"wid')

    with ExperimentJournal(tmp_path).writing() as section:
        section.record([Outcome(1, Counts.from_dict({"0": 5}, 1))])

    assert ExperimentJournal(tmp_path).results() == {0: {"1": 5}, 1: {"0": 5}}
    assert not ExperimentJournal(tmp_path).damage


def test_a_journal_cut_at_any_byte_gives_the_outcomes_before_the_cut_and_no_other(tmp_path):
    written = [Outcome(i, random_counts(width, 4, seed=i)) for i, width in enumerate((1, 2, 20))]
    section_with(tmp_path, written)
    file = tmp_path / "journal.jsonl"
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])

        results = ExperimentJournal(tmp_path).results()

        assert list(results) == list(range(len(results)))
        assert all((results[i].bits == written[i].result.bits).all() for i in results)


@pytest.mark.parametrize(
    "line",
    [
        '{"index":0,"width":1,"counts":{"2":5}}',
        '{"index":0,"width":1,"counts":{"0":-5}}',
        '{"index":0,"width":1,"counts":{"0":1.5}}',
        '{"index":0,"width":1,"counts":{"0":true}}',
        '{"index":0,"width":1,"counts":[5]}',
        '{"index":0,"width":1,"counts":{"0":9007199254740992,"1":9007199254740992}}',
        '{"index":-1,"width":1,"counts":{"0":5}}',
        '{"index":"0","width":1,"counts":{"0":5}}',
        '{"index":1e3,"width":1,"counts":{"0":5}}',
        '{"index":0,"width":99999999999,"counts":{}}',
        '{"index":0,"counts":{"0":5}}',
        '{"index":0,"width":20,"bits":"AAAA","occurrences":[1,2]}',
        '{"index":0,"width":20,"bits":"!!!!","occurrences":[1]}',
        '{"index":0,"width":20,"bits":"AAAA","occurrences":[-1]}',
        '{"index":0,"width":20,"bits":["AAAA"],"occurrences":[1]}',
        '{"index":0,"width":20,"bits":"AAAA","occurrences":{"0":1}}',
        '{"index":0,"width":20,"bits":"AAAA","occurrences":[99999999999999999999]}',
        '{"index":0,"failure":["a","b"]}',
        '{"index":0}',
        "[1,2]",
        "not json",
        "{" + '"a":[' * 100_000,
        '{"index":NaN}',
        "\xff",
    ],
)
def test_a_damaged_line_in_the_middle_is_named_and_all_others_are_read(tmp_path, line):
    section_with(tmp_path, [Outcome(1, Counts.from_dict({"1": 5}, 1))])
    file = tmp_path / "journal.jsonl"
    file.write_bytes(line.encode("latin-1") + b"\n" + file.read_bytes())

    section = ExperimentJournal(tmp_path)

    (damage,) = section.damage
    assert "journal.jsonl:1: damaged" in str(damage)
    assert section.results() == {1: {"1": 5}}
    assert section.records == ({"job_id": "7"},)


def test_a_digit_that_flips_in_a_count_is_damage_and_no_other_count(tmp_path):
    section_with(tmp_path, [Outcome(0, Counts.from_dict({"01": 512, "10": 488}, 2))])
    file = tmp_path / "journal.jsonl"
    file.write_text(file.read_text().replace('"01":512', '"01":513'))

    section = ExperimentJournal(tmp_path)

    (damage,) = section.damage
    assert re.search(r"journal\.jsonl:2: damaged: an outcome of circuit 0 is lost .*checksum", str(damage))
    assert section.results() == {}


def test_every_flipped_bit_of_a_count_is_noticed(tmp_path):
    section_with(tmp_path, [Outcome(0, random_counts(100, 20))])
    file = tmp_path / "journal.jsonl"
    whole = file.read_bytes()
    start = whole.index(b'{"index"')
    for at in range(start, whole.index(b',"crc"', start)):
        for bit in range(8):
            damaged = bytearray(whole)
            damaged[at] ^= 1 << bit
            file.write_bytes(damaged)
            section = ExperimentJournal(tmp_path)
            assert section.damage
            assert section.results() == {}


def test_lines_without_a_checksum_are_read_as_earlier_versions_wrote_them(tmp_path):
    (tmp_path / "journal.jsonl").write_text('{"index":0,"width":1,"counts":{"1":5}}\n')

    assert ExperimentJournal(tmp_path).results() == {0: {"1": 5}}
