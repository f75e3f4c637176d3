# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests have in common that make an image and have it read by others."""

import os
import sys
import unittest
import unittest.mock
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

import fsimage_command  # noqa: E402
import naming  # noqa: E402
import scratch  # noqa: E402
from entries import Listing, scan  # noqa: E402
from images import Image  # noqa: E402
from read_back import FAIL, OK, choose, read_back  # noqa: E402

__unittest = True  # keeps this file out of the stack that a failure shows

_SHOWN_DIFFERENCES = 5
_PIECE = 2**20  # bytes that are compared at a time

_Test = TypeVar("_Test", bound=Callable[..., None])


def slow(test: _Test) -> _Test:
    """Mark a test that `run --quick` leaves out."""
    test.__dict__["slow"] = True
    return test


def data_of(file: BinaryIO, size: int) -> Iterator[tuple[int, bytes]]:
    """The pieces of a file that are no holes, but for those that are zeros."""
    begin = 0
    while begin < size:
        try:
            begin = os.lseek(file.fileno(), begin, os.SEEK_DATA)
        except OSError:  # there is nothing but a hole any more
            return
        begin -= begin % _PIECE
        piece = os.pread(file.fileno(), _PIECE, begin)
        if piece.strip(b"\0"):
            yield begin, piece
        begin += _PIECE


def are_equal(one: Path, other: Path) -> bool:
    """Whether two files have the same bytes; holes need not be read for that."""
    size = one.stat().st_size
    with one.open("rb") as left, other.open("rb") as right:
        return size == other.stat().st_size and all(
            a == b for a, b in zip_longest(data_of(left, size), data_of(right, size)))


class ImageTest(unittest.TestCase):
    """A test of images that the command makes."""

    def create(self, *arguments: fsimage_command.Argument) -> fsimage_command.Done:
        """Run `fsimage create`, which must succeed."""
        done = fsimage_command.run("create", *arguments)
        self.assertEqual(0, done.status, done)
        return done

    def check_tree(
        self,
        make: Callable[[Path], None],
        *options: fsimage_command.Argument,
        views: Sequence[str] = naming.VIEWS,
        readers: Sequence[str] | None = None,
        modes: bool = True,
        posix: bool = False,
        judge_names: bool = True,
    ) -> None:
        """Make a source and an image of it, in which the readers find all that was put in."""
        with scratch.folder() as room:
            folder, image = room / "source", room / "image.iso"
            folder.mkdir()
            make(folder)
            if peer := fsimage_command.peer():
                self.check_peer(peer, room, *options, folder)
                return
            self.create("-q", "-o", image, *options, folder)
            source = scan(folder, posix)
            if not modes:
                source = {path: entry._replace(mode=None) for path, entry in source.items()}
            self.check_image(image, source, views, readers, judge_names)

    def check_peer(
        self, peer: Path, room: Path, *arguments: fsimage_command.Argument,
    ) -> None:
        """Both builds make the same image, so that what readers say of one is true of the other."""
        with unittest.mock.patch.dict(os.environ, SOURCE_DATE_EPOCH="1767323045"):
            self.create("-q", "-o", room / "ours.iso", *arguments)
            done = fsimage_command.run("create", "-q", "-o", room / "theirs.iso", *arguments,
                                       command=peer)
        self.assertEqual(0, done.status, done)
        self.assertTrue(are_equal(room / "ours.iso", room / "theirs.iso"))

    def check_image(
        self,
        path: Path,
        source: Listing,
        views: Sequence[str] = naming.VIEWS,
        readers: Sequence[str] | None = None,
        judge_names: bool = True,
        mounts: Mapping[str, str] | None = None,
    ) -> None:
        """Each reader must find the source in each view that it knows, if it can at all.

        mounts: by view, options that let the kernel find an earlier session.
        """
        if fsimage_command.peer():  # the image of the other build is for the readers
            # Else a standard is broken on purpose, or it depends on the session.
            if judge_names and not mounts:
                done = fsimage_command.run("check", path)
                self.assertEqual(0, done.status, done)
            return
        convinced = set()
        with scratch.folder() as room:
            image = Image(path, views, room, mounts)
            for verdict in read_back(image, source, choose(readers), judge_names):
                print(f"    {verdict.line()}", flush=True)
                with self.subTest(view=verdict.view, reader=verdict.reader):
                    if verdict.status == FAIL:
                        self.fail("\n".join(
                            [verdict.summary, *verdict.differences[:_SHOWN_DIFFERENCES]]))
                if verdict.status == OK:
                    convinced.add(verdict.view)
        self.assertEqual(set(views), convinced, "each view must be read by somebody")
