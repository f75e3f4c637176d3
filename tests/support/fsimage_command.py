# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the fsimage command for tests and catches all that it says."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
TIMEOUT = 300

Argument = str | bytes | Path


class CommandNotFoundError(Exception):
    """There is no built command to be tested."""


@dataclass
class Done:
    """How a run of the command ended."""

    arguments: Sequence[Argument]
    status: int  # negative: the signal that ended it
    output: bytes
    errors: str

    def __str__(self) -> str:
        words = " ".join(repr(argument) for argument in self.arguments)
        return f"fsimage {words} ended with {self.status}; {self.errors}"


def find() -> Path:
    """The command under test: $FSIMAGE, or that of $FSIMAGE_BUILD, or of build/."""
    if command := os.environ.get("FSIMAGE"):
        path = Path(command)
    else:
        path = Path(os.environ.get("FSIMAGE_BUILD", TOP / "build"), "cli", "fsimage")
    if not os.access(path, os.X_OK):
        raise CommandNotFoundError(f"{path} is not there: build it, or set FSIMAGE")
    return path.absolute()


def environment(changes: Mapping[str, str | None] | None = None) -> dict[str, str]:
    """Our environment in a plain UTF-8 locale; a change to None removes a variable."""
    result = {**os.environ, "LC_ALL": "C.UTF-8"}
    for name, value in (changes or {}).items():
        result.pop(name, None)
        if value is not None:
            result[name] = value
    return result


def start(
    *arguments: Argument,
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start the command with its standard streams in pipes, to be ended by the caller."""
    return subprocess.Popen(
        [find(), *arguments], env=environment(env), cwd=cwd,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )


def run(
    *arguments: Argument,
    env: Mapping[str, str | None] | None = None,
    cwd: Path | None = None,
    given: bytes = b"",
    timeout: float = TIMEOUT,
) -> Done:
    """Run the command to its end, given its standard input."""
    done = subprocess.run(
        [find(), *arguments], env=environment(env), cwd=cwd, input=given,
        capture_output=True, timeout=timeout, check=False,
    )
    errors = done.stderr.decode("utf-8", "backslashreplace")
    return Done(arguments, done.returncode, done.stdout, errors)
