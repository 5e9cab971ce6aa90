"""Where work may be done beside this process: executors by name, as ``oqx analyze RUN --executor NAME`` takes them."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from typing import ClassVar

from attrs import frozen


@frozen(kw_only=True)
class ExecutorProvider(ABC):
    """
    Base of what opens an executor: a frozen attrs class whose fields are its options.

    What is done in an executor is pure: a piece that is begun again, elsewhere or later, comes to the same.
    """

    name: ClassVar[str]
    """Name by which it is asked for: ``--executor <name>``."""

    @abstractmethod
    def open(self) -> AbstractContextManager[Executor]:
        """
        Return what is entered for an executor of the standard library's kind, and closes it at the end.

        What is submitted is pickled for workers in other processes: functions of modules, and values.

        Raises:
            BackendError: When there are no workers, or some that must not be used, as their plugins or versions are
                others; it names them. Here or when it is entered.
        """

    def pieces_at_once(self, executor: Executor) -> int:
        """
        Return how many pieces may be under way at once: as many as there are workers. Asked again while they work.

        By default as many as this computer has cores.

        Args:
            executor: What `open` gave.

        Raises:
            BackendError: When the workers cannot be asked.
        """
        return os.cpu_count() or 1
