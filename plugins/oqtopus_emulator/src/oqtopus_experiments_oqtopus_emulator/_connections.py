"""The connections of the server, so that one can be closed without an answer."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

# By both ends: two servers of one process may see the same address of a client.
_open: dict[tuple[Any, Any], asyncio.Transport] = {}


class Protocol(H11Protocol):
    """uvicorn's HTTP, with every open connection on record."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Record a connection."""
        super().connection_made(transport)
        _open[self.client, self.server] = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        _open.pop((self.client, self.server), None)
        super().connection_lost(exc)


async def drop(scope: Scope, receive: Receive) -> None:
    """Close the connection of a request at once; what was not sent yet never is."""
    _open[scope["client"], scope["server"]].abort()
    await _gone(receive)


async def close(scope: Scope, receive: Receive) -> None:
    """Close the connection of a request after what was sent."""
    _open[scope["client"], scope["server"]].close()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    # uvicorn takes an application that ends without an answer on an open connection for broken.
    while (await receive())["type"] != "http.disconnect":
        pass
