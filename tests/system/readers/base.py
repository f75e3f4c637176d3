# SPDX-License-Identifier: GPL-2.0-or-later
"""What every reader of images has: its views, its needs, its limits and its listing."""

import os
import re
import shutil
import subprocess
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, ClassVar

import naming
from entries import FILE, FOLDER, OTHER, Entry, Listing
from images import Image

TIMEOUT = 300

_ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_LONGEST_COMPLAINT = 1000

Command = Sequence[str | bytes | Path]


class ReaderError(Exception):
    """A reader refused the image or complained about it."""


class Reader(ABC):
    """Software that we did not write and that reads images."""

    name: ClassVar[str]
    views: ClassVar[tuple[str, ...]]
    packages: ClassVar[tuple[str, ...]]
    programs: ClassVar[tuple[str, ...]] = ()

    def missing(self) -> str | None:
        """What must be installed before this reader can run; None if nothing."""
        lacking = [program for program in self.programs if not shutil.which(program)]
        if not lacking:
            return None
        return f"{', '.join(lacking)} not found: install {' '.join(self.packages)}"

    @abstractmethod
    def list(self, image: Image, view: str) -> Listing:
        """Read every name and every byte, or raise ReaderError."""

    def limit(self, image: Image, view: str, source: Listing) -> str | None:
        """Why this reader is known to be unable to judge the image of a source."""
        del image, view, source
        return None

    def shown(self, view: str, name: str) -> str | None:
        """How the reader shows a name that the image holds; None if that is not known."""
        del view
        return name

    def key(self, view: str, shown: str) -> str:
        """What two shown names have in common that stand for the same name."""
        return naming.iso_key(shown) if view == naming.ISO else shown

    def visible_time(self, view: str, seconds: int) -> int | None:
        """The part of a time that the reader shows; None if it shows nothing of it."""
        del view
        return seconds


def run(
    command: Command,
    *,
    accept: Sequence[int] = (0,),
    cwd: Path | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a reader's program to its end; ReaderError if that is not a good one."""
    try:
        done = subprocess.run(
            command, cwd=cwd, env=_ENVIRONMENT | (environment or {}), timeout=TIMEOUT,
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ReaderError(f"{command[0]!s} did not end within {TIMEOUT} s") from error
    if done.returncode not in accept:
        raise _failure(command, done.returncode, done.stderr or done.stdout)
    return done


@contextmanager
def stream(
    command: Command, *, accept: Sequence[int] = (0,), harmless: re.Pattern[str] | None = None,
) -> Iterator[IO[bytes]]:
    """What a program sends; it must all be read.

    The program must end well and must not complain, except of what is harmless.
    """
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(
            command, env=_ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=complaints, bufsize=0,
        ) as process:
            assert process.stdout
            timer = threading.Timer(TIMEOUT, process.kill)
            timer.start()
            try:
                yield process.stdout
                rest = process.stdout.read(1)
            except BaseException:
                process.kill()
                raise
            finally:
                timer.cancel()
                process.stdout.close()
        complaints.seek(0)
        complaint = complaints.read()
    unknown = harmless.sub("", text(complaint)) if harmless else text(complaint)
    if process.returncode not in accept or unknown.strip():
        raise _failure(command, process.returncode, complaint)
    if rest:
        raise ReaderError(f"{command[0]!s} sends more than it has listed")


def _failure(command: Command, status: int, complaint: bytes) -> ReaderError:
    tail = text(complaint).strip()[-_LONGEST_COMPLAINT:]
    return ReaderError(f"{command[0]!s} ended with {status}: {tail}")


def text(raw: bytes) -> str:
    """Output of a program as text; what is not UTF-8 stays visible."""
    return raw.decode("utf-8", "surrogateescape")


def add(listing: Listing, path: str, entry: Entry) -> None:
    """Add an entry that must not be there yet."""
    if path in listing:
        raise ReaderError(f"{path!r} is listed twice")
    listing[path] = entry


_KINDS = {"d": FOLDER, "f": FILE, "o": OTHER}


def parse_records(raw: bytes) -> Listing:
    """The listing that one of our programs printed, see tests/support/record.h."""
    listing: Listing = {}
    for record in raw.split(b"\0")[:-1]:
        fields = text(record).split("\t", 6)
        if len(fields) != 7 or fields[0] not in _KINDS:
            raise ReaderError(fields[-1])
        kind, size, digest, mtime, mode, links, path = fields
        add(listing, path, Entry(
            _KINDS[kind],
            int(size),
            digest if kind == "f" and digest != "-" else None,
            None if mtime == "-" else int(mtime),
            None if mode == "-" else int(mode, 8),
            None if links == "-" else int(links),
            digest if kind == "o" and digest != "-" else None,
        ))
    return listing


def run_records(command: Command) -> Listing:
    """Run a program that prints records and must not print anything else."""
    done = run(command)
    if done.stderr.strip():
        raise _failure(command, done.returncode, done.stderr)
    return parse_records(done.stdout)
