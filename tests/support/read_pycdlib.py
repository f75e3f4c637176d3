#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Prints all that pycdlib sees in an image: read_pycdlib.py iso|joliet|udf IMAGE

The records are those of record.h.
"""

import calendar
import hashlib
import io
import sys
from typing import Any

import pycdlib

_ARGUMENTS = {"iso": "iso_path", "joliet": "joliet_path", "udf": "udf_path"}
_UNSPECIFIED_ZONE = -2047  # ECMA-167 1/7.3.1


class _Digest(io.RawIOBase):
    """A file that only remembers the size and SHA-256 of what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.sha256 = hashlib.sha256()
        self.size = 0

    def write(self, data: Any) -> int:
        """Take some bytes."""
        self.sha256.update(data)
        self.size += len(data)
        return len(data)


def _iso_time(date: Any) -> int:
    fields = (date.years_since_1900 + 1900, date.month, date.day_of_month,
              date.hour, date.minute, date.second)
    return calendar.timegm(fields) - 15 * 60 * int(date.gmtoffset)


def _udf_time(stamp: Any) -> int:
    fields = (stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second)
    zone = 0 if stamp.tz == _UNSPECIFIED_ZONE else stamp.tz
    return int(calendar.timegm(fields) - 60 * zone)


def _udf_mode(permissions: int) -> int:
    """Of five bits for each class the lower three are POSIX's, ECMA-167 4/14.9.5."""
    return permissions & 7 | permissions >> 2 & 0o70 | permissions >> 4 & 0o700


class _Walker:
    def __init__(self, iso: pycdlib.PyCdlib, view: str) -> None:
        self.iso = iso
        self.view = view

    def name(self, record: Any) -> str | None:
        """The name of a record; None for those of the folder and its parent."""
        if record is None:
            return None
        if self.view == "udf":
            return str(record.file_ident.fi, record.file_ident.encoding)
        if record.is_dot() or record.is_dotdot():
            return None
        return str(record.file_identifier(), "utf-16_be" if self.view == "joliet" else "ascii")

    def show(self, path: str, record: Any) -> None:
        """Print the record of an entry, and of all below it."""
        mtime, mode = 0, "-"
        if self.view == "udf":
            mtime, mode = _udf_time(record.mod_time), f"{_udf_mode(record.perms):o}"
        else:
            mtime = _iso_time(record.date)
        kind, size, digest = "o", 0, "-"
        if record.is_dir():
            kind = "d"
        elif record.is_file():
            file = _Digest()
            self.iso.get_file_from_iso_fp(file, **{_ARGUMENTS[self.view]: f"/{path}"})
            kind, size, digest = "f", file.size, file.sha256.hexdigest()
            if size != record.get_data_length():
                raise ValueError(f"{path!r} has another size than its contents")
        line = f"{kind}\t{size}\t{digest}\t{mtime}\t{mode}\t-\t{path}\0"
        sys.stdout.buffer.write(line.encode("utf-8", "surrogatepass"))
        if kind == "d":
            self.walk(path)

    def walk(self, folder: str) -> None:
        """Print the records of all in a folder."""
        records = list(self.iso.list_children(**{_ARGUMENTS[self.view]: f"/{folder}"}))
        for record in records:
            name = self.name(record)
            if name is not None:
                self.show(f"{folder}/{name}" if folder else name, record)


def main() -> None:
    """Read the image that the command line names."""
    view, image = sys.argv[1:]
    iso = pycdlib.PyCdlib()
    iso.open(image)
    _Walker(iso, view).walk("")
    iso.close()


main()
