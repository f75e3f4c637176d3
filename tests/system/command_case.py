# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of the command line have in common: running it, and what it may say."""

import json
import os
import subprocess
import sys
import unittest
from collections.abc import Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

import fsimage_command  # noqa: E402
import scratch  # noqa: E402

TOP = fsimage_command.TOP

# What the tests were started with must not change what they see.
_REMOVED = ("SOURCE_DATE_EPOCH", "POSIXLY_CORRECT", "TZ", "LC_ALL", "LANG", "LANGUAGE")


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of the tests without what the command or the C library obeys."""
    kept = {name: value for name, value in os.environ.items() if name not in _REMOVED}
    return kept | dict(changes or {})


def start(*arguments: str | bytes | Path, env: Mapping[str, str] | None = None,
          before: tuple[str, ...] = (), **options: Any) -> subprocess.Popen[bytes]:
    """Start the command; before is put in front of it, as with "setpriv"."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    # Without a buffer, what a test reads first is not lost for those that read the rest.
    options.setdefault("bufsize", 0)
    return subprocess.Popen([*before, fsimage_command.find(), *arguments], env=environment(env), **options)


class Done:
    """How a run ended, and what it said."""

    def __init__(self, process: subprocess.Popen[bytes], timeout: float = 120) -> None:
        try:
            output, errors = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            process.communicate()
            raise
        self.status = process.returncode
        self.bytes = output or b""
        # A strict decoding: what is said is UTF-8, whatever the names are.
        self.errors = (errors or b"").decode()

    @property
    def output(self) -> str:
        """Standard output as text."""
        return self.bytes.decode()

    @property
    def object(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.output)


class CommandTest(unittest.TestCase):
    """A test with a folder of its own, in which the command runs."""

    room: Path

    def setUp(self) -> None:
        self.room = self.enterContext(scratch.folder())

    def put(self, name: str | bytes, content: bytes | str = b"x") -> Path:
        """A file, with the folders on the way to it."""
        path = self.room / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def put_sparse(self, name: str, size: int) -> Path:
        """A file of a size that takes no room."""
        path = self.put(name, b"")
        os.truncate(path, size)
        return path

    def run_command(self, *arguments: str | bytes | Path, **options: Any) -> Done:
        """Run the command in the folder of the test."""
        options.setdefault("cwd", self.room)
        return Done(start(*arguments, **options))

    def create(self, *arguments: str | bytes | Path, **options: Any) -> Done:
        """Run "create" and expect that it succeeds."""
        done = self.run_command("create", *arguments, **options)
        self.assertEqual(0, done.status, done.errors)
        return done

    def expect_code(self, code: str, *arguments: str | bytes | Path, hint: str | None = None,
                    **options: Any) -> Done:
        """Run "create" and expect that it fails with a code, and with a hint or without."""
        done = self.run_command("create", *arguments, **options)
        self.assertEqual(1, done.status, done.errors)
        self.assertRegex(done.errors, rf"(?m)^fsimage: .*: .* \({code} 0x[0-9A-F]{{8}}\)$")
        hints = [line for line in done.errors.splitlines() if line.startswith("fsimage: hint: ")]
        self.assertEqual(0 if hint is None else 1, len(hints), done.errors)
        self.assertIn(hint or "", "".join(hints))
        return done

    def refuse(self, *arguments: str | bytes | Path, says: str, **options: Any) -> Done:
        """Run "create" and expect that the command line is refused."""
        done = self.run_command("create", *arguments, **options)
        self.assertEqual((2, ""), (done.status, done.output), done.errors)
        self.assertIn(says, done.errors)
        self.assertIn("try 'fsimage create --help'", done.errors)
        return done

    def names(self) -> set[str]:
        """What is in the folder of the test."""
        return set(os.listdir(self.room))
