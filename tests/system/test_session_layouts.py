# SPDX-License-Identifier: GPL-2.0-or-later
"""Twelve sessions on one image file: all readers on the newest, the kernel on earlier ones."""

import json
import os
import shutil
from pathlib import Path

import fsimage_command
import naming
import scratch
import trees
from case import ImageTest, slow
from entries import Listing, scan
from images import SECTOR

# What may differ in the sessions before: the descriptors and the anchor at the head.
_HEAD = {*range(16, 32), 256}

_NAMES = {"iso9660": naming.ISO, "joliet": naming.JOLIET, "udf": naming.UDF}


def first(root: Path) -> None:
    """What the disc begins with: some of it stays for good. ISO 9660 has these names, too."""
    for size in (0, 1, 1800, 2048, 5000, 100_000):
        trees.put(root / "KEPT" / f"{size}.BIN", size)
    trees.put(root / "CHANGING.TXT", 100)
    trees.put(root / "PART1" / "GONE.BIN", 3000)
    trees.put(root / "PART1" / "STAYS.BIN", 3000)
    trees.stamp(root)


def later(root: Path, session: int) -> None:
    """What a session adds or replaces."""
    trees.put(root / "CHANGING.TXT", 100 + session)
    trees.put(root / f"PART{session}" / "GONE.BIN", 3000)
    trees.put(root / f"PART{session}" / "STAYS.BIN", 3000 + session)
    trees.stamp(root)


def merge(source: Path, tree: Path, gone: str, moved: str) -> None:
    """What the tree is to be after a session."""
    shutil.copytree(source, tree, dirs_exist_ok=True)
    folder = (tree / gone).parent
    status = folder.stat()
    (tree / gone).unlink()
    (folder / "STAYS.BIN").rename(tree / moved)
    os.utime(folder, ns=(status.st_atime_ns, status.st_mtime_ns))


def blocks_that_differ(old: Path, new: Path) -> set[int]:
    """The blocks of an image that are others in its successor."""
    found = set()
    with old.open("rb") as left, new.open("rb") as right:
        block = 0
        while piece := left.read(SECTOR):
            if piece != right.read(SECTOR):
                found.add(block)
            block += 1
    return found


class Sessions(ImageTest):
    """One image file for each kind of disc."""

    def run_command(self, *arguments: fsimage_command.Argument) -> fsimage_command.Done:
        """Run the command, which must succeed."""
        done = fsimage_command.run(*arguments)
        self.assertEqual(0, done.status, done)
        return done

    def check_earlier(self, path: Path, sources: list[Listing],
                      views: tuple[str, ...]) -> None:
        """Let the kernel mount sessions that are not the newest, and extract some."""
        told = json.loads(self.run_command("info", "--json", path).output)["sessions"]
        self.assertEqual(len(sources), len(told))
        some = {1, len(told) // 2, len(told) - 1}
        for number, session in enumerate(told[:-1], 1):
            if number not in some and "FSIMAGE_EVERY_SESSION" not in os.environ:
                continue
            self.assertEqual(set(views), {_NAMES[name] for name in session["file_systems"]})
            mounts = {
                view: f"anchor={session['anchor_block']}" if view == naming.UDF
                else f"sbsector={session['session_block']}"
                for view in views
            }
            self.check_image(path, sources[number - 1], views, ["linux"], mounts=mounts)
        for number in some:
            for name in told[number - 1]["file_systems"]:
                self.check_extracted(path, number, name, sources[number - 1])

    def check_extracted(self, path: Path, number: int, name: str, source: Listing) -> None:
        """What the command takes out of an earlier session."""
        with scratch.folder() as room, self.subTest(session=number, view=name):
            self.run_command("extract", "-q", "--session", str(number), "--view", name,
                             "-C", room / "out", path)
            found = scan(room / "out")
            self.assertEqual({path: entry.sha256 for path, entry in source.items()},
                             {path: entry.sha256 for path, entry in found.items()})

    def add(self, room: Path, path: Path, session: int, *options: str) -> None:
        """Append a session; what was there before stays but for the head."""
        source, old = room / f"source-{session}", room / "old.iso"
        gone = f"PART{session - 1}/GONE.BIN"
        later(source, session)
        shutil.copyfile(path, old)
        moved = f"PART{session - 1}/MOVED.BIN"
        self.run_command("append", *options, path, "--remove", gone,
                         "--move", f"PART{session - 1}/STAYS.BIN={moved}", source)
        self.assertLessEqual(blocks_that_differ(old, path), _HEAD)
        told = self.run_command("check", path).output.decode().splitlines()[:-1]
        # The files here are newer than their stamps.
        self.assertEqual([], [line for line in told if "U-094" not in line])
        merge(source, room / "tree", gone, moved)

    def check_sessions(self, count: int, systems: str, *options: str) -> None:
        """Begin a disc and append to it."""
        views = tuple(_NAMES[name] for name in systems.split(","))
        with scratch.folder() as room:
            path, tree = room / "disc.iso", room / "tree"
            first(tree)
            self.create("-q", "-f", systems, *options, "-o", path, tree)
            sources = [scan(tree)]
            later_options = [word for word in options if word == "--redundant-metadata"]
            for session in range(2, count + 1):
                self.add(room, path, session, *later_options)
                sources.append(scan(tree))
            self.check_image(path, sources[-1], views)
            self.check_earlier(path, sources, views)

    def test_three_on_a_bridge(self) -> None:
        self.check_sessions(3, "iso9660,joliet,udf")

    @slow
    def test_twelve_of_iso9660(self) -> None:
        self.check_sessions(12, "iso9660")

    @slow
    def test_twelve_with_joliet(self) -> None:
        self.check_sessions(12, "iso9660,joliet")

    @slow
    def test_twelve_on_a_bridge(self) -> None:
        self.check_sessions(12, "iso9660,joliet,udf", "--udf-revision", "1.02")

    @slow
    def test_twelve_of_udf_1_50(self) -> None:
        self.check_sessions(12, "udf", "--udf-revision", "1.50")

    @slow
    def test_twelve_of_udf_2_01(self) -> None:
        self.check_sessions(12, "udf", "--udf-revision", "2.01")

    @slow
    def test_twelve_of_udf_2_50_with_a_mirror(self) -> None:
        self.check_sessions(12, "udf", "--udf-revision", "2.50", "--redundant-metadata")

    @slow
    def test_twelve_of_udf_2_60(self) -> None:
        self.check_sessions(12, "udf", "--udf-revision", "2.60")
