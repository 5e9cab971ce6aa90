"""Where jobs are prepared and run, in the process that may be ended."""

from __future__ import annotations

import traceback

from oqtopus_experiments_oqtopus_emulator import _execute as execute
from oqtopus_experiments_oqtopus_emulator._errors import JobFailure
from oqtopus_experiments_oqtopus_emulator._wire import Answer, Order

_KEPT = 16
"""Prepared jobs that are kept until they run; more wait only where jobs hang, and are prepared again."""


class Bench:
    """Works orders off. A job that was not prepared here, or long ago, is prepared when it runs."""

    def __init__(self) -> None:
        self._prepared: dict[str, execute.Prepared] = {}

    def work(self, order: Order) -> Answer:
        """
        Do what an order says.

        Raises:
            MemoryError: When there is not enough for it.
        """
        job, device = order.job, order.device
        read = False
        try:
            prepared = self._prepared.pop(job.job_id, None)
            if prepared is None:
                programs = execute.read(job, order.content, device)
                read = True
                prepared = execute.prepare(job, programs, device)
            if order.stage == "prepare":
                self._keep(job.job_id, prepared)
                return Answer(files=prepared.files)
            result = execute.run(job, prepared, device, order.seed)
            return Answer(files={"result": result.zipped}, seconds=result.seconds)
        except JobFailure as failure:
            return Answer(failure=str(failure), cause=repr(failure.__cause__ or failure), unread=not read)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  # as the service: any error ends the job with its text
            return Answer(failure=str(error), cause=traceback.format_exc(), unread=not read)

    def _keep(self, job_id: str, prepared: execute.Prepared) -> None:
        self._prepared[job_id] = prepared
        while len(self._prepared) > _KEPT:
            del self._prepared[next(iter(self._prepared))]
