# SPDX-License-Identifier: GPL-2.0-or-later
"""The small C programs behind some readers: from the build, or compiled when needed."""

import os
import subprocess
import tempfile
import threading
from pathlib import Path

from readers.base import ReaderError

SUPPORT = Path(__file__).resolve().parents[2] / "support"

# Each is made of its own source and record.c, and of what it links with.
LIBRARIES = {
    "read_linux": ("-static", "-lcrypto"),
    "read_libcdio": ("-liso9660", "-ludf", "-lcdio", "-lcrypto"),
    "read_udfread": ("-ludfread", "-lcrypto"),
}

_FLAGS = ("-std=c11", "-O2", "-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64")
_lock = threading.Lock()


def _cache() -> Path:
    build = os.environ.get("FSIMAGE_BUILD")
    place = Path(build) / "tests" if build else Path(tempfile.gettempdir())
    cache = place / f"fsimage-readers-{os.getuid()}"
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    if cache.stat().st_uid != os.getuid():
        raise ReaderError(f"{cache} belongs to somebody else")
    return cache


def _compile(name: str, target: Path) -> None:
    draft = target.with_suffix(f".{os.getpid()}")
    command: list[str | Path] = ["cc", *_FLAGS, "-o", draft]
    command += [SUPPORT / f"{name}.c", SUPPORT / "record.c", *LIBRARIES[name]]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ReaderError(f"{name} does not compile: {done.stderr[-2000:]}")
    draft.replace(target)


def program(name: str) -> Path:
    """The path of a program, compiled if there is none that is newer than its sources."""
    build = os.environ.get("FSIMAGE_BUILD")
    if build and (built := Path(build) / "tests" / "support" / name).is_file():
        return built
    target = _cache() / name
    sources = [SUPPORT / f"{name}.c", SUPPORT / "record.c", SUPPORT / "record.h"]
    with _lock:
        if not target.is_file() or any(
            source.stat().st_mtime > target.stat().st_mtime for source in sources
        ):
            _compile(name, target)
    return target
