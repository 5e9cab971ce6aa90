from __future__ import annotations

from pathlib import Path

import pytest

from oqtopus_experiments import AuthenticationError, ConfigError
from oqtopus_experiments.contracts.questions import answered_by
from oqtopus_experiments_oqtopus import OqtopusBackend
from oqtopus_experiments_oqtopus._credentials import resolve

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
    for text in (repr(backend), str(backend.configuration()), repr(resolve("https://a.example", TOKEN, "p", None, {}))):
        assert TOKEN not in text
        assert "pass" not in text
    assert backend.configuration()["options"]["device"] == "anemone"


def test_a_token_of_the_wrong_type_is_not_shown_either():
    with pytest.raises(ValueError, match="'token' must be a text, not what was given"):
        OqtopusBackend("anemone", token=12345)


ENVIRONMENT = {"OQTOPUS_URL": "https://Env.example:443/api/", "OQTOPUS_API_TOKEN": TOKEN}


def _with_home(environ):
    return {**environ, "HOME": str(Path.home())}


@pytest.mark.parametrize(
    "url",
    ["https://stranger.example", "https://env.example/other", "http://127.0.0.1:8", "https://env.example:444/api"],
)
def test_the_token_of_the_environment_goes_to_no_other_url(url):
    with pytest.raises(AuthenticationError, match="is not sent there") as caught:
        resolve(url, None, None, None, _with_home(ENVIRONMENT))
    assert url in str(caught.value)
    assert "OQTOPUS_URL" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_a_url_written_in_another_way_is_the_same_url():
    assert resolve("https://env.EXAMPLE/api", None, None, None, _with_home(ENVIRONMENT)).token == TOKEN


def test_a_token_alone_in_the_environment_is_not_paired_with_the_url_of_a_run_file():
    with pytest.raises(AuthenticationError, match="set without a URL and is not sent there"):
        resolve("https://stranger.example", None, None, None, _with_home({"OQTOPUS_API_TOKEN": TOKEN}))


def test_a_token_alone_in_the_environment_goes_with_the_url_of_a_file_that_has_none_of_its_own():
    alone = _with_home({"OQTOPUS_API_TOKEN": TOKEN})
    _write("[default]\nurl = https://file.example\n")
    assert resolve(None, None, None, None, alone).url == "https://file.example"
    _write(f"[default]\nurl = https://file.example\napi_token = {OTHER}\n")
    with pytest.raises(AuthenticationError, match="OQTOPUS_API_TOKEN is set without OQTOPUS_URL"):
        resolve(None, None, None, None, alone)


def test_a_section_of_the_file_is_found_by_its_url():
    _write(
        f"[default]\nurl = https://a.example\napi_token = {OTHER}\n[lab]\nurl = https://lab.example/\napi_token={TOKEN}\n"
    )
    assert resolve("https://LAB.example", None, None, None, _with_home({})).token == TOKEN
    assert resolve("https://LAB.example", None, None, None, _with_home(ENVIRONMENT)).token == TOKEN


def test_a_profile_goes_to_its_own_url_only_and_arguments_win_over_it():
    _write(f"[lab]\nurl = https://lab.example\napi_token = {TOKEN}\nproxy = http://p:1\n")
    with pytest.raises(AuthenticationError, match=r"\[lab\] of .* is not sent there"):
        resolve("https://stranger.example", None, None, "lab", _with_home({}))
    found = resolve("https://arg.example", OTHER, None, "lab", _with_home({}))
    assert (found.url, found.token, found.proxy) == ("https://arg.example", OTHER, "")


def test_a_person_is_asked_with_both_hosts_named_and_no_is_what_nobody_says():
    asked = []
    for answer in (True, False):
        with answered_by(lambda question, said=answer: asked.append(question) or said):
            try:
                found = resolve("https://stranger.example/x", None, None, None, _with_home(ENVIRONMENT))
                assert answer
                assert (found.url, found.token) == ("https://stranger.example/x", TOKEN)
            except AuthenticationError:
                assert not answer
    assert len(asked) == 2
    assert "https://stranger.example?" in asked[0].replace(" all the same", "")
    assert "https://env.example" in asked[0]
    assert TOKEN not in asked[0]


def test_what_is_configured_is_never_asked_about():
    def never(question):
        raise AssertionError(question)

    with answered_by(never):
        assert resolve(None, None, None, None, _with_home(ENVIRONMENT)).token == TOKEN
        assert resolve("https://a.example", OTHER, None, None, _with_home(ENVIRONMENT)).token == OTHER


def test_a_proxy_of_a_run_file_carries_no_token_from_elsewhere():
    with pytest.raises(AuthenticationError, match="'proxy'") as caught:
        resolve(None, None, "http://user:pass@stranger.example", None, _with_home(ENVIRONMENT))
    assert "pass" not in str(caught.value)
    assert resolve("https://a.example", OTHER, "http://p:1", None, _with_home(ENVIRONMENT)).proxy == "http://p:1"
    assert resolve(None, OTHER, "http://p:1", None, _with_home(ENVIRONMENT)).proxy == "http://p:1"
    own = {**ENVIRONMENT, "OQTOPUS_PROXY": "http://own:1"}
    assert resolve(None, None, None, None, _with_home(own)).proxy == "http://own:1"
    assert resolve(None, None, "http://own:1", None, _with_home(own)).proxy == "http://own:1"


def test_the_proxy_of_one_section_is_not_used_for_another():
    _write(f"[default]\nurl = https://a.example\napi_token = {OTHER}\nproxy = http://p:1\n")
    assert resolve(None, None, None, None, _with_home(ENVIRONMENT)).proxy == ""


def test_after_a_yes_to_another_host_the_proxy_of_the_account_is_left_out():
    _write(f"[default]\nurl = https://a.example\napi_token = {OTHER}\nproxy = http://p:1\n")
    with answered_by(lambda _: True):
        assert resolve("https://b.example", None, None, None, _with_home({})).proxy == ""


def test_plain_http_in_the_own_network_needs_a_setting_that_names_the_host(caplog):
    url = "http://10.0.0.5:8080"
    with pytest.raises(ConfigError, match=r"allow_http = .10\.0\.0\.5"):
        resolve(url, TOKEN, None, None, {}, allow_http="10.0.0.6")
    assert resolve(url, TOKEN, None, None, {}, allow_http="10.0.0.5").url == url
    assert "without encryption" in caplog.text
    assert TOKEN not in caplog.text
    environ = _with_home({"OQTOPUS_URL": url, "OQTOPUS_API_TOKEN": TOKEN, "OQTOPUS_ALLOW_HTTP": "10.0.0.5"})
    assert resolve(None, None, None, None, environ).allow_http == "10.0.0.5"
    _write(f"[default]\nurl = {url}\napi_token = {TOKEN}\nallow_http = 10.0.0.5\n")
    assert resolve(None, None, None, None, _with_home({})).url == url


def test_no_setting_lets_a_token_go_unencrypted_over_the_internet_or_to_a_stranger():
    with pytest.raises(ConfigError, match="unencrypted"):
        resolve("http://8.8.8.8", TOKEN, None, None, {}, allow_http="8.8.8.8")
    with pytest.raises(AuthenticationError, match="is not sent there"):
        resolve("http://10.0.0.5", None, None, None, _with_home(ENVIRONMENT), allow_http="10.0.0.5")


@pytest.mark.parametrize(
    "url", ["https://[::1/x", "https://a\\@b", "https://a.example/\x1b]0;x\x07", "https://" + "a" * 10**5]
)
def test_a_damaged_url_is_a_configuration_error_that_is_short_and_shows_no_control_characters(url):
    for given in ((url, TOKEN), (url, None)):
        with pytest.raises(ConfigError) as caught:
            resolve(*given, None, None, _with_home(ENVIRONMENT))
        assert len(str(caught.value)) < 500
        assert str(caught.value).isprintable()


def test_a_doctor_is_told_where_the_token_comes_from_and_never_the_token(monkeypatch):
    file = _write(f"[default]\nurl = https://file.example\napi_token = {TOKEN}\n")

    (from_file,) = OqtopusBackend().credentials()
    monkeypatch.setenv("OQTOPUS_URL", "https://env.example")
    monkeypatch.setenv("OQTOPUS_API_TOKEN", OTHER)
    (from_environment,) = OqtopusBackend().credentials()
    (from_options,) = OqtopusBackend(url="https://arg.example", token=OTHER).credentials()
    (for_another_url,) = OqtopusBackend(url="https://stranger.example").credentials()

    assert (from_file.source, from_file.goes_to) == (f"[default] of {file}", "https://file.example")
    assert (from_environment.source, from_environment.goes_to) == ("OQTOPUS_API_TOKEN", "https://env.example")
    assert from_options.source == "the options"
    assert "no API token is configured for https://stranger.example" in for_another_url.problem
    assert not any(
        secret in repr((from_file, from_environment, from_options, for_another_url)) for secret in (TOKEN, OTHER)
    )


def test_a_token_that_is_missing_is_a_problem_a_doctor_tells_and_no_error():
    (missing,) = OqtopusBackend().credentials()

    assert missing.source == ""
    assert "type in a shell: export OQTOPUS_URL=" in missing.problem
