# SPDX-License-Identifier: GPL-2.0-or-later
"""An image to be read, and copies of it in which only one of its views can be found."""

import struct
import subprocess
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import naming

SECTOR = 2048
FIRST_DESCRIPTOR = 16
LAST_DESCRIPTOR = 255

# Revisions of UDF: from here on its entries are of another form, its metadata in a file.
EXTENDED_ENTRIES = 0x0200
METADATA_PARTITION = 0x0250

_ISO_IDENTIFIER = b"CD001"
_UDF_IDENTIFIERS = (b"BEA01", b"NSR02", b"NSR03", b"TEA01", b"BOOT2")
_JOLIET_ESCAPES = (b"%/@", b"%/C", b"%/E")
_ANCHOR = 256  # ECMA-167 3/8.4.2.1
_PARTITION = 5  # tag identifiers, ECMA-167 3/7.2.1
_LOGICAL_VOLUME = 6
_SUPPLEMENTARY = 2  # volume descriptor type, ECMA-119 8.5


class ImageError(Exception):
    """The image is too broken to be prepared for a reader."""


def _view_of(sector: bytes) -> str | None:
    """The view that a descriptor announces; None at the end of the descriptors."""
    identifier = sector[1:6]
    if identifier in _UDF_IDENTIFIERS:
        return naming.UDF
    if identifier != _ISO_IDENTIFIER:
        return None
    if sector[0] == _SUPPLEMENTARY and sector[88:91] in _JOLIET_ESCAPES:
        return naming.JOLIET
    return naming.ISO


def _descriptors(file: BinaryIO) -> list[tuple[str, bytes]]:
    """The volume descriptors of all views in their order, each with the view it announces."""
    file.seek(FIRST_DESCRIPTOR * SECTOR)
    found: list[tuple[str, bytes]] = []
    while len(found) <= LAST_DESCRIPTOR - FIRST_DESCRIPTOR:
        sector = file.read(SECTOR)
        view = _view_of(sector)
        if view is None:
            break
        found.append((view, sector))
    return found


def _hide_others(path: Path, view: str) -> None:
    """Take the descriptors of other views out of the sequence and close the gaps."""
    with open(path, "r+b") as file:
        descriptors = _descriptors(file)
        if view not in (announced for announced, _ in descriptors):
            raise ImageError(f"the image has no descriptor of the view {view}")
        wanted = (naming.ISO, naming.JOLIET) if view == naming.JOLIET else (view,)
        kept = b"".join(sector for announced, sector in descriptors if announced in wanted)
        file.seek(FIRST_DESCRIPTOR * SECTOR)
        file.write(kept.ljust(len(descriptors) * SECTOR, b"\0"))


class Image:
    """An image, the views to be read of it, and room for what its readers need."""

    def __init__(self, path: Path, views: Sequence[str], scratch: Path,
                 mounts: Mapping[str, str] | None = None) -> None:
        """mounts: by view, options that let the kernel find an earlier session."""
        self.path = path.absolute()
        self.views = tuple(views)
        self.scratch = scratch.absolute()
        self.mounts = dict(mounts or {})
        self._lock = threading.Lock()
        self._copies: dict[str, Path] = {}

    @cached_property
    def announced(self) -> frozenset[str]:
        """The views for which there are descriptors."""
        with open(self.path, "rb") as file:
            return frozenset(view for view, _ in _descriptors(file))

    @cached_property
    def udf_revision(self) -> int:
        """The revision that its logical volume descriptor tells, as 0x0102; 0 without UDF."""
        _, descriptors = self._udf_sequence
        volume = descriptors.get(_LOGICAL_VOLUME)
        return struct.unpack_from("<H", volume, 216 + 24)[0] if volume else 0

    @cached_property
    def is_continued(self) -> bool:
        """Whether UDF is that of a session behind others, in whose partition it is."""
        block, descriptors = self._udf_sequence
        partition = descriptors.get(_PARTITION)
        return partition is not None and struct.unpack_from("<I", partition, 188)[0] < block

    @cached_property
    def _udf_sequence(self) -> tuple[int, dict[int, bytes]]:
        """Where the main volume descriptor sequence is, and what it holds by tag identifier."""
        found: dict[int, bytes] = {}
        if naming.UDF not in self.announced:
            return 0, found
        with open(self.path, "rb") as file:
            file.seek(_ANCHOR * SECTOR)
            length, first = struct.unpack_from("<II", file.read(SECTOR), 16)
            file.seek(first * SECTOR)
            for _ in range(length // SECTOR):
                sector = file.read(SECTOR)
                found.setdefault(struct.unpack_from("<H", sector)[0], sector)
        return first, found

    def showing(self, view: str) -> Path:
        """A copy in which readers that choose a view themselves find just this one."""
        with self._lock:
            if view not in self._copies:
                copy = self.scratch / f"only-{view}.img"
                run = ["cp", "--sparse=always", "--reflink=auto", "--no-preserve=mode", "--"]
                subprocess.run([*run, self.path, copy], check=True)
                _hide_others(copy, view)
                self._copies[view] = copy
            return self._copies[view]
