# SPDX-License-Identifier: GPL-2.0-or-later
"""All that Linux knows of the files below a folder, to be compared strictly."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

MICROSECOND = 1000


@dataclass(frozen=True)
class Attributes:
    """One name: two of them are equal when nothing tells them apart."""

    kind: int
    mode: int
    owner: tuple[int, int]
    changed: int  # in microseconds, which is what UDF records
    links: int
    names: frozenset[bytes]  # of the same file
    extended: tuple[tuple[str, bytes], ...]
    device: int
    content: str  # where a link leads, or a digest


def _extended(path: bytes) -> tuple[tuple[str, bytes], ...]:
    names = sorted(os.listxattr(path, follow_symlinks=False))
    return tuple((name, os.getxattr(path, name, follow_symlinks=False)) for name in names)


def _content(path: bytes, status: os.stat_result) -> str:
    if stat.S_ISLNK(status.st_mode):
        return os.fsdecode(os.readlink(path))
    if not stat.S_ISREG(status.st_mode):
        return ""
    with open(path, "rb") as file:
        return f"{status.st_size} {hashlib.file_digest(file, 'sha256').hexdigest()}"


def read(root: Path) -> dict[bytes, Attributes]:
    """{path: attributes} of root, which is b"", and of all below it."""
    top = os.fsencode(root)
    found = {b"": os.lstat(top)}
    for folder, folders, files in os.walk(top):
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            found[os.path.relpath(path, top)] = os.lstat(path)
    groups: dict[tuple[int, int], set[bytes]] = {}
    for path, status in found.items():
        groups.setdefault((status.st_dev, status.st_ino), set()).add(path)
    return {path: _attributes(os.path.join(top, path) if path else top, status,
                              groups[status.st_dev, status.st_ino])
            for path, status in found.items()}


def _attributes(path: bytes, status: os.stat_result, names: set[bytes]) -> Attributes:
    is_folder = stat.S_ISDIR(status.st_mode)
    is_device = stat.S_ISBLK(status.st_mode) or stat.S_ISCHR(status.st_mode)
    return Attributes(
        kind=stat.S_IFMT(status.st_mode),
        mode=stat.S_IMODE(status.st_mode),
        owner=(status.st_uid, status.st_gid),
        changed=status.st_mtime_ns // MICROSECOND,
        # What file systems count as links of folders is their own affair.
        links=1 if is_folder else status.st_nlink,
        names=frozenset(names),
        extended=_extended(path),
        device=status.st_rdev if is_device else 0,
        content=_content(path, status),
    )


def differences(first: dict[bytes, Attributes], second: dict[bytes, Attributes]) -> list[str]:
    """A line for each name and attribute that is not the same in both."""
    lines = [f"{path!r} is only in one" for path in sorted(first.keys() ^ second.keys())]
    for path in sorted(first.keys() & second.keys()):
        for field in Attributes.__dataclass_fields__:
            one, other = getattr(first[path], field), getattr(second[path], field)
            if one != other:
                lines.append(f"{path!r}: {field} is {one!r} and {other!r}")
    return lines
