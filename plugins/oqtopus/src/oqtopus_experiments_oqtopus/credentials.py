"""
Where the service is and who is asking.

Looked for in this order: arguments; a profile of the official clients' files when one is named; the environment
(``OQTOPUS_URL``, ``OQTOPUS_API_TOKEN``, ``OQTOPUS_PROXY``); the section ``[default]`` of those files
(``$XDG_CONFIG_HOME/oqtopus/config.ini``, by default ``~/.config/oqtopus/config.ini``; ``~/.oqtopus``).
"""

from __future__ import annotations

import configparser
import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from attrs import field, frozen

from oqtopus_experiments import AuthenticationError, ConfigError

_HOW = (
    "pass url= and token=, or set OQTOPUS_URL and OQTOPUS_API_TOKEN, or write [default] url = ... and api_token = ... "
    "into ~/.config/oqtopus/config.ini. Without an account: LocalBackend(device='noisy') runs here"
)


@frozen
class Credentials:
    """
    A checked address, with the token that goes to it and nowhere else.

    Args:
        url: Base of the API, without a slash at its end.
        token: The API token.
        proxy: URL of a proxy; empty for what the system says.
    """

    url: str
    token: str = field(repr=False)
    proxy: str = field(default="", repr=False)

    @property
    def loopback(self) -> bool:
        """Whether the service runs on this machine."""
        return is_loopback(self.url)


def resolve(
    url: str | None, token: str | None, proxy: str | None, profile: str | None, environ: Mapping[str, str] | None = None
) -> Credentials:
    """
    Return the credentials to use; arguments that are None are looked up.

    Raises:
        AuthenticationError: When there are none, or the token cannot be one.
        ConfigError: When a file is damaged, has no such profile, or the URL is none or not encrypted.
    """
    environ = os.environ if environ is None else environ
    kept = _from_files(profile, environ)
    spoken = {} if profile else _from_environment(environ)
    address = url or spoken.get("url") or kept.get("url")
    secret = token or spoken.get("token")
    if not secret and address and address.rstrip("/") == kept.get("url", "").rstrip("/"):
        secret = kept.get("token")  # the token of a file goes only where that file says
    if not address or not secret:
        missing = " and ".join(name for name, value in (("URL", address), ("API token", secret)) if not value)
        message = f"no OQTOPUS {missing} found{f' for profile {profile!r}' if profile else ''}: {_HOW}"
        raise AuthenticationError(message)
    check_token(secret)
    return Credentials(check_url(address), secret, proxy or spoken.get("proxy") or kept.get("proxy", ""))


def check_url(url: str) -> str:
    """
    Return a base URL without a slash at its end.

    Raises:
        ConfigError: When it is none, carries a password, or is plain http to another machine.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        message = f"the OQTOPUS URL must look like https://host/path, not {url!r}"
        raise ConfigError(message, path="url")
    if parts.username is not None or parts.password is not None:
        message = "the OQTOPUS URL must not hold a user or a password; the token is sent as a header"
        raise ConfigError(message, path="url")
    if parts.scheme == "http" and not is_loopback(url):
        message = f"{url!r} would send the token unencrypted; use https:// (plain http is for this machine only)"
        raise ConfigError(message, path="url")
    return url.rstrip("/")


def check_token(token: str) -> None:
    """
    Refuse what the service refuses unread: a token is two parts of visible ASCII with one dot between.

    Raises:
        AuthenticationError: Without showing the token.
    """
    if not re.fullmatch(r"[!-\-/-~]+\.[!-\-/-~]+", token):
        message = "the OQTOPUS API token is malformed: it must be ID.SECRET, with one dot and no spaces, as issued"
        raise AuthenticationError(message)


def is_loopback(url: str) -> bool:
    """Return whether a URL points to this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _from_environment(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        "url": environ.get("OQTOPUS_URL") or environ.get("OQTOPUS_BASE_URL", ""),
        "token": environ.get("OQTOPUS_API_TOKEN", ""),
        "proxy": environ.get("OQTOPUS_PROXY", ""),
    }


def _from_files(profile: str | None, environ: Mapping[str, str]) -> dict[str, str]:
    section = profile or "default"
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    base = Path(environ["XDG_CONFIG_HOME"]) if environ.get("XDG_CONFIG_HOME") else home / ".config"
    files = [file for file in (base / "oqtopus" / "config.ini", home / ".oqtopus") if file.is_file()]
    seen: list[str] = []
    for file in files:
        parser = configparser.ConfigParser(interpolation=None, default_section="")
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError, OSError) as error:
            # The text of the error would quote the line, which may be the token.
            message = (
                f"cannot be read as an INI file ({type(error).__name__}); it needs [default] with url and api_token"
            )
            raise ConfigError(message, file=file) from None
        if parser.has_section(section):
            found = parser[section]
            return {
                "url": found.get("url", "") or found.get("base_url", ""),
                "token": found.get("api_token", ""),
                "proxy": found.get("proxy", ""),
            }
        seen += parser.sections()
    if profile:
        where = " or ".join(map(str, files)) or "~/.config/oqtopus/config.ini or ~/.oqtopus (neither exists)"
        message = f"no profile {profile!r} in {where} (profiles: {', '.join(seen) or 'none'})"
        raise ConfigError(message, path="profile")
    return {}
