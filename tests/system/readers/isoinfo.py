# SPDX-License-Identifier: GPL-2.0-or-later
"""isoinfo: cdrkit's reader, which tells where on the disc each file lies."""

import calendar
import re
import time
from collections.abc import Iterator
from pathlib import Path

import naming
from entries import FILE, FOLDER, Entry, Listing, hash_stream
from images import SECTOR, Image
from readers.base import Reader, ReaderError, add, run, stream

_LINE = re.compile(
    r"(?P<kind>[d-])[-rwx]{9} +0 +0 +0 +(?P<size>[0-9]+)"
    r" (?P<date>[A-Z][a-z]{2} [ 0-9]{2} [0-9]{4})"
    r" \[ *(?P<block>[0-9]+) [0-9a-f]{2}\]  (?P<name>.*) "
)
_DAY = 24 * 60 * 60

# Extracting starts a program for each file. All are read where isoinfo says that they
# lie; of these many it must also extract the same bytes itself. From 2 GiB on it can't.
_EXTRACTED = 40
_EXTRACTABLE_SIZE = 2**31


class Isoinfo(Reader):
    """cdrkit's isoinfo."""

    name = "isoinfo"
    views = (naming.ISO, naming.JOLIET)
    packages = ("genisoimage",)
    programs = ("isoinfo",)

    def shown(self, view: str, name: str) -> str | None:
        """It shows Joliet in Latin-1, with underscores for what is not in there."""
        return re.sub(r"[^ -\xff]", "_", name)

    def key(self, view: str, shown: str) -> str:
        """Names that it shows alike have got a number."""
        return super().key(view, shown.partition("\0")[0])

    def visible_time(self, view: str, seconds: int) -> int | None:
        """It shows the day only."""
        return seconds - seconds % _DAY

    def list(self, image: Image, view: str) -> Listing:
        """List all, read the extents, and extract some."""
        command: list[str | Path] = ["isoinfo", "-i", image.path]
        if view == naming.JOLIET:
            command.append("-J")
        listing: Listing = {}
        with open(image.path, "rb") as file:
            for path, entry, block in _parse(run([*command, "-l"]).stdout.decode("latin-1")):
                if entry.kind == FILE:
                    file.seek(block * SECTOR)
                    size, digest = hash_stream(file.read, entry.size)
                    if size != entry.size:
                        raise ReaderError(f"{path!r} goes on behind the end of the image")
                    entry = entry._replace(sha256=digest)
                add(listing, path, entry)
        files = [
            path for path, entry in listing.items()
            if entry.kind == FILE and entry.size < _EXTRACTABLE_SIZE
        ]
        alike = {path.partition("\0")[0] for path in listing if "\0" in path}
        for path in files[:: 1 + len(files) // _EXTRACTED]:
            if not any(f"{path}/".startswith((f"{other}/", f"{other}\0")) for other in alike):
                with stream([*command, "-x", f"/{path}".encode("latin-1")]) as content:
                    _, digest = hash_stream(content.read)
                if digest != listing[path].sha256:
                    raise ReaderError(f"{path!r} is extracted from elsewhere than listed")
        return listing


def _parse(listed: str) -> Iterator[tuple[str, Entry, int]]:
    """Entries with their first blocks. The block of "." tells whose folder begins."""
    folders: dict[int, str] = {}
    here = None
    taken: set[str] = set()
    for line in listed.split("\n"):
        found = _LINE.fullmatch(line)
        if not found:
            if line and not line.startswith("Directory listing of /"):
                raise ReaderError(f"isoinfo prints a line unlike the others: {line!r}")
            here = None
            continue
        block = int(found["block"])
        if here is None:
            if found["name"] != "." or (folders and block not in folders):
                raise ReaderError(f"isoinfo lists a folder that nothing leads to: {line!r}")
            here = folders.setdefault(block, "")
        elif found["name"] != "..":
            path = here + found["name"]
            while path in taken:
                path = f"{here}{found['name']}\0{len(taken)}"
            taken.add(path)
            mtime = calendar.timegm(time.strptime(found["date"], "%b %d %Y"))
            if found["kind"] == "d":
                folders[block] = path + "/"
                yield path, Entry(FOLDER, mtime=mtime), block
            else:
                yield path, Entry(FILE, int(found["size"]), mtime=mtime), block
