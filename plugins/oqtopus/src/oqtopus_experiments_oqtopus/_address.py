"""Addresses on the web, read by one strict parser: what is compared, checked, shown and asked is the same text."""

from __future__ import annotations

import ipaddress
import re
from functools import cached_property

from attrs import field, frozen

from oqtopus_experiments import ConfigError

LONGEST = 16_384
"""Characters of an address; a presigned one has one or two thousand."""

_FORM = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]+\]|[^\s/?#@\\:\[\]%]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[!$-;=@-\[\]_a-z~]*)?(?:\?(?P<query>[!$-;=?@-\[\]_a-z~]*))?",
    re.ASCII | re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_PORTS = {"http": 80, "https": 443}


@frozen
class Address:
    """
    An http or https address.

    Args:
        scheme: ``"http"`` or ``"https"``.
        host: In lower case and ASCII; an IPv6 address without its brackets.
        port: Its number, the usual one where none is written.
        path: Empty, or from its first slash on.
        query: What follows the question mark; presigned addresses hold a signature there.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str = field(default="", repr=False)

    @classmethod
    def parse(cls, text: str) -> Address:
        """
        Return the address that a text is, with nothing left to guess.

        Raises:
            ValueError: For a user or password, a backslash, spaces and control characters, a fragment, steps such
                as ``..``, an invalid host or port. The message does not quote the text, which may hold a signature.
        """
        if len(text) > LONGEST:
            message = f"an address of {len(text)} characters"
            raise ValueError(message)
        found = _FORM.fullmatch(text)
        if found is None:
            message = "it must look like https://host/path"
            raise ValueError(message)
        scheme, path = found["scheme"].lower(), found["path"] or ""
        port = int(found["port"] or _PORTS[scheme])
        if not 0 < port < 65536:
            message = f"{port} is not a port"
            raise ValueError(message)
        if any(re.fullmatch(r"(\.|%2e){1,2}", step, re.IGNORECASE) for step in path.split("/")):
            message = "its path must not hold the steps . and .."
            raise ValueError(message)
        return cls(scheme, _host(found["host"]), port, path, found["query"] or "")

    @property
    def origin(self) -> str:
        """Scheme, host and port, the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _PORTS[self.scheme] else f":{self.port}")

    @property
    def base(self) -> str:
        """The address without query and without a slash at its end: two that are equal are one place."""
        return self.origin + self.path.rstrip("/")

    @property
    def url(self) -> str:
        """The whole address, as it is asked."""
        return self.origin + self.path + (f"?{self.query}" if self.query else "")

    @property
    def loopback(self) -> bool:
        """Whether it is this machine, for certain."""
        return self.host == "localhost" or (self._ip is not None and self._ip.is_loopback)

    @property
    def reserved(self) -> bool:
        """Whether it may be this machine or what serves it alone: nobody else has a reason to name such an address."""
        if self._ip is None:
            return self.host == "localhost" or self.host.endswith(".localhost")
        return self._ip.is_loopback or self._ip.is_unspecified or self._ip.is_link_local

    @property
    def public(self) -> bool:
        """Whether it is a number of the public internet; a name may be anything."""
        return self._ip is not None and self._ip.is_global

    @cached_property
    def _ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        try:
            found = ipaddress.ip_address(self.host)
        except ValueError:
            return None
        return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _host(text: str) -> str:
    if text.startswith("["):
        return str(ipaddress.IPv6Address(text[1:-1]))
    if not text.isascii():
        import idna

        text = idna.encode(text, uts46=True).decode()  # its errors are ValueErrors
    name = text.lower().removesuffix(".")
    labels = name.split(".")
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]):
        return str(ipaddress.IPv4Address(name))  # 127.1 and 0x7f.1 are read by some and not by others
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        message = "it has no valid host"
        raise ValueError(message)
    return name


def same_place(one: str, other: str) -> bool:
    """Return whether two addresses are one, however they are written."""
    try:
        return Address.parse(one).base == Address.parse(other).base
    except ValueError:
        return False


def shown(url: str) -> str:
    """Return the host of an address for a message, or words where it is not valid."""
    try:
        return Address.parse(url).origin
    except ValueError:
        return "an address that is not valid"


def check_url(url: str, allow_http: str, *, encrypted: bool = True) -> Address:
    """
    Return the base address of a service.

    Args:
        url: The text.
        allow_http: Host that may be asked without encryption, besides this machine.
        encrypted: Whether any other must be encrypted.

    Raises:
        ConfigError: When it is not valid, carries a password, or is plain http to another machine.
    """
    try:
        address = Address.parse(url)
    except ValueError as error:
        if "@" in url.partition("//")[2].partition("/")[0]:
            message = "the OQTOPUS URL must not hold a user or a password; the token is sent as a header"
        else:
            message = f"the OQTOPUS URL must look like https://host/path, not {url[:200]!r} ({error})"
        raise ConfigError(message, path="url") from None
    if "?" in url:
        message = f"the OQTOPUS URL must look like https://host/path, not {url[:200]!r}"
        raise ConfigError(message, path="url")
    allowed = address.loopback or (address.host == allow_http and not address.public)
    if encrypted and address.scheme == "http" and not allowed:
        message = (
            f"{address.base!r} would send the token unencrypted; use https://. Plain http is for this machine, and for "
            f"a service of your own network whose host you name: allow_http = {address.host!r} in the config file, or "
            "OQTOPUS_ALLOW_HTTP"
        )
        raise ConfigError(message, path="url")
    return address
