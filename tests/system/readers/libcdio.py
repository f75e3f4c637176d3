# SPDX-License-Identifier: GPL-2.0-or-later
"""libcdio's libiso9660 and libudf, through tests/support/read_libcdio.c."""

from collections import Counter

import naming
from entries import Listing
from images import EXTENDED_ENTRIES, Image
from readers.base import Reader, run_records
from readers.programs import program

_YEAR_2039 = 2177452800
_EMBEDDED = 1872  # bytes that a file entry has room for, ECMA-167 4/14.9


class Libcdio(Reader):
    """libcdio, as in media players."""

    name = "libcdio"
    views = naming.VIEWS
    packages = ("gcc", "libc6-dev", "libssl-dev", "libcdio-dev", "libiso9660-dev", "libudf-dev")
    programs = ("cc",)

    def limit(self, image: Image, view: str, source: Listing) -> str | None:
        """Much of UDF, surrogate pairs and long characters are too much for it."""
        if view == naming.UDF and image.udf_revision >= EXTENDED_ENTRIES:
            return "knows no extended file entries"
        if view == naming.UDF and naming.ISO not in image.announced and any(
            0 < entry.size <= _EMBEDDED for entry in source.values()
        ):
            return "reads no data that is in its file entry"
        if any(character > "\uffff" for path in source for character in path):
            if view == naming.JOLIET:
                return "loses the folder of a Joliet name with a surrogate pair"
            if view == naming.UDF:
                return "crashes at a UDF name beyond U+FFFF"
        if view == naming.JOLIET and _are_cut_alike(source):
            return "cuts Joliet names of the source, so that some are equal"
        return None

    def shown(self, view: str, name: str) -> str | None:
        """It cuts Joliet names to two bytes of UTF-8 for each character."""
        return _cut(name) if view == naming.JOLIET else name

    def visible_time(self, view: str, seconds: int) -> int | None:
        """Its table of years for UDF ends with 2038."""
        return seconds if view != naming.UDF or seconds < _YEAR_2039 else None

    def list(self, image: Image, view: str) -> Listing:
        """Let the program read it all."""
        listing = run_records([program("read_libcdio"), view, image.path])
        return {_decode(path): entry for path, entry in listing.items()}


def _cut(name: str) -> str:
    length = 2 * min(naming.units(name), naming.JOLIET_UNITS)
    return _decode_part(name.encode()[:length])


def _are_cut_alike(source: Listing) -> bool:
    cut = Counter((folder, _cut(name)) for folder, _, name in
                  (path.rpartition("/") for path in source) if _cut(name) != name)
    return any(count > 1 for count in cut.values())


def _decode(path: str) -> str:
    """It leaves UDF names of one byte a character in Latin-1."""
    parts = [part.encode("utf-8", "surrogateescape") for part in path.split("/")]
    return "/".join(_decode_part(part) for part in parts)


def _decode_part(part: bytes) -> str:
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return part.decode("latin-1")
