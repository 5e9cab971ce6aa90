"""How long something takes a processor, whatever else lives in the process."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def processor_seconds(work: Callable[[], object]) -> float:
    """
    Return the processor time of a call.

    Nothing is collected meanwhile: the collector looks at all that is alive, so that its time is that of the process
    and not of the call, and grows faster than what is made.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        started = time.process_time()
        work()
        return time.process_time() - started
    finally:
        if collects:
            gc.enable()
