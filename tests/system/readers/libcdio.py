# SPDX-License-Identifier: GPL-2.0-or-later
"""libcdio's libiso9660 and libudf, through tests/support/read_libcdio.c."""

import naming
from entries import Listing
from images import Image
from readers.base import Reader, ReaderError, parse_records, run, text
from readers.programs import program

_YEAR_2039 = 2177452800


class Libcdio(Reader):
    """libcdio, as in media players."""

    name = "libcdio"
    views = naming.VIEWS
    packages = ("gcc", "libc6-dev", "libssl-dev", "libcdio-dev", "libiso9660-dev", "libudf-dev")
    programs = ("cc",)

    def limit(self, image: Image, view: str, source: Listing) -> str | None:
        """Surrogate pairs are too much for it."""
        if any(character > "\uffff" for path in source for character in path):
            if view == naming.JOLIET:
                return "loses the folder of a Joliet name with a surrogate pair"
            if view == naming.UDF:
                return "crashes at a UDF name beyond U+FFFF"
        return None

    def shown(self, view: str, name: str) -> str | None:
        """It cuts Joliet names whose characters take three bytes of UTF-8."""
        return None if view == naming.JOLIET and max(name) > "\u07ff" else name

    def visible_time(self, view: str, seconds: int) -> int | None:
        """Its table of years for UDF ends with 2038."""
        return seconds if view != naming.UDF or seconds < _YEAR_2039 else None

    def list(self, image: Image, view: str) -> Listing:
        """Let the program read it all."""
        done = run([program("read_libcdio"), view, image.path])
        if complaint := text(done.stderr).strip():
            raise ReaderError(f"libcdio: {complaint[:1000]}")
        return {_decode(path): entry for path, entry in parse_records(done.stdout).items()}


def _decode(path: str) -> str:
    """It leaves UDF names of one byte a character in Latin-1."""
    parts = [part.encode("utf-8", "surrogateescape") for part in path.split("/")]
    return "/".join(_decode_part(part) for part in parts)


def _decode_part(part: bytes) -> str:
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return part.decode("latin-1")
