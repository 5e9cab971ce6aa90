"""
Where the service is and who is asking. A token goes to the URL it was configured with, and nowhere else.

Places where both may be written down, in this order: arguments (options of a run file are such); a profile of the
official clients' files when one is named; the environment (``OQTOPUS_URL``, ``OQTOPUS_API_TOKEN``, ``OQTOPUS_PROXY``);
the section ``[default]`` of those files (``$XDG_CONFIG_HOME/oqtopus/config.ini``, by default
``~/.config/oqtopus/config.ini``; ``~/.oqtopus``).

A URL may come from a file or a run folder of somebody else. Then the token must come from there too, or be configured
for that very URL in one of the places above or in another section of the files, or a person must say yes.
"""

from __future__ import annotations

import configparser
import logging
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
from attrs import field, frozen

from oqtopus_experiments import AuthenticationError, ConfigError, questions
from oqtopus_experiments_oqtopus._address import Address, check_url, same_place, shown

logger = logging.getLogger(__name__)

_HOW = (
    "type in a shell: export OQTOPUS_URL=https://... OQTOPUS_API_TOKEN=... (in PowerShell: $env:OQTOPUS_URL = "
    "'https://...'; $env:OQTOPUS_API_TOKEN = '...'), or write [default] url = ... and api_token = ... into "
    "~/.config/oqtopus/config.ini, or in Python pass url= and token=. Without an account: --backend noisy, or "
    "LocalBackend(device='noisy'), runs here"
)


@frozen
class Credentials:
    """
    A checked address, with the token that goes to it and nowhere else.

    Args:
        url: Base of the API, without a slash at its end.
        token: The API token.
        proxy: URL of a proxy; empty for what the system says.
        allow_http: Host that may be asked without encryption, besides this machine; empty for none.
        source: Where the token was found.
    """

    url: str
    token: str = field(repr=False)
    proxy: str = field(default="", repr=False)
    allow_http: str = ""
    source: str = ""

    @property
    def loopback(self) -> bool:
        """Whether the service runs on this machine."""
        return self.address.loopback

    @property
    def address(self) -> Address:
        """The parts of the URL."""
        return Address.parse(self.url)


def resolve(
    url: str | None,
    token: str | None,
    proxy: str | None,
    profile: str | None,
    environ: Mapping[str, str] | None = None,
    *,
    allow_http: str | None = None,
) -> Credentials:
    """
    Return the credentials to use; arguments that are None are looked up.

    Raises:
        AuthenticationError: When none are found, the token is malformed, or what is found belongs to another URL.
        ConfigError: When a file is damaged, has no such profile, or the URL is not valid or not encrypted.
    """
    environ = os.environ if environ is None else environ
    given = Account("the options", url or "", token or "", proxy or "", allow_http or "")
    if given.url and given.token:
        return _checked(given, given, profile)
    own = _Own.of(profile, environ)
    if given.token:
        chosen = attrs.evolve(own.usual(), token=given.token)
    elif given.url:
        chosen = own.for_url(given.url)
    else:
        chosen = own.usual()
    spoken = own.spoken
    chosen = attrs.evolve(chosen, proxy=spoken.proxy or chosen.proxy, allow_http=spoken.allow_http or chosen.allow_http)
    if given.proxy and given.proxy != chosen.proxy and not given.token:
        message = (
            f"the option 'proxy' goes with a token given in the same place; the token of {chosen.source} is not sent "
            "through it. Configure it where the token is: OQTOPUS_PROXY, or proxy = ... in the config file"
        )
        raise AuthenticationError(message)
    return _checked(chosen, given, profile)


@frozen
class _Own:
    """What this person has configured: the environment, the usual section of the files, and the others."""

    spoken: Account
    kept: Account
    others: tuple[Account, ...]

    @classmethod
    def of(cls, profile: str | None, environ: Mapping[str, str]) -> _Own:
        files = from_files(environ)
        if profile is None or not profile:
            usual = files.pop("default", Account("the config file"))
            return cls(from_environment(environ), usual, tuple(files.values()))
        if profile not in files:
            known = ", ".join(files) or "none"
            message = f"no profile {profile!r} in ~/.config/oqtopus/config.ini or ~/.oqtopus (profiles: {known})"
            raise ConfigError(message, path="profile")
        return cls(Account("the environment"), files[profile], ())

    def usual(self) -> Account:
        """Return what is meant when nothing is said."""
        if self.spoken.url:
            return self._with_token(self.spoken.url) or self.spoken
        if not self.spoken.token or not self.kept.url:
            return attrs.evolve(self.kept, token=self.spoken.token or self.kept.token)
        if self.kept.token not in ("", self.spoken.token):
            message = (
                f"OQTOPUS_API_TOKEN is set without OQTOPUS_URL, and {self.kept.source} has a token of its own for "
                f"{self.kept.url}: set OQTOPUS_URL too, or unset OQTOPUS_API_TOKEN"
            )
            raise AuthenticationError(message)
        return attrs.evolve(self.kept, source=self.spoken.source, token=self.spoken.token)

    def for_url(self, url: str) -> Account:
        """Return the account of a URL that may come from anybody."""
        if found := self._with_token(url):
            return found
        there = check_url(url, "", encrypted=False)
        strange = next((account for account in (self.spoken, self.kept, *self.others) if account.token), None)
        if strange is None:
            return Account("the options", url)
        belongs = f"belongs to {shown(strange.url)}" if strange.url else "was set without a URL"
        if questions.agreed(f"The API token of {strange.source} {belongs}. Send it to {there.origin} all the same?"):
            return attrs.evolve(strange, url=url, proxy="")
        message = (
            f"no API token is configured for {there.origin}, which the options or the run name; the token of "
            f"{strange.source} {belongs} and is not sent there. If you trust {there.host}: set OQTOPUS_URL to "
            f"{there.base} beside OQTOPUS_API_TOKEN, or give it a section with url and api_token in "
            "~/.config/oqtopus/config.ini, or pass token= together with url="
        )
        raise AuthenticationError(message)

    def _with_token(self, url: str) -> Account | None:
        return next(
            (one for one in (self.spoken, self.kept, *self.others) if one.token and same_place(one.url, url)), None
        )


def _checked(chosen: Account, given: Account, profile: str | None) -> Credentials:
    if not chosen.url or not chosen.token:
        missing = " and ".join(name for name, value in (("URL", chosen.url), ("API token", chosen.token)) if not value)
        message = f"no OQTOPUS {missing} found{f' for profile {profile!r}' if profile else ''}: {_HOW}"
        raise AuthenticationError(message)
    check_token(chosen.token)
    allowed = (given.allow_http or chosen.allow_http).strip(" []").lower()
    address = check_url(chosen.url, allowed)
    if address.scheme == "http" and not address.loopback:
        logger.warning(
            "%s is asked without encryption, as allowed: everybody on the way can read the token", address.base
        )
    source = (given if given.token else chosen).source
    return Credentials(address.base, chosen.token, given.proxy or chosen.proxy, allowed, source)


def check_token(token: str) -> None:
    """
    Refuse what the service refuses unread: a token is two parts of visible ASCII with one dot between.

    Raises:
        AuthenticationError: Without showing the token.
    """
    if not re.fullmatch(r"[!-\-/-~]+\.[!-\-/-~]+", token):
        message = "the OQTOPUS API token is malformed: it must be ID.SECRET, with one dot and no spaces, as issued"
        raise AuthenticationError(message)


@frozen
class Account:
    """
    One place where a service and a token are written down together; empty texts for what is not.

    Args:
        source: The place, for a message.
        url: Address of the service.
        token: The token for it.
        proxy: The way to it.
        allow_http: Host that may be asked without encryption.
    """

    source: str
    url: str = ""
    token: str = field(default="", repr=False)
    proxy: str = field(default="", repr=False)
    allow_http: str = ""


def from_environment(environ: Mapping[str, str]) -> Account:
    """Return what ``OQTOPUS_...`` say."""
    return Account(
        "the environment",
        environ.get("OQTOPUS_URL") or environ.get("OQTOPUS_BASE_URL", ""),
        environ.get("OQTOPUS_API_TOKEN", ""),
        environ.get("OQTOPUS_PROXY", ""),
        environ.get("OQTOPUS_ALLOW_HTTP", ""),
    )


def from_files(environ: Mapping[str, str]) -> dict[str, Account]:
    """
    Return the sections of the files by name; of two with one name that of the first file counts.

    Raises:
        ConfigError: When a file is not an INI file.
    """
    found: dict[str, Account] = {}
    for file in _files(environ):
        for name, account in _sections(file):
            found.setdefault(name, account)
    return found


def _files(environ: Mapping[str, str]) -> list[Path]:
    home = Path(environ["HOME"]) if environ.get("HOME") else Path.home()
    base = Path(environ["XDG_CONFIG_HOME"]) if environ.get("XDG_CONFIG_HOME") else home / ".config"
    return [file for file in (base / "oqtopus" / "config.ini", home / ".oqtopus") if file.is_file()]


def _sections(file: Path) -> Iterator[tuple[str, Account]]:
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError) as error:
        # The text of the error would quote the line, which may be the token.
        message = f"cannot be read as an INI file ({type(error).__name__}); it needs [default] with url and api_token"
        raise ConfigError(message, file=file) from None
    for name in parser.sections():
        section = parser[name]
        yield (
            name,
            Account(
                f"[{name}] of {file}",
                section.get("url", "") or section.get("base_url", ""),
                section.get("api_token", ""),
                section.get("proxy", ""),
                section.get("allow_http", ""),
            ),
        )
