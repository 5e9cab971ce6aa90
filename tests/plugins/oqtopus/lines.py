"""A server of plain sockets on this machine, for what no server of HTTP would say."""

from __future__ import annotations

import contextlib
import socket
import threading
import time


class Line:
    """
    Listens on a free port and hands every request to a function, with the socket to answer on.

    Args:
        answer: Called as ``answer(request, send)``; `send` takes bytes. The socket is closed when it returns.
    """

    def __init__(self, answer):
        self._answer = answer
        self._ended = threading.Event()
        self.requests = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._listening.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connected, _ = self._listening.accept()
                threading.Thread(target=self._talk, args=(connected,), daemon=True).start()

    def _talk(self, connected):
        with contextlib.suppress(OSError), connected:
            connected.settimeout(60)
            request = b""
            while b"\r\n\r\n" not in request:
                request += connected.recv(65536)
            self.requests.append(request)
            self._answer(request, connected.sendall)

    def drip(self, send, data, pause=0.2):
        """Send a byte at a time until there is no more, the server ends, or the other side has gone."""
        for byte in data:
            if self._ended.wait(pause):
                return
            send(bytes([byte]))


def response(body, status="200 OK", headers=""):
    """Return a whole answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def dripping(way):
    """Return a `Line` that answers everything a byte at a time, in one of several ways."""
    starts = {
        "nothing": b"",
        "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
        "body": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n[",
        "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "continue": b"",
    }

    def answer(_, send):
        send(starts[way])
        if way == "nothing":
            line._ended.wait(120)
        elif way == "continue":
            while not line._ended.wait(0.2):
                send(b"HTTP/1.1 100 Continue\r\n\r\n")
        else:
            line.drip(send, {"headers": b"a" * 1000, "body": b" " * 1000, "chunks": b"1\r\n \r\n" * 200}[way])

    line = Line(answer)
    return line


def seconds_of(work):
    """Return how long something took."""
    started = time.monotonic()
    work()
    return time.monotonic() - started
