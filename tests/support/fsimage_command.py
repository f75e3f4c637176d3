# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the fsimage command for tests and catches all that it says."""

import os
import subprocess
from collections.abc import Sequence
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


def peer() -> Path | None:
    """Another build of the command, $FSIMAGE_PEER, whose images are known to be good."""
    command = os.environ.get("FSIMAGE_PEER")
    return Path(command).absolute() if command else None


def run(*arguments: Argument, command: Path | None = None) -> Done:
    """Run the command to its end, in a plain UTF-8 locale and without any input."""
    done = subprocess.run(
        [command or find(), *arguments], env={**os.environ, "LC_ALL": "C.UTF-8"},
        timeout=TIMEOUT, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )
    errors = done.stderr.decode("utf-8", "backslashreplace")
    return Done(arguments, done.returncode, done.stdout, errors)
