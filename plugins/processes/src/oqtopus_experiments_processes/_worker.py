"""What a worker process does: it answers calls until its client is gone."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from multiprocessing.connection import Connection, wait
from typing import Any


def serve(line: Connection) -> None:
    """Answer the calls that come along a line, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_client, daemon=True).start()
    line.send_bytes(b"")
    while True:
        try:
            packed = line.recv_bytes()
            line.send_bytes(_answer(packed))
        except (EOFError, OSError):  # the client has closed it, or is gone
            return


def _end_with_the_client() -> None:
    """End this process at once when the client is gone, also one that was killed: nobody else would."""
    client = multiprocessing.parent_process()
    if client is not None:
        wait([client.sentinel])
        os._exit(1)


def _answer(packed: bytes) -> bytes:
    try:
        done: tuple[bool, Any] = (True, pickle.loads(packed)())  # noqa: S301  # written by our client
        return pickle.dumps(done, pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # noqa: BLE001  # whatever it is, it is the answer
        error.add_note(f"in process {os.getpid()}:\n{traceback.format_exc()}")
        return _told(error)


def _told(error: BaseException) -> bytes:
    """Return an error as an answer; one that does not survive the way is told in words."""
    try:
        packed = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(packed)  # noqa: S301  # as above
    except Exception:  # noqa: BLE001  # the author's own class may do anything
        return pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return packed
