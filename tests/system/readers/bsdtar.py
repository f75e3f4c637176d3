# SPDX-License-Identifier: GPL-2.0-or-later
"""bsdtar: libarchive's ISO 9660 reader, which turns an image into a tar archive."""

import subprocess
import tarfile
import unicodedata

import naming
from entries import FILE, FOLDER, OTHER, Entry, Listing, hash_stream
from images import Image
from readers.base import ENVIRONMENT, Reader, ReaderError, add, text


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
        command = ["bsdtar", "-cf", "-", "--format=pax", f"@{image.showing(view)}"]
        with subprocess.Popen(
            command, env=ENVIRONMENT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:
            assert process.stdout and process.stderr
            try:
                with tarfile.open(fileobj=process.stdout, mode="r|", errors="surrogateescape") as tar:
                    listing = _read(tar)
            except tarfile.TarError as error:
                raise ReaderError(f"bsdtar: {error}") from error
            process.stdout.close()
            complaint = text(process.stderr.read()).strip()
        if process.returncode != 0 or complaint:
            raise ReaderError(f"bsdtar ended with {process.returncode}: {complaint[:1000]}")
        return listing


def _read(tar: tarfile.TarFile) -> Listing:
    listing: Listing = {}
    for member in tar:
        path = member.name.removeprefix("./")
        if path in ("", "."):
            continue
        mtime = int(member.mtime // 1)
        if member.isdir():
            entry = Entry(FOLDER, mtime=mtime)
        elif member.islnk():
            entry = listing[member.linkname.removeprefix("./")]._replace(mtime=mtime)
        elif member.isfile():
            stream = tar.extractfile(member)
            assert stream
            size, digest = hash_stream(stream.read)
            entry = Entry(FILE, size, digest, mtime)
        else:
            entry = Entry(OTHER, mtime=mtime)
        add(listing, path, entry)
    return listing
