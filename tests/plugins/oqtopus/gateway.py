"""A server between client and service: it passes everything on, counts it, and meddles where a test tells it to."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Answer:
    """What the service answered, or what takes its place."""

    def __init__(self, status, body, headers=()):
        self.status, self.body, self.headers = status, body, dict(headers)


class Gateway:
    """
    Stands in front of an emulator, with its token.

    Args:
        emulator: What answers.
        meddle: Called with method, path with query, and a function that asks the service; returns the answer.
    """

    def __init__(self, emulator, meddle=lambda _method, _path, ask: ask()):
        self.emulator, self.meddle, self.token = emulator, meddle, emulator.token
        self.seen = []
        self._lock = threading.Lock()

    def __enter__(self):
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                answer = gateway.meddle(self.command, self.path, lambda: gateway.ask(self, body))
                with gateway._lock:  # one object in two
                    gateway.seen.append((self.command, self.path, len(answer.body)))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.lower() in ("content-type", "retry-after"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_GET = do_POST = do_DELETE = _pass  # noqa: N815  # the names that http.server looks for

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def ask(self, handler, body):
        """Pass a request on; the emulator signs addresses for whoever it was called, so storage is seen here too."""
        connection = http.client.HTTPConnection(urlsplit(self.emulator.url).netloc, timeout=60)
        try:
            headers = {name: value for name, value in handler.headers.items() if name.lower() != "connection"}
            connection.request(handler.command, handler.path, body=body or None, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, response.read(), response.getheaders())
        finally:
            connection.close()

    def count(self, method, path):
        """Return how many requests there were whose path, without its query, begins so."""
        return sum(m == method and p.partition("?")[0].startswith(path) for m, p, _ in self.seen)

    def lists(self):
        """Return the queries of the list requests and the bytes of their answers."""
        return [(p.partition("?")[2], size) for m, p, size in self.seen if m == "GET" and p.startswith("/jobs?")]
