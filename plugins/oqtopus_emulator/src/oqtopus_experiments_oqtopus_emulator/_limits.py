"""How much of the machine strangers may have: what programs, bodies and jobs are bounded by, in one place."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import and_, ge, gt, le

MEBIBYTE = 2**20

MAX_HEADERS = 32 * 2**10
"""Bytes of the names and values of a request's headers."""
MAX_QUERY = 8 * 2**10
"""Bytes of a query."""
MAX_BODY = MEBIBYTE
"""Bytes of the body of an API request; all columns of the service together hold a quarter of this."""
MAX_UPLOAD = 16 * MEBIBYTE
"""Bytes of an upload, its form included."""
MAX_BODY_SECONDS = 60.0
"""How long a body may be on its way."""
MAX_UNPACKED = 16 * MEBIBYTE
"""Bytes of the entry of an uploaded zip."""
MAX_OUTPUT = 10 * MEBIBYTE
"""Bytes of a zip the service makes; the real one fails a job beyond that."""

MAX_PROGRAM = 4 * MEBIBYTE
"""Characters of all programs of a job: messages inside the service end there."""
MAX_STATEMENTS = 50_000
"""Statements of a program with its gate definitions written out; Qiskit reads 5000 in a second."""
MAX_QUBITS = 1024
"""Qubits a program declares. What a device has is for the device to say."""
MAX_BITS = 4096
"""Classical bits a program declares."""


@frozen(kw_only=True)
class Limits:
    """
    What can be chosen.

    Args:
        seconds: How long preparing or running one job may take before it is ended.
        memory: MiB a job may take on top of the libraries it needs.
        jobs: How many jobs are kept; registering another is refused.
        stored: MiB kept for all jobs; uploads beyond it are refused, and results fail.
    """

    seconds: float = field(default=60.0, validator=and_(gt(0), le(86_400)))
    memory: int = field(default=2048, validator=ge(64))
    jobs: int = field(default=100_000, validator=ge(1))
    stored: int = field(default=1024, validator=ge(1))
