# SPDX-License-Identifier: GPL-2.0-or-later
"""The command with one of its system calls made to fail, and what came of it."""

import errno
import hashlib
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import fsimage_command

HERE = Path(__file__).resolve().parent
TIMEOUT = 120
REFERENCE_TIME = "1767323045"

_SOURCES = [HERE / "fault.c", HERE / "calls.c"]
_FLAGS = ("-std=c11", "-O1", "-Wall", "-Wextra", "-D_GNU_SOURCE", "-shared", "-fPIC")


@cache
def library() -> Path:
    """The library that makes calls fail, compiled for this run."""
    folder = tempfile.TemporaryDirectory(prefix="fsimage-faults-")
    library.__dict__["folder"] = folder  # is removed when Python ends
    path = Path(folder.name) / "faults.so"
    subprocess.run(["cc", *_FLAGS, f"-I{HERE.parent.parent}", "-o", path, *_SOURCES], check=True)
    return path


@cache
def program() -> tuple[Path, dict[str, str]]:
    """The command without the shell script that libtool puts in front of it."""
    command = fsimage_command.find()
    built = command.parent / ".libs" / "fsimage"
    if not built.is_file():
        return command, {}
    return built, {"LD_LIBRARY_PATH": str(command.parent.parent / ".libs")}


@dataclass(frozen=True)
class Call:
    """One that the command made."""

    number: int
    name: str
    path: str
    kind: str  # of the fault; empty: none


@dataclass
class Outcome:
    """How a run ended."""

    status: int
    errors: str
    digest: str = ""  # of standard output
    calls: list[Call] = field(default_factory=list)

    @property
    def fault(self) -> Call | None:
        """The call that failed."""
        return next((call for call in self.calls if call.kind), None)

    @property
    def left_open(self) -> list[str]:
        """What the descriptors are that were not closed."""
        return [call.path for call in self.calls if call.name == "left"]


def _read_log(path: Path) -> list[Call]:
    calls = []
    for line in path.read_text(errors="surrogateescape").splitlines():
        number, name, what, kind = line.split("\t")
        calls.append(Call(int(number), name, what, kind))
    return sorted(calls, key=lambda call: call.number)


@dataclass(frozen=True)
class Fault:
    """What is to go wrong: the n-th call of a function, and how."""

    name: str
    number: int
    kind: str  # a name of errno, or "short", "end", "stop", "kill"


def environment(log: Path, fault: Fault | None = None, clones: bool = False) -> dict[str, str]:
    """What the command needs in order to fail there, and to be the same otherwise."""
    options = f"{os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"
    values = {
        "SOURCE_DATE_EPOCH": REFERENCE_TIME, "LC_ALL": "C.UTF-8", "LD_PRELOAD": str(library()),
        "ASAN_OPTIONS": options.removeprefix(":"), "FAULT_LOG": str(log),
    }
    if fault:
        plus = "+" if fault.kind.endswith("+") else ""
        kind = fault.kind
        if kind.startswith("E"):
            kind = str(getattr(errno, kind.removesuffix("+"))) + plus
        values |= {"FAULT_CALL": fault.name, "FAULT_AT": str(fault.number), "FAULT_KIND": kind}
    if clones:
        values["FAULT_CLONE"] = "1"
    return {**os.environ, **program()[1], **values}


def finished(status: int, errors: bytes, digest: str, log: Path) -> Outcome:
    """What came of a run."""
    return Outcome(status, errors.decode("utf-8", "backslashreplace"), digest, _read_log(log))


def run(arguments: list[str], log: Path, fault: Fault | None = None, *,
        clones: bool = False, given: bytes | None = None) -> Outcome:
    """Run the command with that fault, or with none."""
    log.unlink(missing_ok=True)
    done = subprocess.run(
        [program()[0], *arguments], env=environment(log, fault, clones), input=given or b"",
        capture_output=True, timeout=TIMEOUT, check=False,
    )
    return finished(done.returncode, done.stderr, hashlib.sha256(done.stdout).hexdigest(), log)
