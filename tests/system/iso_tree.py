# SPDX-License-Identifier: GPL-2.0-or-later
"""The ISO 9660 or Joliet tree of an image, as far as tests of the command look at it."""

from dataclasses import dataclass
from pathlib import Path

BLOCK = 2048
ISO, JOLIET = "ISO 9660", "Joliet"
_DIRECTORY = 2


@dataclass(frozen=True)
class Entry:
    """A directory record."""

    block: int
    size: int
    is_folder: bool


def _descriptor(image: bytes, dialect: str) -> bytes:
    for block in range(16, 64):
        descriptor = image[block * BLOCK:(block + 1) * BLOCK]
        if descriptor[1:6] != b"CD001" or descriptor[0] == 255:
            break
        if descriptor[0] == (2 if dialect == JOLIET else 1):
            return descriptor
    raise LookupError(f"there is no {dialect} in the image")


def file_systems(path: Path) -> list[str]:
    """What the volume recognition sequence announces."""
    found = []
    with open(path, "rb") as file:
        file.seek(16 * BLOCK)
        for _ in range(32):
            sector = file.read(BLOCK)
            if sector[1:6] == b"CD001" and sector[0] in (1, 2):
                found.append(ISO if sector[0] == 1 else JOLIET)
            elif sector[1:6] in (b"NSR02", b"NSR03"):
                found.append("UDF")
    return found


def volume_name(path: Path, dialect: str) -> str:
    """The volume identifier (ECMA-119 8.4.6), without its padding."""
    field = _descriptor(path.read_bytes(), dialect)[40:72]
    return field.decode("utf-16-be" if dialect == JOLIET else "ascii").rstrip(" \0")


def read(path: Path, dialect: str = JOLIET) -> dict[str, Entry]:
    """{path: entry} of all that is below the root; versions are taken off."""
    image = path.read_bytes()
    root = _descriptor(image, dialect)[156:190]
    found: dict[str, Entry] = {}
    pending = [("", root)]
    while pending:
        prefix, record = pending.pop()
        block, size = _place(record)
        for child in _records(image[block * BLOCK:block * BLOCK + size]):
            name = child[33:33 + child[32]]
            if name in (b"\0", b"\1"):
                continue
            text = name.decode("utf-16-be" if dialect == JOLIET else "ascii")
            full = prefix + text.partition(";")[0]
            found[full] = Entry(*_place(child), bool(child[25] & _DIRECTORY))
            if child[25] & _DIRECTORY:
                pending.append((full + "/", child))
    return found


def content(path: Path, entry: Entry) -> bytes:
    """The bytes of a file."""
    with open(path, "rb") as file:
        file.seek(entry.block * BLOCK)
        return file.read(entry.size)


def _place(record: bytes) -> tuple[int, int]:
    return int.from_bytes(record[2:6], "little"), int.from_bytes(record[10:14], "little")


def _records(directory: bytes) -> list[bytes]:
    """ECMA-119 6.8.1: a record never crosses a block; the rest of one is zero."""
    records = []
    for start in range(0, len(directory), BLOCK):
        block = directory[start:start + BLOCK]
        at = 0
        while at < len(block) and block[at] != 0:
            records.append(block[at:at + block[at]])
            at += block[at]
    return records
