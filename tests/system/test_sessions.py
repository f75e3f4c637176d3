# SPDX-License-Identifier: GPL-2.0-or-later
"""Many sessions on one image: the newest for all readers, the older ones where they are."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import fsimage_command
import naming
import scratch
import trees
from case import ImageTest, slow
from entries import FILE, Listing, scan
from images import Image
from readers.base import ReaderError
from readers.linux import Linux

BLOCK = 2048
SESSIONS = 12
# What a session replaces of the earlier ones: descriptors and the first anchor.
HEAD = {*range(16, 32), 256}
BOTH = (naming.ISO, naming.JOLIET)
VIEW_OPTIONS = {naming.ISO: "iso9660", naming.JOLIET: "joliet", naming.UDF: "udf"}


def listing(folder: Path) -> Listing:
    """What is in it; ISO 9660 does not keep modes, and folders here change otherwise."""
    return {path: entry._replace(mode=None, mtime=entry.mtime if entry.kind == FILE else None)
            for path, entry in scan(folder).items()}


class Growing:
    """A source that changes from session to session, and the image of it."""

    def __init__(self, room: Path, run: Callable[..., fsimage_command.Done]) -> None:
        self.source, self.new, self.image = room / "source", room / "new", room / "image.iso"
        self.run = run
        for name in ("ONE.TXT", "TWO/THREE.TXT", "TWO/FOUR.BIN", "GONE/A.TXT", "GONE/B.TXT"):
            trees.put(self.source / name)
        trees.stamp(self.source)
        self.snapshots: list[Listing] = []

    def begin(self, *options: str) -> None:
        """Make the first session."""
        self.run("create", "-q", *options, "-o", self.image, self.source)
        self.snapshots.append(listing(self.source))

    def go_on(self, *options: str) -> bytes:
        """Add a session: a new folder, a new file in place of an old one, one removed, one
        moved. What the image was before."""
        number = len(self.snapshots) + 1
        old = self.image.read_bytes()
        shutil.rmtree(self.new, ignore_errors=True)
        trees.put(self.new / f"NEW{number}/FILE{number}.TXT")
        (self.new / "ONE.TXT").write_bytes(b"in session %d" % number)
        trees.stamp(self.new)
        changes = ["--move", f"TWO/FOUR.BIN=TWO/MOVED{number}.BIN"]
        if number == 2:
            changes += ["--remove", "GONE/A.TXT"]
            (self.source / "GONE/A.TXT").unlink()
        elif number == 3:
            changes += ["--remove", "GONE"]
            shutil.rmtree(self.source / "GONE")
        else:
            changes[1] = f"TWO/MOVED{number - 1}.BIN=TWO/MOVED{number}.BIN"
        if number == 3:
            changes[1] = "TWO/MOVED2.BIN=TWO/MOVED3.BIN"
        before = "FOUR" if number == 2 else f"MOVED{number - 1}"
        (self.source / f"TWO/{before}.BIN").rename(self.source / f"TWO/MOVED{number}.BIN")
        shutil.copytree(self.new, self.source, dirs_exist_ok=True)
        self.run("append", "-q", *options, *changes, self.image, self.new)
        self.snapshots.append(listing(self.source))
        return old

    def sessions(self) -> list[dict[str, int]]:
        """What `fsimage info` tells of them."""
        done = self.run("info", "--json", self.image)
        found: list[dict[str, int]] = json.loads(done.output)["sessions"]
        return found


class Sessions(ImageTest):
    """One image file for each combination of file systems."""

    def run_command(self, *arguments: fsimage_command.Argument) -> fsimage_command.Done:
        """Run it, which must succeed."""
        done = fsimage_command.run(*arguments)
        self.assertEqual(0, done.status, done)
        return done

    def check_sessions(self, *options: str, views: Sequence[str],
                       later: Sequence[str] = (), count: int = SESSIONS) -> None:
        """Grow an image, and read every session of it."""
        with scratch.folder() as room:
            growing = Growing(room, self.run_command)
            growing.begin(*options)
            while len(growing.snapshots) < count:
                self.check_bytes(growing.go_on(*later), growing.image)
                self.check_commands(growing, views)
                self.run_command("check", growing.image)
            self.check_image(growing.image, growing.snapshots[-1], views)
            self.check_older(growing, views, room)

    def check_bytes(self, old: bytes, image: Path) -> None:
        """The earlier sessions are as they were, but for the head of the disc."""
        new = image.read_bytes()
        changed = {block for block in range(len(old) // BLOCK)
                   if old[block * BLOCK:(block + 1) * BLOCK]
                   != new[block * BLOCK:(block + 1) * BLOCK]}
        self.assertLessEqual(changed, HEAD)

    def check_commands(self, growing: Growing, views: Sequence[str]) -> None:
        """The newest session, and one of the older ones, come out as they went in."""
        newest = len(growing.snapshots)
        self.assertEqual(newest, len(growing.sessions()))
        for number in {newest, newest // 2}:
            for view in views:
                with scratch.folder() as room, self.subTest(session=number, view=view):
                    self.run_command("extract", "-q", "--session", str(number), "--view",
                                     VIEW_OPTIONS[view], "-C", room / "out", growing.image)
                    self.assertEqual(self.shown(growing.snapshots[number - 1]),
                                     self.shown(listing(room / "out")))

    @staticmethod
    def shown(found: Listing) -> dict[str, tuple[str, str | None]]:
        """Names and contents."""
        return {path: (entry.kind, entry.sha256) for path, entry in found.items()}

    def check_older(self, growing: Growing, views: Sequence[str], room: Path) -> None:
        """Linux mounts each older session by its options."""
        sessions = growing.sessions()
        self.assertEqual(len(growing.snapshots), len(sessions))
        for number, session in enumerate(sessions[:-1]):
            place = room / f"session{number + 1}"
            place.mkdir()
            mounts = {view: f"anchor={session['anchor_block']}" if view == naming.UDF
                      else f"sbsector={session['session_block']}" for view in views}
            image = Image(growing.image, views, place, mounts)
            for view in views:
                with self.subTest(session=number + 1, view=view):
                    try:
                        found = Linux().list(image, view)
                    except ReaderError as error:
                        self.fail(str(error))
                    self.assertEqual(self.shown(growing.snapshots[number]), self.shown(
                        {name.removesuffix(";1"): entry for name, entry in found.items()}))

    def test_two_sessions_of_a_bridge(self) -> None:
        self.check_sessions(views=naming.VIEWS, count=2)

    @slow
    def test_iso9660(self) -> None:
        self.check_sessions("-f", "iso9660", views=[naming.ISO])

    @slow
    def test_iso9660_and_joliet(self) -> None:
        self.check_sessions("-f", "iso9660,joliet", views=BOTH)

    @slow
    def test_bridge_with_udf_102(self) -> None:
        self.check_sessions(views=naming.VIEWS)

    @slow
    def test_udf_150(self) -> None:
        self.check_sessions("-f", "udf", "--udf-revision", "1.50", views=[naming.UDF])

    @slow
    def test_udf_201(self) -> None:
        self.check_sessions("-f", "udf", "--udf-revision", "2.01", views=[naming.UDF])

    @slow
    def test_udf_250_with_its_metadata_twice(self) -> None:
        self.check_sessions("--udf-revision", "2.50", "--redundant-metadata",
                            views=naming.VIEWS, later=["--redundant-metadata"])

    @slow
    def test_udf_260(self) -> None:
        self.check_sessions("-f", "udf", "--udf-revision", "2.60", views=[naming.UDF])
