"""Who may talk to the server, and the answers for those who may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import frozen
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from oqtopus_experiments_oqtopus_emulator._signing import BUCKET

DEFAULT_TOKEN = "local.emulator"  # noqa: S105  # nothing is behind it
CONTROL = "/_emulator"


@frozen
class User:
    """
    An account.

    Args:
        token: ``<id>.<secret>``; the id names the account.
        devices: The devices it may use; None means all.
        approved: Whether it may use the service at all.
    """

    token: str
    devices: Sequence[str] | None = None
    approved: bool = True

    @property
    def name(self) -> str:
        """Owner of the jobs."""
        return self.token.partition(".")[0]

    def may_use(self, device_id: str) -> bool:
        """Whether jobs for this device are accepted."""
        return self.devices is None or device_id in self.devices


class Authentication:
    """ASGI middleware: checks the token of all requests but those to storage, which are signed, and marks answers."""

    def __init__(self, app: ASGIApp, users: Mapping[str, User]) -> None:
        self._app = app
        self._users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["path"].startswith(f"/{BUCKET}"):
            await self._app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                # What the service says when it does not run behind Amazon's gateway.
                message["headers"] = [*message["headers"], (b"x-correlation-id", b"local-correlation-id")]
            await send(message)

        headers = dict(scope["headers"])
        token = headers.get(b"q-api-token", b"").decode("latin-1")
        user = self._users.get(token)
        if user is None:
            # An empty token counts as none. No web logins here, so a bearer token is never valid.
            extra = {} if token else {"WWW-Authenticate": "Bearer"}
            await JSONResponse({"detail": "Unauthorized"}, 401, headers=extra)(scope, receive, marked)
        elif not user.approved:
            await JSONResponse({"detail": "Forbidden"}, 403)(scope, receive, marked)
        else:
            scope["user"] = user
            await self._app(scope, receive, marked)
