from __future__ import annotations

from pathlib import Path

import pytest

from oqtopus_experiments import AuthenticationError, ConfigError
from oqtopus_experiments_oqtopus import OqtopusBackend
from oqtopus_experiments_oqtopus.credentials import resolve

TOKEN = "alice.s3cr3t"  # noqa: S105  # made up
OTHER = "bob.hidden"


def _write(text, where=".config/oqtopus/config.ini"):
    file = Path.home() / where
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_arguments_win_over_the_environment_and_the_environment_over_the_file():
    _write(f"[default]\nurl = https://file.example\napi_token = {OTHER}\n")
    environ = {"OQTOPUS_URL": "https://env.example/", "OQTOPUS_API_TOKEN": TOKEN, "HOME": str(Path.home())}
    assert resolve(None, None, None, None, environ).url == "https://env.example"
    assert resolve("https://arg.example", OTHER, None, None, environ).url == "https://arg.example"
    found = resolve(None, None, None, None, {"HOME": str(Path.home())})
    assert (found.url, found.token) == ("https://file.example", OTHER)


@pytest.mark.parametrize("where", [".config/oqtopus/config.ini", ".oqtopus"])
def test_the_files_of_both_official_clients_are_read(where):
    _write(f"[default]\nurl = https://file.example\napi_token = {TOKEN}\nproxy = http://proxy:1\n", where)
    found = resolve(None, None, None, None, {"HOME": str(Path.home())})
    assert (found.url, found.token, found.proxy) == ("https://file.example", TOKEN, "http://proxy:1")


def test_a_percent_sign_in_a_token_is_a_percent_sign():
    _write("[default]\nbase_url = https://file.example\napi_token = a%d.b%(x)s\n")
    assert resolve(None, None, None, None, {"HOME": str(Path.home())}).token == "a%d.b%(x)s"  # noqa: S105  # made up


def test_a_profile_is_taken_whole_and_the_environment_is_not_mixed_in():
    _write(
        f"[default]\nurl = https://a.example\napi_token = {OTHER}\n[lab]\nurl = https://b.example\napi_token={TOKEN}\n"
    )
    environ = {"OQTOPUS_URL": "https://env.example", "OQTOPUS_API_TOKEN": OTHER, "HOME": str(Path.home())}
    found = resolve(None, None, None, "lab", environ)
    assert (found.url, found.token) == ("https://b.example", TOKEN)


def test_the_token_of_a_file_goes_only_to_the_url_of_that_file():
    _write(f"[default]\nurl = https://file.example\napi_token = {TOKEN}\n")
    with pytest.raises(AuthenticationError, match="no OQTOPUS API token found"):
        resolve(None, None, None, None, {"HOME": str(Path.home()), "OQTOPUS_URL": "https://elsewhere.example"})


def test_without_credentials_the_error_says_where_to_put_them_and_how_to_run_locally():
    with pytest.raises(AuthenticationError) as caught:
        OqtopusBackend("anemone").devices()
    message = str(caught.value)
    for hint in ("OQTOPUS_URL", "OQTOPUS_API_TOKEN", "config.ini", "LocalBackend(device='noisy')"):
        assert hint in message


@pytest.mark.parametrize("url", ["http://cloud.example", "http://10.0.0.1:8080", "http://127.0.0.1.evil.example"])
def test_plain_http_is_refused_except_to_this_machine(url):
    with pytest.raises(ConfigError, match="unencrypted"):
        resolve(url, TOKEN, None, None, {})
    for local in ("http://127.0.0.1:8080/", "http://localhost:8080", "http://[::1]:8080"):
        assert resolve(local, TOKEN, None, None, {}).loopback


@pytest.mark.parametrize("url", ["cloud.example", "ftp://cloud.example", "https://", "https://cloud.example?x=1"])
def test_an_address_that_is_none_is_a_configuration_error(url):
    with pytest.raises(ConfigError, match="must look like https://host/path"):
        resolve(url, TOKEN, None, None, {})


@pytest.mark.parametrize("token", ["nodot", "two.dots.here", ".secret", "id.", "a b.c", "id.secret\n", "id.séc"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(token):
    with pytest.raises(AuthenticationError) as caught:
        resolve("https://cloud.example", token, None, None, {})
    assert token.strip() not in str(caught.value)


def test_a_damaged_file_is_named_and_its_lines_are_not_quoted():
    file = _write(f"api_token = {TOKEN}\n[default\n")
    with pytest.raises(ConfigError) as caught:
        resolve(None, None, None, None, {"HOME": str(Path.home())})
    assert str(file) in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_an_unknown_profile_lists_those_there_are():
    _write(f"[default]\nurl = https://a.example\napi_token = {TOKEN}\n[lab]\n")
    with pytest.raises(ConfigError, match=r"no profile 'lap'.*default, lab"):
        resolve(None, None, None, "lap", {"HOME": str(Path.home())})


def test_no_description_and_no_repr_shows_token_or_proxy():
    backend = OqtopusBackend("anemone", url="https://a.example", token=TOKEN, proxy="http://user:pass@proxy")
    for text in (repr(backend), str(backend.description()), repr(resolve("https://a.example", TOKEN, "p", None, {}))):
        assert TOKEN not in text
        assert "pass" not in text
    assert backend.description()["options"]["device"] == "anemone"


def test_a_token_of_the_wrong_type_is_not_shown_either():
    with pytest.raises(ValueError, match="'token' must be a text, not what was given"):
        OqtopusBackend("anemone", token=12345)
