# SPDX-License-Identifier: GPL-2.0-or-later
"""The command, killed at a random moment, and what it left."""

import os
import random
import shutil
import signal
import stat
import subprocess
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import fsimage_command

OLD = b"an older file"
READY = 60  # seconds that a busy machine may take
SLACK = 1.1  # some moments lie behind the end


@dataclass(frozen=True)
class Kind:
    """A way to run the command."""

    name: str
    arguments: str
    older: bool = False
    input_size: int = 0
    serves: bool = False


KINDS = [
    Kind("a new file", "create -q -o out/out.iso source"),
    Kind("a file that is replaced", "create -q --force -o out/out.iso source", older=True),
    Kind("staged files", "create -q --stage --working-directory work -o out/out.iso source"),
    Kind("standard input", "create -q --working-directory work -o out/out.iso source x=-",
         input_size=20_000_000),
    Kind("serving", "serve --stage --working-directory work --unix out/socket source",
         serves=True),
]


def make_source(folder: Path, numbers: random.Random) -> None:
    """Enough to take a moment."""
    for number in range(300):
        path = folder / f"folder{number % 7}" / f"file{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(numbers.randbytes(numbers.randrange(20_000)))
    (folder / "large").write_bytes(numbers.randbytes(30_000_000))


class Killing:
    """The folder in which it happens."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.numbers = random.Random(seed)
        self.ends = {kind.name: Counter[str]() for kind in KINDS}
        make_source(folder / "source", random.Random(1))
        self.input = folder / "input"
        self.references = {kind: self._reference(kind) for kind in KINDS}

    def _clear(self, kind: Kind) -> None:
        for name in ("out", "work"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
            (self.folder / name).mkdir()
        if kind.older:
            (self.folder / "out/out.iso").write_bytes(OLD)
        with self.input.open("wb") as file:
            file.write(random.Random(2).randbytes(kind.input_size))

    def _start(self, kind: Kind) -> subprocess.Popen[bytes]:
        # Standard input is a pipe, so that it has to be kept.
        source = subprocess.Popen(["cat", self.input], stdout=subprocess.PIPE)
        assert source.stdout is not None
        with source.stdout as pipe:
            process = subprocess.Popen(
                [fsimage_command.find(), *kind.arguments.split()], cwd=self.folder, stdin=pipe,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                env={**os.environ, "SOURCE_DATE_EPOCH": "1767323045",
                     "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"},
            )
        process.__dict__["source"] = source
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> str:
        """All that it started too, as it is in a session of its own; what it said."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        _, errors = process.communicate(timeout=READY)
        process.__dict__["source"].wait(READY)
        return errors.decode(errors="replace")

    def _reference(self, kind: Kind) -> tuple[float, bytes]:
        """How long it takes, and what it makes, when nobody kills it."""
        self._clear(kind)
        begin = time.monotonic()
        process = self._start(kind)
        if kind.serves:
            assert process.stdout is not None
            line = process.stdout.readline()
            seconds = time.monotonic() - begin
            errors = self._end(process)
            if b"blocks" not in line:
                raise SystemExit(f"{kind.name}: {errors}")
            return seconds, b""
        _, errors = process.communicate(timeout=READY)
        process.__dict__["source"].wait(READY)
        if process.returncode != 0:
            raise SystemExit(f"{kind.name}: {errors.decode()}")
        return time.monotonic() - begin, (self.folder / "out/out.iso").read_bytes()

    def kill(self, kind: Kind) -> str | None:
        """Kill it: what is wrong with what it left; None: nothing."""
        seconds, image = self.references[kind]
        moment = self.numbers.uniform(0, seconds * SLACK)
        self._clear(kind)
        process = self._start(kind)
        time.sleep(moment)
        errors = self._end(process)
        if errors or process.returncode not in (0, -signal.SIGKILL):
            return f"it ended with {process.returncode} by itself: {errors}"
        complaint = self._judge(kind, image)
        return complaint and f"killed after {moment:.4f} s, it left {complaint}"

    def _judge(self, kind: Kind, image: bytes) -> str | None:
        names = sorted(os.listdir(self.folder))
        if names != ["input", "out", "source", "work"] or os.listdir(self.folder / "work"):
            return f"{names}, {os.listdir(self.folder / 'work')}"
        left = {name: self.folder / "out" / name for name in os.listdir(self.folder / "out")}
        if kind.serves:
            return self._judge_socket(kind, left)
        end = self._end_of(left, image)
        if end is None or (end == "nothing" and kind.older):
            return f"{sorted(left)}, of {[path.stat().st_size for path in left.values()]} bytes"
        self.ends[kind.name][end] += 1
        return None

    @staticmethod
    def _end_of(left: dict[str, Path], image: bytes) -> str | None:
        contents = {name: path.read_bytes() for name, path in left.items()}
        cases: dict[str, dict[str, bytes]] = {
            "nothing": {}, "the older file": {"out.iso": OLD}, "the new file": {"out.iso": image},
            # The one moment in which the complete image has a name beside the older one.
            "both files": {"out.iso": OLD, ".out.iso.0.part": image},
        }
        return next((end for end, expected in cases.items() if contents == expected), None)

    def _judge_socket(self, kind: Kind, left: dict[str, Path]) -> str | None:
        """Only the name of the socket, which nobody can remove who is killed."""
        if not left:
            self.ends[kind.name]["nothing"] += 1
            return None
        if list(left) != ["socket"] or not stat.S_ISSOCK(left["socket"].stat().st_mode):
            return str(sorted(left))
        self.ends[kind.name]["the name of a socket"] += 1
        return None
