"""What goes over the line: to whom, by which way, how much, and for how long."""

from __future__ import annotations

import gzip
import json
import logging
import threading
import time
from email.utils import formatdate

import pytest
from lines import Line, dripping, response, seconds_of

from oqtopus_experiments import BackendError
from oqtopus_experiments_oqtopus import _transport as transport, _waiting as retrying
from oqtopus_experiments_oqtopus._answers import DamagedError, RefusedError, TransientError
from oqtopus_experiments_oqtopus._credentials import Credentials
from oqtopus_experiments_oqtopus._service import Service
from oqtopus_experiments_oqtopus._transport import Transport, finished_within
from oqtopus_experiments_oqtopus._waiting import Patience

TOKEN = "alice.s3cr3t"  # noqa: S105  # made up


def _to(url, timeout=5.0, **options):
    return Transport(Credentials(url, TOKEN, **options), timeout, 2)


def _answering(body=b"{}", **options):
    return Line(lambda _, send: send(response(body, **options)))


@pytest.fixture
def clean(monkeypatch):
    """No proxy of whoever runs the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("way", ["api", "storage"])
def test_no_redirect_is_followed(status, way):
    with _answering() as other, _answering(status=status, headers=f"Location: {other.url}/x\r\n") as line:
        to = _to(line.url)
        answer = to.api("GET", "/devices") if way == "api" else to.storage("GET", line.url + "/x", "file")
        assert answer.status == int(status[:3])
        assert other.requests == []


@pytest.mark.parametrize("place", ["http://[::1/x", "//", "\x7f\xff", "http://a:b:c/", "https://a\\@b/"])
def test_a_bad_location_is_a_refusal_like_any_other(place):
    with _answering(status="307 Temporary", headers=f"Location: {place}\r\n") as line:
        service = Service(_to(line.url), Patience(5))
        with pytest.raises(RefusedError, match="307"):
            service.devices()


def test_the_proxy_of_the_environment_is_not_used_for_this_machine(clean):
    with _answering() as proxy, _answering() as line:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            clean.setenv(name, proxy.url)
        assert _to(line.url).api("GET", "/devices").status == 200
        assert _to(line.url).storage("GET", line.url + "/x", "file").status == 200
        assert len(line.requests) == 2
        with pytest.raises(TransientError):
            _to("https://cloud.example").api("GET", "/devices")
        assert [request.split()[:2] for request in proxy.requests] == [[b"CONNECT", b"cloud.example:443"]]
        assert TOKEN.encode() not in b"".join(proxy.requests)


def test_a_configured_proxy_is_used_but_for_this_machine(clean):
    with _answering() as proxy, _answering() as line:
        assert _to(line.url, proxy=proxy.url).api("GET", "/devices").status == 200
        with pytest.raises(TransientError):
            _to("https://cloud.example", proxy=proxy.url).api("GET", "/devices")
        assert len(proxy.requests) == len(line.requests) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.example/x", "http://10.0.0.5/x", "ftp://storage.example/x", "file:///etc/passwd", "no",
        "",
        "http://storage.example\\@127.0.0.1/", "https://[::1/x", "https://user:pass@storage.example/x",
        "https://storage.example/\r\nx: y", "https://a.example@127.0.0.1/",
    ],
)  # fmt: skip
@pytest.mark.parametrize("api", ["https://cloud.example", "http://127.0.0.1:9"])
def test_a_program_goes_to_storage_encrypted_or_not_at_all(url, api):
    to = _to(api)
    with pytest.raises(BackendError, match="upload: the service named a storage address that is") as caught:
        to.storage("POST", url, "upload", parts=[("file", ("input.zip", b"secret", "application/zip"))])
    assert "pass" not in str(caught.value)
    assert to.sent == 0


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "[::ffff:127.0.0.1]"],  # noqa: S104  # not bound
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_service_elsewhere_cannot_name_this_machine_as_its_storage(scheme, host):
    with _answering() as line:
        to = _to("https://cloud.example")
        with pytest.raises(BackendError, match="which is this machine"):
            to.storage("POST", f"{scheme}://{host}:{line.port}/x", "upload", parts=[])
        assert line.requests == []


def test_storage_without_encryption_is_taken_where_the_setting_names_its_host():
    credentials = Credentials("http://10.0.0.5", TOKEN, "", "10.0.0.5")
    assert Transport(credentials, 1, 1)._storage_address("http://10.0.0.5:9000/x?s=1", "w").port == 9000
    with pytest.raises(BackendError, match="not https"):
        Transport(credentials, 1, 1)._storage_address("http://10.0.0.6:9000/x", "w")


def test_no_error_quotes_a_presigned_url(caplog):
    caplog.set_level(logging.DEBUG, "oqtopus_experiments_oqtopus")
    with Line(lambda *_: None) as line:  # hangs up without a word
        for url in (line.url + "/f?Signature=hidden", "http://127.0.0.1:9/f?Signature=hidden"):
            service = Service(_to(line.url), Patience(0))
            with pytest.raises(BackendError, match="result: no complete answer") as caught:
                service.download(url, "result")
            assert "hidden" not in str(caught.value) + caplog.text
            assert caught.value.__cause__.__cause__ is None  # where a traceback would quote it
    with _answering(b"", status="404 Not Found") as line:
        service = Service(_to(line.url), Patience(0))
        with pytest.raises(BackendError) as caught:
            service.download(line.url + "/f?Signature=hidden", "result")
        assert "hidden" not in str(caught.value)


def test_no_remark_quotes_a_presigned_url(monkeypatch, caplog):
    monkeypatch.setattr(retrying, "FIRST_REMARK", 0.1)
    with dripping("nothing") as line, pytest.raises(BackendError):
        Service(_to(line.url, timeout=0.2), Patience(0)).download(line.url + "/f?Signature=hidden", "result")
    assert "no answer" in caplog.text
    assert "hidden" not in caplog.text


def test_an_answer_is_read_to_its_bound_and_no_further(monkeypatch):
    monkeypatch.setattr(transport, "MAX_BODY", 2**20)
    sent = []

    def endless(_, send):
        send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(640):
            send(b"x" * 65536)
            sent.append(65536)

    with Line(endless) as line, pytest.raises(DamagedError, match="larger than 1 MiB"):
        _to(line.url).api("GET", "/devices")
    assert sum(sent) < 640 * 65536


def _zipped(times, size):
    body = b" " * size
    for _ in range(times):
        body = gzip.compress(body)
    return body


def test_gzip_is_not_asked_for_and_is_unpacked_once_where_it_comes_all_the_same():
    with _answering(gzip.compress(b'{"a": 1}'), headers="Content-Encoding: gzip\r\n") as line:
        assert _to(line.url).api("GET", "/x").json("x") == {"a": 1}
        assert b"accept-encoding: identity" in line.requests[0].lower()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip, gzip", _zipped(2, 2**24)),
        ("gzip,identity,gzip", _zipped(2, 2**10)),
        ("gzip", _zipped(1, 2**25)),
        ("gzip", _zipped(1, 100)[:-9]),
        ("gzip", b"no gzip"),
        ("deflate", b"x"),
        ("br", b"x"),
    ],
    # Named: gzip writes the time into what it packs, and workers that collect in two seconds would not agree.
    ids=["twice", "twice and more", "without a bound", "cut short", "not gzip", "deflate", "brotli"],
)
def test_what_is_packed_twice_or_unpacks_without_a_bound_is_refused(encoding, body):
    said = r"packed as|unpacks to more|is not gzip"
    with _answering(body, headers=f"Content-Encoding: {encoding}\r\n") as line, pytest.raises(DamagedError, match=said):
        _to(line.url).api("GET", "/x")


@pytest.mark.parametrize("way", ["nothing", "headers", "body", "chunks", "continue"])
def test_no_exchange_takes_longer_than_its_deadline_whatever_the_bytes_do(way):
    def ask(line):
        with pytest.raises(TransientError, match="no complete answer"):
            _to(line.url, timeout=0.5).api("GET", "/devices")

    with _answering() as healthy:
        usual = seconds_of(lambda: _to(healthy.url).api("GET", "/devices"))
    with dripping(way) as line:
        assert seconds_of(lambda: ask(line)) < 4 * 0.5 + 1.5 + usual


@pytest.mark.parametrize("way", ["headers", "body", "continue"])
def test_the_thread_of_an_exchange_that_was_given_up_ends_because_its_line_is_cut(way):
    def exchanging():
        return [thread for thread in threading.enumerate() if thread.name == "oqtopus-exchange"]

    before = exchanging()
    with dripping(way) as line:
        with pytest.raises(TransientError):
            _to(line.url, timeout=0.5).api("GET", "/devices")
        (left,) = [thread for thread in exchanging() if thread not in before] or [None]
        if left is not None:
            left.join(5)
            assert not left.is_alive()


def test_an_error_of_an_exchange_is_raised_where_it_is_waited_for():
    with pytest.raises(ZeroDivisionError):
        finished_within(10, lambda: 1 // 0)
    assert finished_within(10, lambda: json.loads("1")) == 1


def test_neither_cookies_nor_anything_from_netrc_is_sent(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password hidden\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with _answering(headers="Set-Cookie: a=b; Path=/\r\n") as line:
        to = _to(line.url)
        to.api("GET", "/x")
        to.api("GET", "/x")
        to.storage("GET", line.url + "/x", "file")
        sent = b"".join(line.requests).lower()
    assert b"cookie" not in sent
    assert b"authorization" not in sent
    assert sent.count(TOKEN.encode()) == 2


def test_a_request_that_would_go_elsewhere_than_what_was_checked_is_not_sent(monkeypatch):
    import requests

    with _answering() as line, _answering() as other:
        to = _to(line.url)
        real = requests.Request.prepare

        def swapped(request):
            prepared = real(request)
            prepared.url = prepared.url.replace(line.url, other.url)
            return prepared

        monkeypatch.setattr(requests.Request, "prepare", swapped)
        with pytest.raises(BackendError, match="would not go to"):
            to.api("GET", "/x")
        assert other.requests == []


@pytest.mark.parametrize("ahead", [-3600, 0, 86_400])
def test_an_answer_tells_how_far_the_clock_of_the_service_is_ahead(ahead):
    date = formatdate(time.time() + ahead, usegmt=True)
    with _answering(headers=f"Date: {date}\r\n") as line, _answering() as silent:
        to, other = _to(line.url), _to(silent.url)
        assert to.clock_ahead is None
        to.api("GET", "/devices")
        other.api("GET", "/devices")

    assert to.clock_ahead == pytest.approx(ahead, abs=60)
    assert other.clock_ahead is None


def test_a_date_that_is_none_tells_nothing():
    with _answering(headers="Date: some day\r\n") as line:
        to = _to(line.url)
        to.api("GET", "/devices")

    assert to.clock_ahead is None
