"""
Ctrl-C, pressed by a person: once, twice in a row, or held down.

The first press raises `KeyboardInterrupt` wherever the program is. A second within half a second is part of the first:
it would otherwise strike while the first is being answered, and end in a traceback instead of a sentence. A later one
counts anew. When the program is over but threads are still being waited for, a press ends it at once.
"""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from typing import Any

SAME_PRESS = 0.5
"""Seconds within which another Ctrl-C belongs to the one before."""


class CtrlC:
    """The one handler of Ctrl-C while a command runs."""

    def __init__(self) -> None:
        self._last = -SAME_PRESS
        self._code: int | None = None
        self._before: Any = None
        self._unraisable: Any = None

    def watch(self) -> None:
        """Take over Ctrl-C, unless it is to be ignored (a job in the background) or this is not a main thread."""
        if threading.current_thread() is not threading.main_thread():
            return
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
            return
        self._before = signal.signal(signal.SIGINT, self._pressed)
        self._unraisable, sys.unraisablehook = sys.unraisablehook, self._lost

    def over(self, code: int) -> None:
        """From now on a press ends the process with this exit code."""
        self._code = code
        # The last steps of the interpreter know no handler, and a press there would end it by a signal.
        if self._before is not None:
            atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)

    def give_back(self) -> None:
        """Leave Ctrl-C to whoever had it before."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            sys.unraisablehook = self._unraisable

    def _pressed(self, *_: object) -> None:
        now = time.monotonic()
        same, self._last = now - self._last < SAME_PRESS, now
        if self._code is not None:
            os._exit(self._code)
        if not same:
            raise KeyboardInterrupt

    def _lost(self, lost: Any) -> None:
        """Press again for a press that struck in a destructor, where Python can only print what is raised."""
        if lost.exc_type is KeyboardInterrupt:
            self._last = -SAME_PRESS
            # From another thread and a moment later: pressed here and now it would strike in this very hook.
            again = threading.Timer(0.01, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
            again.daemon = True
            again.start()
        else:
            self._unraisable(lost)
