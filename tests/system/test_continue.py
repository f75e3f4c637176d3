#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Discs that other writers began get a session of ours: it has all items where they were.

What is there before is read with iso_tree.py, which knows nothing of the library, and
afterwards with the readers of the other tests.
"""

import io
import shutil
import struct
import subprocess
import unittest
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pycdlib

import fsimage_command
import iso_tree
import naming
import scratch
from case import ImageTest
from entries import scan

BLOCK = iso_tree.BLOCK

# What a session on a rewritable disc replaces of the earlier ones: descriptors, an anchor.
HEAD = {*range(16, 32), 256}

# Those that see each view and stand what other writers do.
READERS = ("linux", "7z", "bsdtar", "isoinfo", "libudfread", "grub")

LARGE = bytes(range(256)) * 1200


class ContinueTest(ImageTest):
    """A disc made of one folder, to which another one is added."""

    def setUp(self) -> None:
        self.room = self.enterContext(scratch.folder())
        self.disc = self.room / "disc.iso"
        self.put("in/large.bin", LARGE)
        self.put("in/empty", b"")
        for n in range(60):
            self.put(f"in/many/number {n:03}.text", b"%d" % n * (n * 100))
        self.put("in/a/b/c/deep.txt", b"deep")
        self.put("add/new.txt", b"new")
        self.put("add/many/one more.text", b"more")
        self.put("add/empty", b"not any more")

    def put(self, name: str, content: bytes) -> None:
        """A file, with the folders on the way to it."""
        path = self.room / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def run_program(self, *words: str | Path) -> None:
        """Run another program, which must succeed."""
        done = subprocess.run(words, cwd=self.room, capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)

    def append(self, *words: str) -> fsimage_command.Done:
        """Add the session."""
        return fsimage_command.run("append", "-q", *words, self.disc, self.room / "add")

    def expected(self) -> Path:
        """A folder with what is to be seen then."""
        both = self.room / "both"
        shutil.copytree(self.room / "in", both)
        shutil.copytree(self.room / "add", both, dirs_exist_ok=True)
        return both

    def expect_kept(self, before: bytes) -> None:
        """Nothing of the earlier sessions has changed but for the head of the disc."""
        after = self.disc.read_bytes()
        self.assertGreater(len(after), len(before))
        changed = {block for block in range(len(before) // BLOCK)
                   if before[block * BLOCK:(block + 1) * BLOCK]
                   != after[block * BLOCK:(block + 1) * BLOCK]}
        self.assertLessEqual(changed, HEAD)

    def continue_disc(self, dialect: str, *words: str) -> None:
        """Add a session: the files that are there stay where they are, in one of the trees."""
        old = iso_tree.read(self.disc, dialect)
        before = self.disc.read_bytes()
        done = self.append(*words)
        self.assertEqual(0, done.status, done)
        self.expect_kept(before)
        new = iso_tree.read(self.disc, dialect)
        self.assertLessEqual(_places(old), _places(new))
        if dialect == iso_tree.JOLIET:
            for path in old:
                self.assertEqual(old[path].is_folder, new[path].is_folder)
                if not old[path].is_folder and old[path].size > 0:
                    self.assertEqual(old[path], new[path])
        checked = fsimage_command.run("check", self.disc)
        self.assertNotIn("error", checked.output.decode(), checked)

    def add_session(self, *words: str) -> None:
        """A session as growisofs has genisoimage make it, with the head repointed."""
        start = -(-self.disc.stat().st_size // (16 * BLOCK)) * 16
        session = self.room / "session.iso"
        self.put("second/two.txt", b"of the second session")
        self.run_program("genisoimage", "-quiet", *words, "-M", self.disc, "-C", f"0,{start}",
                         "-o", session, "second")
        with open(self.disc, "r+b") as file:
            file.seek(start * BLOCK)
            file.write(session.read_bytes())
            for place, descriptor in enumerate(_descriptors(session.read_bytes(), start)):
                file.seek((16 + place) * BLOCK)
                file.write(descriptor)
        shutil.copytree(self.room / "second", self.room / "in", dirs_exist_ok=True)

    def grow(self, source: str, target: str) -> None:
        """A session of xorriso, which repoints the head itself."""
        self.run_program("xorriso", "-report_about", "SORRY", "-dev", self.disc, "-joliet", "on",
                         "-map", source, target, "-commit")

    def expect_read(self, *views: str) -> None:
        """Other readers see what both sessions hold."""
        source = scan(self.expected())
        # Entries that stay keep the modes that they have.
        source = {path: entry._replace(mode=None) for path, entry in source.items()}
        self.check_image(self.disc, source, views, READERS, judge_names=False)


def _descriptors(session: bytes, start: int) -> list[bytes]:
    """Those of a session, their size being that of the disc, as growisofs writes them."""
    found = []
    for place in range(16, 32):
        descriptor = bytearray(session[place * BLOCK:(place + 1) * BLOCK])
        if descriptor[0] in (1, 2):
            size = struct.unpack_from("<I", descriptor, 80)[0] + start
            struct.pack_into("<I", descriptor, 80, size)
            struct.pack_into(">I", descriptor, 84, size)
        found.append(bytes(descriptor))
        if descriptor[0] == 255:
            break
    return found


def _places(tree: Mapping[str, iso_tree.Entry]) -> set[tuple[int, int]]:
    """Where the data of files is, and how long it is."""
    return {(entry.block, entry.size) for entry in tree.values()
            if not entry.is_folder and entry.size > 0}


class Genisoimage(ContinueTest):
    """Discs begun by genisoimage."""

    def write(self, *words: str) -> None:
        self.run_program("genisoimage", "-quiet", *words, "-o", self.disc, "in")

    def test_plain(self) -> None:
        self.write("-iso-level", "2")
        self.continue_disc(iso_tree.ISO)
        new = iso_tree.read(self.disc, iso_tree.ISO)
        self.assertEqual(LARGE, iso_tree.content(self.disc, new["LARGE.BIN"]))
        self.assertEqual(b"not any more", iso_tree.content(self.disc, new["EMPTY."]))
        self.assertEqual(["A", "EMPTY.", "LARGE.BIN", "MANY", "NEW.TXT"],
                         sorted(path for path in new if "/" not in path))

    def test_rock_ridge(self) -> None:
        self.write("-R")
        self.continue_disc(iso_tree.ISO, "-f", "iso,joliet")
        self.expect_read(naming.JOLIET)

    def test_joliet(self) -> None:
        self.write("-J", "-R")
        self.continue_disc(iso_tree.JOLIET)
        self.expect_read(naming.JOLIET)

    def test_udf(self) -> None:
        self.write("-J", "-R", "-udf")
        self.continue_disc(iso_tree.JOLIET)
        self.expect_read(naming.JOLIET, naming.UDF)

    def test_links_that_iso9660_alone_cannot_hold(self) -> None:
        (self.room / "in/link").symlink_to("large.bin")
        self.write("-R")
        done = fsimage_command.run("append", self.disc, self.room / "add")
        self.assertEqual(0, done.status, done)
        self.assertIn("note: links, devices or named streams of the disc are not in the new session",
                      done.errors)

    def test_bootable(self) -> None:
        self.put("in/boot.img", bytes(range(256)) * 8)
        self.write("-J", "-R", "-b", "boot.img", "-c", "boot.cat", "-no-emul-boot",
                   "-boot-load-size", "4", "-boot-info-table")
        before = self.disc.read_bytes()
        self.continue_disc(iso_tree.JOLIET)
        after = self.disc.read_bytes()
        # El Torito looks for its record in block 17; its catalog has stayed.
        self.assertEqual(before[17 * BLOCK:18 * BLOCK], after[17 * BLOCK:18 * BLOCK])

    def test_growisofs(self) -> None:
        self.write("-J", "-R")
        self.add_session("-J", "-R")
        self.continue_disc(iso_tree.JOLIET)
        self.expect_read(naming.JOLIET)

    def test_growisofs_where_udf_has_lost_the_first_session(self) -> None:
        self.write("-J", "-R", "-udf")
        self.add_session("-J", "-R", "-udf")
        refused = self.append("--import", "udf")
        self.assertIn("being older than the ISO 9660 beside it", refused.errors)
        self.assertEqual(1, refused.status)
        self.continue_disc(iso_tree.JOLIET)
        self.expect_read(naming.JOLIET, naming.UDF)


class Xorriso(ContinueTest):
    """Discs begun by xorriso."""

    def write(self, *words: str) -> None:
        self.run_program("xorriso", "-as", "mkisofs", "-quiet", "-J", "-R", *words,
                         "-o", self.disc, "in")

    def test_joliet(self) -> None:
        self.write()
        self.continue_disc(iso_tree.JOLIET)
        self.expect_read(naming.JOLIET)

    def test_appended_partition(self) -> None:
        self.put("efi.img", bytes(range(256)) * 4096)
        self.write("-append_partition", "2", "0xef", "efi.img")
        before = self.disc.read_bytes()
        self.continue_disc(iso_tree.JOLIET)
        self.assertEqual(before[:512], self.disc.read_bytes()[:512])
        self.expect_read(naming.JOLIET)

    def test_hybrid(self) -> None:
        self.put("efi.img", bytes(range(256)) * 4096)
        self.put("in/boot.img", bytes(2048))
        self.write("-b", "boot.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
                   "-append_partition", "2", "0xef", "efi.img", "-appended_part_as_gpt",
                   "-eltorito-alt-boot", "-e", "--interval:appended_partition_2:all::",
                   "-no-emul-boot")
        self.continue_disc(iso_tree.JOLIET)

    def test_sessions_of_its_own(self) -> None:
        self.grow("in", "/")
        self.put("in/two.txt", b"of the second session")
        self.grow("in/two.txt", "/two.txt")
        self.continue_disc(iso_tree.JOLIET)
        self.expect_read(naming.JOLIET)


class Pycdlib(ContinueTest):
    """Discs begun by pycdlib."""

    def write(self, **options: Any) -> None:
        iso = pycdlib.PyCdlib()
        iso.new(**options)
        places: list[Callable[[str], dict[str, str]]] = []
        if "joliet" in options:
            places.append(lambda path: {"joliet_path": f"/{path}"})
        if "udf" in options:
            places.append(lambda path: {"udf_path": f"/{path}"})
        for path in sorted(path for path in (self.room / "in").rglob("*")):
            name = str(path.relative_to(self.room / "in"))
            short = "/" + "/".join(part.upper().replace(" ", "_")[-8:].replace(".", "_")
                                   for part in Path(name).parts)
            names = {key: value for place in places for key, value in place(name).items()}
            if path.is_dir():
                iso.add_directory(short, **names)
            else:
                content = path.read_bytes()
                iso.add_fp(io.BytesIO(content), len(content), f"{short}.;1", **names)
        iso.write(self.disc)
        iso.close()

    def test_joliet(self) -> None:
        self.write(joliet=3)
        self.continue_disc(iso_tree.JOLIET)

    def test_udf(self) -> None:
        self.write(joliet=3, udf="2.60")
        self.continue_disc(iso_tree.JOLIET)


class Ours(ContinueTest):
    """Discs that we began, which others go on with, and then we again."""

    def write(self, *words: str) -> None:
        done = fsimage_command.run("create", "-q", *words, "-o", self.disc, self.room / "in")
        self.assertEqual(0, done.status, done)

    def expect_contents(self, view: str) -> None:
        """All files are there, by whatever names."""
        copy = self.room / view
        done = fsimage_command.run("extract", "-q", "--view", view, "-C", copy, self.disc)
        self.assertEqual(0, done.status, done)
        found = {path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        both = self.expected()
        self.assertLessEqual({path.read_bytes() for path in both.rglob("*") if path.is_file()},
                             found)
        shutil.rmtree(both)

    # genisoimage goes by names of ISO 9660 where there is no Rock Ridge, also in Joliet.

    def test_genisoimage(self) -> None:
        self.write("-f", "iso,joliet")
        self.add_session("-J", "-R")
        self.continue_disc(iso_tree.ISO)
        self.expect_contents("joliet")

    def test_xorriso(self) -> None:
        self.write("-f", "iso,joliet")
        self.put("in/two.txt", b"of the second session")
        self.grow("in/two.txt", "/two.txt")
        self.continue_disc(iso_tree.JOLIET)
        self.expect_read(naming.JOLIET)

    def test_genisoimage_beside_udf(self) -> None:
        self.write("-f", "iso,joliet,udf")
        self.add_session("-J", "-R")
        # Our UDF shows the first session alone, so the items come from Joliet.
        self.continue_disc(iso_tree.ISO)
        self.expect_contents("joliet")
        self.expect_contents("udf")


class Mkudffs(ContinueTest):
    """Discs that mkudffs has formatted."""

    def write(self, *words: str) -> None:
        with open(self.disc, "wb") as file:
            file.truncate(64 << 20)
        self.run_program("mkudffs", "-b", "2048", *words, self.disc)

    def expect_continued(self, *words: str) -> None:
        """Only where Linux's rules are in force: Windows would not."""
        self.write(*words)
        before = self.disc.read_bytes()
        refused = self.append("--rules", "imapi")
        self.assertIn("(IMAPI_E_INCOMPATIBLE_PREVIOUS_SESSION 0xC0AAB133)", refused.errors)
        self.assertEqual(before, self.disc.read_bytes())
        self.expect_session()

    def expect_session(self, *words: str) -> None:
        """The disc is gone on from, and readers see what was added."""
        before = self.disc.read_bytes()
        done = self.append(*words)
        self.assertEqual(0, done.status, done)
        self.expect_kept(before)
        shutil.rmtree(self.room / "in")
        (self.room / "in").mkdir()
        self.expect_read(naming.UDF)

    def expect_refused(self, feature: str, *words: str) -> None:
        """Nothing is written to what can't be gone on from."""
        self.write(*words)
        before = self.disc.read_bytes()
        refused = self.append()
        self.assertEqual(1, refused.status)
        self.assertIn(f"Not supported in the UDF file system: {feature}.", refused.errors)
        self.assertEqual(before, self.disc.read_bytes())

    def test_hard_disk(self) -> None:
        self.expect_continued()

    def test_dvd(self) -> None:
        self.write("--media-type=dvd")
        self.expect_session("--rules", "imapi")

    def test_dvd_ram(self) -> None:
        self.expect_continued("--media-type=dvdram")

    def test_revision_1_02(self) -> None:
        self.expect_continued("--udfrev=1.02")

    def test_dvd_r(self) -> None:
        self.expect_refused("a virtual partition", "--media-type=dvdr")

    def test_bd_r(self) -> None:
        self.expect_refused("a virtual partition", "--media-type=bdr")

    def test_cd_rw(self) -> None:
        self.expect_refused("a sparable partition", "--media-type=cdrw")

    def test_dvd_rw(self) -> None:
        self.expect_refused("a sparable partition", "--media-type=dvdrw")


if __name__ == "__main__":
    unittest.main()
