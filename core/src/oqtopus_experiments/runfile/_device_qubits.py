"""The qubits of the device a file runs on, asked for once, where ranges name ``all`` of them."""

from __future__ import annotations

from attrs import define, field

from oqtopus_experiments.contracts.backend import Backend
from oqtopus_experiments.contracts.qubit_ranges import EXAMPLES, names_all, qubits_in
from oqtopus_experiments.errors import DeviceError
from oqtopus_experiments.plugins._backend_calls import all_qubits


@define
class DeviceQubits:
    """
    The qubits of the device of a backend.

    Args:
        backend: The backend; asked when a range needs it, and once.
    """

    backend: Backend
    _known: tuple[int, ...] | None = field(default=None, init=False)

    def meant(self, text: str) -> tuple[int, ...]:
        """
        Return the qubits that ranges mean.

        Raises:
            ValueError: When they mean none, or ``all`` of a backend that has no device.
            BackendError: When the device cannot be asked.
        """
        return qubits_in(text, self._all() if names_all(text) else None)

    def _all(self) -> tuple[int, ...]:
        if self._known is None:
            try:
                self._known = all_qubits(self.backend)
            except DeviceError as error:
                message = f'"all" are the qubits of the device, but {error}; write {EXAMPLES}'
                raise ValueError(message) from error
            if not self._known:
                message = f'"all" are the qubits of the device of {self.backend.name!r}, which does not tell them; '
                raise ValueError(f"{message}write {EXAMPLES}")
        return self._known
