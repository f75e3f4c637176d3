# SPDX-License-Identifier: GPL-2.0-or-later
"""GRUB's file system drivers, run by grub-fstest."""

import calendar
import re
import time
from collections.abc import Iterator
from pathlib import Path

import naming
from entries import FILE, FOLDER, Entry, Listing, hash_stream
from images import METADATA_PARTITION, Image
from readers.base import Reader, ReaderError, add, run, stream, text

_LINE = re.compile(r"(?P<size>DIR|[0-9]+) +(?:(?P<date>[0-9]{14}) )?(?P<name>.*)")

# It starts anew for each file and then looks through the whole folder, so of more files
# than these it reads only so many, evenly spread.
_READ = 60


class Grub(Reader):
    """What boots from the image; it sees UDF and ISO 9660 with eyes of its own."""

    name = "grub"
    views = naming.VIEWS
    packages = ("grub-common",)
    programs = ("grub-fstest",)

    def limit(self, image: Image, view: str, source: Listing) -> str | None:
        """Its listing does not quote names; it knows physical partitions only."""
        if view == naming.UDF and image.udf_revision >= METADATA_PARTITION:
            return "knows no metadata partition"
        if view == naming.UDF and any("\n" in path for path in source):
            return "lists a name with a newline as two lines"
        return None

    def list(self, image: Image, view: str) -> Listing:
        """List folder by folder, then read file by file."""
        path = image.showing(view)
        listing: Listing = {}
        for name, entry in _walk(path, ""):
            add(listing, name, entry)
        files = [name for name, entry in listing.items() if entry.kind == FILE]
        chosen = files
        if len(files) > _READ:
            chosen = [files[at * (len(files) - 1) // (_READ - 1)] for at in range(_READ)]
        for name in chosen:
            with stream(["grub-fstest", "--", path, "cat", f"(loop0)/{name}"]) as content:
                size, digest = hash_stream(content.read)
            if size != listing[name].size:
                raise ReaderError(f"of the {listing[name].size} bytes of {name!r} come {size}")
            listing[name] = listing[name]._replace(sha256=digest)
        return listing


def _walk(image: Path, folder: str) -> Iterator[tuple[str, Entry]]:
    done = run(["grub-fstest", "--", image, "ls", "-l", "-a", f"(loop0)/{folder}"])
    if complaint := text(done.stderr).strip():
        raise ReaderError(f"grub-fstest ls: {complaint}")
    for line in text(done.stdout).split("\n"):
        if not line:
            continue
        found = _LINE.fullmatch(line)
        if not found:
            raise ReaderError(f"grub-fstest prints a line unlike the others: {line!r}")
        mtime = None
        if found["date"]:
            mtime = calendar.timegm(time.strptime(found["date"], "%Y%m%d%H%M%S"))
        if found["size"] != "DIR":
            yield folder + found["name"], Entry(FILE, int(found["size"]), mtime=mtime)
        elif found["name"] not in ("./", "../"):
            yield folder + found["name"].removesuffix("/"), Entry(FOLDER, mtime=mtime)
            yield from _walk(image, folder + found["name"])
