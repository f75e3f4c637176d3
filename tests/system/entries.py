# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of the files and folders of a tree, in a folder of the host or in an image."""

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FOLDER = "folder"
FILE = "file"
OTHER = "other"  # symbolic links, pipes, devices
SPECIAL = "special"  # the same in a source, where the image is to have them

READ_SIZE = 1 << 20


class Entry(NamedTuple):
    """One file or folder; None stands for what nobody could tell."""

    kind: str
    size: int = 0
    sha256: str | None = None
    mtime: int | None = None
    mode: int | None = None
    links: int | None = None  # how many names it has
    what: str | None = None  # of SPECIAL and OTHER: what it is


# Keyed by path from the root, without a slash at either end. Bytes that are not
# UTF-8 are surrogate escapes.
Listing = dict[str, Entry]


def hash_stream(read: Callable[[int], bytes], size: int | None = None) -> tuple[int, str]:
    """Size and SHA-256 of what read gives, up to size bytes or the end."""
    digest = hashlib.sha256()
    total = 0
    while size is None or total < size:
        piece = read(READ_SIZE if size is None else min(READ_SIZE, size - total))
        if not piece:
            break
        digest.update(piece)
        total += len(piece)
    return total, digest.hexdigest()


def _tell_what(path: str, status: os.stat_result) -> str:
    """As tests/support/read_linux.c says it."""
    if stat.S_ISLNK(status.st_mode):
        return f"link to {os.readlink(path)}"
    if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
        kind = "character" if stat.S_ISCHR(status.st_mode) else "block"
        return f"{kind} device {os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
    return "pipe" if stat.S_ISFIFO(status.st_mode) else "socket"


def scan(root: Path, posix: bool = False) -> Listing:
    """List a folder of the host; posix: what is no file and no folder is to be found too."""
    listing: Listing = {}
    links: dict[tuple[int, int], str] = {}
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            seconds = status.st_mtime_ns // 10**9
            mode = stat.S_IMODE(status.st_mode)
            names = status.st_nlink if posix else None
            if stat.S_ISDIR(status.st_mode):
                entry = Entry(FOLDER, mtime=seconds, mode=mode)
            elif stat.S_ISREG(status.st_mode):
                inode = (status.st_dev, status.st_ino)
                if inode not in links:
                    with open(path, "rb", buffering=0) as file:
                        links[inode] = hash_stream(file.read)[1]
                entry = Entry(FILE, status.st_size, links[inode], seconds, mode, names)
            elif posix:
                what = _tell_what(path, status)
                entry = Entry(SPECIAL, 0, None, seconds, mode, names, what)
            else:
                entry = Entry(OTHER, mtime=seconds)
            listing[os.path.relpath(path, root)] = entry
    return listing


class Node:
    """A folder or file with what is in it, as a tree."""

    def __init__(self, name: str, path: str, entry: Entry) -> None:
        self.name = name
        self.path = path
        self.entry = entry
        self.children: dict[str, Node] = {}

    @property
    def is_folder(self) -> bool:
        """Whether it can have children."""
        return self.entry.kind == FOLDER


def grow(listing: Listing) -> Node:
    """The tree of a listing, in which each folder must be listed too."""
    root = Node("", "", Entry(FOLDER))
    nodes = {"": root}
    for path in sorted(listing, key=lambda path: path.count("/")):
        folder, _, name = path.rpartition("/")
        if folder not in nodes:
            raise ValueError(f"{path!r} is listed, but its folder is not")
        nodes[path] = nodes[folder].children[name] = Node(name, path, listing[path])
    return root
