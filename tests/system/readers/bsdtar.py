# SPDX-License-Identifier: GPL-2.0-or-later
"""bsdtar: libarchive's ISO 9660 reader, which turns an image into a tar archive."""

import tarfile
import unicodedata

import naming
from entries import FILE, FOLDER, OTHER, Entry, Listing, hash_stream
from images import Image
from readers.base import Reader, ReaderError, add, stream


class Bsdtar(Reader):
    """libarchive, as in many file managers; it wants folders behind their parents."""

    name = "bsdtar"
    views = (naming.ISO, naming.JOLIET)
    packages = ("libarchive-tools",)
    programs = ("bsdtar",)

    def key(self, view: str, shown: str) -> str:
        """It composes the names of Joliet."""
        return unicodedata.normalize("NFC", super().key(view, shown))

    def list(self, image: Image, view: str) -> Listing:
        """Convert the image to a pax archive and read that as it comes."""
        listing: Listing = {}
        damage = None
        command = ["bsdtar", "-cf", "-", "--format=pax", f"@{image.showing(view)}"]
        with stream(command) as archive:
            try:
                with tarfile.open(fileobj=archive, mode="r|", encoding="utf-8") as tar:
                    for member in tar:
                        _add_member(listing, tar, member)
            except tarfile.TarError as error:
                damage = error  # what bsdtar itself says is better
            while archive.read(1 << 20):
                pass
        if damage:
            raise ReaderError(f"bsdtar: {damage}")
        return listing


def _add_member(listing: Listing, tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    path = member.name.removeprefix("./")
    if path == ".":
        return
    mtime = int(member.mtime // 1)
    if member.isdir():
        entry = Entry(FOLDER, mtime=mtime)
    elif member.islnk():
        entry = listing[member.linkname.removeprefix("./")]._replace(mtime=mtime)
    elif content := tar.extractfile(member):
        size, digest = hash_stream(content.read)
        entry = Entry(FILE, size, digest, mtime)
    else:
        entry = Entry(OTHER, mtime=mtime)
    add(listing, path, entry)
