"""What a person has configured: the environment, and the sections of the files of the official clients."""

from __future__ import annotations

import configparser
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import field, frozen

from oqtopus_experiments import ConfigError


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
        ConfigError: When a file is no INI file.
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
