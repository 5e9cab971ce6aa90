"""
Standard output and standard error as they are: closed early, full, not in UTF-8, a terminal that obeys what it reads.

Everything the program prints passes here, whoever prints it. A reader who goes away (``| head -1``) and a disk that is
full end the printing, never the work: a run goes on to its end, and the exit code tells.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from oqtopus_experiments.support._text import encodable, shown

# What our own colours and progress bars are made of: these reach a terminal, any other control is shown by its code.
_OURS = re.compile(r"(\x1b\[[0-9;]*m|\x1b\[\d*[A-DGK]|\x1b\[\?25[lh]|\r)")


class CarefulStream(io.TextIOBase):
    """
    A text stream that writes what its encoding has, neutralizes what a terminal would obey, and never raises.

    Args:
        stream: Where to; None where the process was started without it.
    """

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream
        self.problem: OSError | None = None
        """Why what was written last did not arrive."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream behind."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """How characters that cannot be encoded are treated: none are left."""
        return "backslashreplace"

    @property
    def buffer(self) -> BytesOfText:
        """Where bytes are written to, as completion scripts are: they pass the same way."""
        return BytesOfText(self)

    def isatty(self) -> bool:
        """Return whether a person reads it."""
        return self._stream is not None and self.problem is None and self._stream.isatty()

    def fileno(self) -> int:
        """Return the descriptor behind."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Write a text, as far as it can be."""
        parts = (part if number % 2 else _safe(part) for number, part in enumerate(_OURS.split(text)))
        self._attempt(encodable("".join(parts), self.encoding))
        return len(text)

    def flush(self) -> None:
        """Hand over what was written."""
        self._attempt("")

    def _attempt(self, text: str) -> None:
        if self.problem is not None:
            return
        if self._stream is None:
            self.problem = _closed() if text else None
            return
        try:
            self._stream.write(text)
            # At once: a full disk is noticed where it is, not when the interpreter ends.
            self._stream.flush()
        except OSError as error:
            self.problem = error
            self._forget()
        except ValueError:  # somebody closed the stream of this process
            self.problem = _closed()

    def _forget(self) -> None:
        """Let what is still in buffers go nowhere, instead of failing once more when the interpreter ends."""
        with contextlib.suppress(OSError, AttributeError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class BytesOfText(io.RawIOBase):
    """
    The bytes behind a text stream.

    Args:
        stream: What is written to, text by text.
    """

    def __init__(self, stream: CarefulStream) -> None:
        super().__init__()
        self._stream = stream

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Write bytes that hold a text in UTF-8; others are shown by their code."""
        self._stream.write(bytes(data).decode("utf-8", errors="backslashreplace"))
        return len(data)

    def flush(self) -> None:
        """Hand over what was written."""
        self._stream.flush()


@contextlib.contextmanager
def careful_streams() -> Iterator[CarefulStream]:
    """Put careful streams in the place of the standard ones, and yield that of the output."""
    _take_standard_descriptors()
    before = sys.stdout, sys.stderr
    output = CarefulStream(sys.stdout)
    sys.stdout, sys.stderr = output, CarefulStream(sys.stderr)
    try:
        yield output
    finally:
        sys.stdout, sys.stderr = before


@contextlib.contextmanager
def results_only() -> Iterator[None]:
    """
    Keep the standard output for what this program prints as its result: JSON for programs, tables, sentences.

    Whatever else is printed meanwhile goes to standard error: a plugin may print when it is imported, in a circuit, in
    an analysis, and must not damage what somebody reads as JSON.
    """
    global _results  # noqa: PLW0603  # one standard output per process, as `sys.stdout` is
    before, printed = _results, sys.stdout
    _results = results()
    sys.stdout = sys.stderr
    try:
        yield
    finally:
        _results, sys.stdout = before, printed


def results() -> TextIO:
    """Return the stream that results are printed to."""
    return sys.stdout if _results is None else _results


_results: TextIO | None = None


def _take_standard_descriptors() -> None:
    """Open what is closed of 0, 1 and 2: the journal must not become the standard output of a library."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            # The lowest free number is the one that is given.
            os.open(os.devnull, os.O_RDWR)


def _closed() -> OSError:
    return OSError(errno.EBADF, "it is closed")


def _safe(part: str) -> str:
    return shown(part, most=sys.maxsize)
