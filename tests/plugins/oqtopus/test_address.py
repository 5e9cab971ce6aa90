"""One reading of an address: what is compared and checked is what is asked."""

from __future__ import annotations

import pytest

from oqtopus_experiments_oqtopus._address import LONGEST, Address


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://Cloud.Example/", "https://cloud.example"),
        ("HTTPS://cloud.example:443/api/", "https://cloud.example/api"),
        ("http://localhost:80", "http://localhost"),
        ("https://cloud.example.:8443/a//", "https://cloud.example:8443/a"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("http://[0:0:0:0:0:0:0:1]:8080/", "http://[::1]:8080"),
    ],
)
def test_one_place_has_one_writing(text, base):
    assert Address.parse(text).base == base
    assert Address.parse(base).base == base


@pytest.mark.parametrize(
    "text",
    [
        "", "cloud.example", "ftp://cloud.example", "https://", "https:///x", "https://a b", "https://a\tb",
        "https://a.example/\n", "http://foreign.example\\@127.0.0.1/", "https://user@a.example", "https://u:p@a.example",
        "https://@a.example", "https://a.example:0", "https://a.example:65536", "https://a.example:+80",
        "https://a.example:٣", "https://a.example:", "https://[::1/x", "https://[::1%25eth0]/", "https://[nope]/",
        "https://a..b/", "https://-a.example/", "https://a.example/../b", "https://a.example/%2e%2E/b",
        "https://a.example/x#y", "https://127.1/", "https://0x7f.1/", "https://2130706433/", "https://0177.0.0.1/",
        "https://1.2.3.4.5/", "https://a.example/\u200b", "https://a\u0000.example/", "https://a.example/\\..\\x",
        "https://" + "a" * 64 + ".example", "https://a.example/" + "x" * LONGEST,
    ],
)  # fmt: skip
def test_what_two_parsers_could_read_differently_is_no_address(text):
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the kind is all that is promised
        Address.parse(text)
    assert "secret" not in str(caught.value)


def test_only_this_machine_is_loopback_and_what_may_be_this_machine_is_reserved():
    def read(host):
        return Address.parse(f"https://{host}/")

    for host in ("localhost", "127.0.0.1", "127.8.9.10", "[::1]", "[::ffff:127.0.0.1]"):
        assert read(host).loopback
        assert read(host).reserved
    for host in ("0.0.0.0", "[::]", "169.254.169.254", "x.localhost", "[fe80::1]"):  # noqa: S104  # nothing is bound
        assert not read(host).loopback
        assert read(host).reserved
    for host in ("localhost.example", "127.0.0.1.example", "10.0.0.5", "cloud.example"):
        assert not read(host).loopback
        assert not read(host).reserved
    assert read("8.8.8.8").public
    assert not read("10.0.0.5").public


def test_the_query_is_kept_for_the_request_and_left_out_where_people_look():
    address = Address.parse("https://s.example/x?Signature=a%2Bb&Expires=1")
    assert address.url == "https://s.example/x?Signature=a%2Bb&Expires=1"
    assert "Signature" not in repr(address) + address.base + address.origin
