# SPDX-License-Identifier: GPL-2.0-or-later
"""libudfread, through tests/support/read_udfread.c."""

import naming
from entries import Listing
from images import Image
from readers.base import Reader, run_records
from readers.programs import program


class Libudfread(Reader):
    """VideoLAN's UDF reader, as in Blu-ray players."""

    name = "libudfread"
    views = (naming.UDF,)
    packages = ("gcc", "libc6-dev", "libssl-dev", "libudfread-dev")
    programs = ("cc",)

    def list(self, image: Image, view: str) -> Listing:
        """Let the program read it all."""
        listing = run_records([program("read_udfread"), image.path])
        return {_decode(path): entry for path, entry in listing.items()}


def _decode(path: str) -> str:
    """It gives each half of a surrogate pair in UTF-8 of its own."""
    halves = path.encode("utf-8", "surrogateescape").decode("utf-8", "surrogatepass")
    return halves.encode("utf-16", "surrogatepass").decode("utf-16")
