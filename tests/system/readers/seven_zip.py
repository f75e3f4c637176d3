# SPDX-License-Identifier: GPL-2.0-or-later
"""7-Zip: one program that lists, one that sends all contents one after the other."""

import calendar
import re
import time
from pathlib import Path

import naming
from entries import FILE, FOLDER, Entry, Listing, hash_stream
from images import METADATA_PARTITION, Image
from readers.base import Reader, ReaderError, add, run, stream, text

_TYPES = {naming.ISO: "-tiso", naming.JOLIET: "-tiso", naming.UDF: "-tudf"}
_COMPLAINTS = re.compile(r"^(?:ERRORS?|WARNINGS?):\n?(.+)", re.MULTILINE)
# It does not expect the mirror of the metadata of UDF behind the last file.
_BEHIND_THE_FILES = ("Headers Error", "There are data after the end of archive")
_HEADERS_ERROR = re.compile(r"ERRORS:\nHeaders Error\n")
_FATAL = 2  # its exit status then
# What is booted from ISO 9660 it lists too, in a folder that is none.
_NO_BOOT = "-x![BOOT]"
_FIELD = re.compile(r"^([A-Z][A-Za-z ]*) = (.*)$")


class SevenZip(Reader):
    """p7zip's 7z: it checks all CRCs of UDF, and both byte orders of ISO 9660."""

    name = "7z"
    views = naming.VIEWS
    packages = ("p7zip-full",)
    programs = ("7z",)

    def shown(self, view: str, name: str) -> str | None:
        """It lists a newline as an underscore, if there is more in the name."""
        return name.replace("\n", "_") if name.strip() else None

    def list(self, image: Image, view: str) -> Listing:
        """List the entries, then cut the stream of contents by their sizes."""
        # The type of the archive tells UDF from the others, not Joliet from ISO 9660.
        path = image.path if view == naming.UDF else image.showing(view)
        done = run(["7z", "l", "-slt", _NO_BOOT, _TYPES[view], "--", path], accept=(0, 1, 2))
        head, _, body = text(done.stdout).partition("\n----------\n")
        complaints = _COMPLAINTS.findall(head)
        is_mirrored = view == naming.UDF and image.udf_revision >= METADATA_PARTITION
        if is_mirrored and done.returncode == _FATAL:
            complaints = [one for one in complaints if one not in _BEHIND_THE_FILES]
            body, _, _ = body.partition("\nWarnings: ")
        elif done.returncode != 0:
            complaints += [text(done.stderr)]
        if complaints:
            raise ReaderError(f"7z ended with {done.returncode}: {'; '.join(complaints)}")
        entries = [_parse(block) for block in body.split("\n\n") if block.strip()]
        return _with_contents(entries, path, view, is_mirrored)


def _parse(block: str) -> tuple[str, Entry]:
    lines = [found for line in block.split("\n") if (found := _FIELD.match(line))]
    fields: dict[str, str] = {line[1]: line[2] for line in lines}
    if "Path" not in fields or "Folder" not in fields:
        raise ReaderError(f"7z lists something that is not an entry: {block!r}")
    mtime = None
    if moment := fields.get("Modified"):
        mtime = calendar.timegm(time.strptime(moment.partition(".")[0], "%Y-%m-%d %H:%M:%S"))
    if fields["Folder"] == "+":
        return fields["Path"], Entry(FOLDER, mtime=mtime)
    return fields["Path"], Entry(FILE, int(fields["Size"] or 0), None, mtime)


def _with_contents(
    entries: list[tuple[str, Entry]], path: Path, view: str, is_mirrored: bool,
) -> Listing:
    listing: Listing = {}
    command = ["7z", "x", "-so", _NO_BOOT, _TYPES[view], "--", path]
    accept, harmless = ((0, _FATAL), _HEADERS_ERROR) if is_mirrored else ((0,), None)
    with stream(command, accept=accept, harmless=harmless) as contents:
        for name, entry in entries:
            if entry.kind == FILE:
                size, digest = hash_stream(contents.read, entry.size)
                if size != entry.size:
                    break
                entry = entry._replace(sha256=digest)
            add(listing, name, entry)
    if len(listing) != len(entries):
        raise ReaderError("7z sends less than it has listed")
    return listing
