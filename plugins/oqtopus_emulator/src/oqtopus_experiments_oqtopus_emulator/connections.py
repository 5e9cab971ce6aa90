"""The connections of the server, so that one can be closed without an answer."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

_open: dict[Any, asyncio.Transport] = {}


class Protocol(H11Protocol):
    """uvicorn's HTTP, with every open connection on record by the address of the client."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Record a connection."""
        super().connection_made(transport)
        _open[transport.get_extra_info("peername")] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        _open.pop(self.transport.get_extra_info("peername"), None)
        super().connection_lost(exc)


def drop(scope: Scope) -> None:
    """Close the connection of a request at once; nothing more is sent."""
    _open[tuple(scope["client"])].abort()


def close(scope: Scope) -> None:
    """Close the connection of a request after what was written."""
    _open[tuple(scope["client"])].close()
