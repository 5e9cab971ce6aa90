"""A page of the documentation, run as a reader would: files are written, code and commands run, outputs compared."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHOWN_ONLY = {"shell", "bash", "json", "ini", "yaml", "diff", "csv"}
"""Blocks that are not run: what needs a network, an account or another machine."""

EXAMPLES = Path(__file__).resolve().parents[2] / "docs/examples"
OQX = "import sys; sys.argv[0] = 'oqx'; from oqtopus_experiments.cli import program; program()"


def blocks(page: Path) -> list[tuple[str, str, str]]:
    """Return language, name and text of every block."""
    return FENCE.findall(page.read_text(encoding="utf-8"))


class Reader:
    """
    Works through a page in a folder.

    A ``python`` block runs, all in one namespace; a ``text`` block behind it is what it prints. A block with a name is
    a file. In a ``console`` block each line ``$ command`` runs, and lines below it are what it prints, if there are
    any; a command that is to fail is followed by ``$ echo $?`` and its exit code. The folder is like a checkout: it has
    docs/examples.
    """

    def __init__(self, page: Path, folder: Path, difference) -> None:
        self.page, self.folder, self.difference = page, folder, difference
        self.scope = {"__name__": "__main__"}
        self.printed: str | None = None
        self.python = sys.executable

    def read(self) -> None:
        """Run all blocks in order; what they set in the environment is set back."""
        environment = dict(os.environ)
        (self.folder / "docs").mkdir(exist_ok=True)
        (self.folder / "docs/examples").symlink_to(EXAMPLES)
        try:
            self._read()
        finally:
            os.environ.clear()
            os.environ.update(environment)

    def _read(self) -> None:
        for language, name, text in blocks(self.page):
            before, self.printed = self.printed, None
            if name:
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                (self.folder / name).write_text(text, encoding="utf-8")
            elif language == "python":
                self.printed = self._run(text)
            elif language == "text":
                assert before is not None, f"{self.page}: no python block printed this:\n{text}"
                assert not (found := self.difference(text, before)), f"{self.page}: {found}"
            elif language == "console":
                self._console(text)
            else:
                assert language in SHOWN_ONLY | {"toml"}, f"{self.page}: what is to be done with a block {language!r}?"

    def _run(self, text: str) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            exec(compile(text, f"{self.page}", "exec"), self.scope)  # noqa: S102  # running the documentation is the point
        return output.getvalue()

    def _console(self, text: str) -> None:
        steps = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
        assert steps, f"{self.page}: a console block without a command"
        commands = [(command, said) for command, said in steps if command != "echo $?"]
        codes = {at: int(said) for at, (command, said) in enumerate(steps) if command == "echo $?"}
        expected = [codes.get(at + 1, 0) for at, (command, _) in enumerate(steps) if command != "echo $?"]
        for (command, said), code in zip(commands, expected, strict=True):
            done = subprocess.run(
                self._words(command),
                cwd=self.folder,
                env=self._environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            assert done.returncode == code, f"{self.page}: {command} ended with {done.returncode}:\n{done.stdout}"
            if said.strip():
                found = self.difference(said, done.stdout)
                assert not found, f"{self.page}: {command}: {found}"

    def _words(self, command: str) -> list[str]:
        words = shlex.split(command)
        if words[:3] == ["uv", "run", "oqx"]:
            words = words[2:]
        if words[0] == "oqx":
            return [self.python, "-c", OQX, *words[1:]]
        if words[0] == "python":
            return [self.python, *words[1:]]
        if words[0] == "pytest":
            return [self.python, "-m", "pytest", "-p", "no:cacheprovider", *words[1:]]
        if words[:2] == ["uv", "pip"]:
            self._separate()
            return words
        if words[:2] == ["uv", "build"]:
            return words
        message = f"{self.page}: how is {command!r} to be run? What is only shown stands in a block `shell`"
        raise AssertionError(message)

    def _separate(self) -> None:
        """From the first installation on, use an environment of this page's own, with all that is installed here."""
        if self.python != sys.executable:
            return
        home = self.folder / ".venv"
        subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, str(home)], check=True)
        (site,) = home.glob("lib/python*/site-packages")
        here = sysconfig.get_paths()["purelib"]
        (site / "all.pth").write_text(f"import site; site.addsitedir({here!r})\n")
        self.python = str(home / "bin" / "python")

    def _environment(self) -> dict[str, str]:
        """Return what commands find: nothing is downloaded, and tables are as wide as a page."""
        settings = self.folder / "uv-offline.toml"
        settings.write_text("[pip]\nno-deps = true\n")
        quiet = {"UV_NO_BUILD_ISOLATION": "1", "UV_OFFLINE": "1", "UV_CONFIG_FILE": str(settings)}
        home = Path(self.python).parent.parent
        return {**os.environ, **quiet, "VIRTUAL_ENV": str(home), "COLUMNS": "120", "MPLBACKEND": "Agg"}
