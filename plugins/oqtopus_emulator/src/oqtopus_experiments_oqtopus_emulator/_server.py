"""Running the server: here and now, in a thread, or in a process of its own."""

from __future__ import annotations

import socket
import threading

import uvicorn

from oqtopus_experiments_oqtopus_emulator._app import Settings, make_app, open_service
from oqtopus_experiments_oqtopus_emulator._connections import Protocol

HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """
    Return a listening socket on the loopback interface; port 0 takes a free one.

    Clients can connect from now on, and are answered when the server runs.

    Raises:
        OSError: When the port is taken.
    """
    # With the protocol named, asyncio switches Nagle off; without, small answers wait 40 ms for an acknowledgement.
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((HOST, port))
        opened.listen(256)
    except OSError:
        opened.close()
        raise
    return opened


class Server:
    """
    A server and what belongs to it.

    Args:
        settings: How it behaves.
        port: Where; 0 takes a free one. `url` says which.
    """

    def __init__(self, settings: Settings, port: int) -> None:
        self._settings = settings
        self._socket = listen(port)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"
        self._service = open_service(settings)
        config = uvicorn.Config(
            make_app(self._service, settings),
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Serve until interrupted."""
        if not self._settings.manual:
            self._service.engine.start()
        try:
            self._uvicorn.run(sockets=[self._socket])
        finally:
            self._service.engine.stop()
            self._service.state.close()
            self._socket.close()

    def start(self) -> None:
        """Serve in a thread."""
        self._thread = threading.Thread(target=self.run, name="oqtopus-emulator", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End what `start` began."""
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join()
