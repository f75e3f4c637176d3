#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Blocks that are there once: shared with the sources, or by files of the same contents.

With TMPDIR on btrfs or XFS the file system shares them, elsewhere it can't.
"""

import os
import signal
import subprocess
import time
import unittest
from pathlib import Path

import iso_tree
from command_case import CommandTest, Done, start

EPOCH = {"SOURCE_DATE_EPOCH": "1700000000"}
BIG = 3 << 20


class ShareTest(CommandTest):
    """A folder of files, three of which are large, with odd numbers of blocks between."""

    def setUp(self) -> None:
        super().setUp()
        self.files = {"a": b"1", "b": os.urandom(BIG), "c": b"3", "d": os.urandom(BIG + 4097),
                      "e": os.urandom(65537)}
        for name, content in self.files.items():
            self.put(f"source/{name}", content)

    def build(self, *options: str) -> bytes:
        """The bytes of an image."""
        self.create("-q", "--force", "-o", "out.iso", *options, "source", env=EPOCH)
        return (self.room / "out.iso").read_bytes()

    def content(self, path: str) -> bytes:
        """What a file of the image holds."""
        image = self.room / "out.iso"
        return iso_tree.content(image, iso_tree.read(image)[path])

    def check_content(self) -> None:
        """That the image has all files."""
        for name, content in self.files.items():
            self.assertEqual(content, self.content(name), name)

    def can_share(self) -> bool:
        """Whether the file system of the test can share blocks, as cp finds it."""
        copy = subprocess.run(["cp", "--reflink=always", "source/b", "copy"], cwd=self.room,
                              stderr=subprocess.DEVNULL, check=False)
        (self.room / "copy").unlink(missing_ok=True)
        return copy.returncode == 0


class Reflink(ShareTest):
    """--reflink"""

    def test_bytes_do_not_depend_on_sharing(self) -> None:
        for options in ((), ("--align-large-files",), ("-f", "udf"),
                        ("-f", "udf", "--align-large-files", "--deduplicate")):
            with self.subTest(options=options):
                never = self.build("--reflink", "never", *options)
                self.assertEqual(never, self.build(*options))
                self.assertEqual(never, self.build("--reflink", "auto", *options))
                done = self.create("-q", "-o", "-", *options, "source", env=EPOCH)
                self.assertEqual(never, done.bytes)

    def test_aligned_files_begin_at_even_blocks(self) -> None:
        for options, even in (((), False), (("--align-large-files",), True)):
            image = self.build(*options)
            places = [image.index(self.files[name][:2048]) for name in "bde"]
            self.assertEqual(even, all(place % 4096 == 0 for place in places), places)
            self.check_content()

    def test_always_shares_or_fails(self) -> None:
        arguments = ("-q", "-o", "new.iso", "--reflink", "always", "source")
        if self.can_share():
            self.create(*arguments, env=EPOCH)
            self.assertEqual(self.build("--align-large-files", "--reflink", "never"),
                             (self.room / "new.iso").read_bytes())
            self.assertIn("shared", self.extents("new.iso"))
        else:
            self.expect_code("FSI_E_NOT_SUPPORTED", *arguments, hint="--reflink auto")
            self.assertEqual({"source"}, self.names())

    def extents(self, name: str) -> str:
        """What the file system says of the extents of a file."""
        return subprocess.run(["filefrag", "-v", name], cwd=self.room, stdout=subprocess.PIPE,
                              text=True, check=True).stdout

    def test_standard_output_cannot_share(self) -> None:
        self.expect_code("FSI_E_NOT_SUPPORTED", "-o", "-", "--reflink", "always", "source",
                         hint="--reflink auto", stdout=subprocess.PIPE)


class Deduplicate(ShareTest):
    """--deduplicate"""

    def setUp(self) -> None:
        super().setUp()
        for name, other in (("f", "b"), ("sub/b", "b"), ("g", "a")):
            self.files[name] = self.files[other]
            self.put(f"source/{name}", self.files[other])

    def test_note_tells_what_is_saved(self) -> None:
        done = self.create("-o", "out.iso", "--deduplicate", "source")
        self.assertIn("note: 3 files are stored with another of the same bytes, which saves 6.0 MiB",
                      done.errors)

    def test_json_tells_what_is_saved(self) -> None:
        done = self.create("-o", "out.iso", "--deduplicate", "--json", "source")
        self.assertEqual(3, done.object["duplicates"]["count"])
        saved = done.object["duplicates"]["bytes"]
        done = self.create("-o", "plain.iso", "--json", "source")
        self.assertEqual({"count": 0, "bytes": 0}, done.object["duplicates"])
        sizes = [(self.room / name).stat().st_size for name in ("plain.iso", "out.iso")]
        # Both end at a whole ECC block.
        self.assertLess(abs(sizes[0] - sizes[1] - saved), 65536)

    def test_comparing_is_interrupted(self) -> None:
        for name in ("x", "y"):
            self.put_sparse(f"huge/{name}", 64 << 30)
        process = start("create", "-f", "udf", "-o", "out.iso", "--deduplicate", "huge",
                        cwd=self.room)
        try:
            self.wait_until_read(process.pid, self.room / "huge")
            process.send_signal(signal.SIGINT)
            done = Done(process, timeout=30)
        finally:
            process.kill()
        self.assertEqual(-signal.SIGINT, done.status)
        self.assertIn("laying out the image", done.errors)
        self.assertIn("E_IMAPI_REQUEST_CANCELLED", done.errors)
        self.assertNotIn("out.iso", self.names())

    def wait_until_read(self, pid: int, folder: Path) -> None:
        """Until a process has a file of a folder open, and some of it read."""
        end = time.monotonic() + 60
        while True:
            self.assertLess(time.monotonic(), end)
            for descriptor in Path(f"/proc/{pid}/fd").iterdir():
                try:
                    if Path(os.readlink(descriptor)).parent == folder:
                        return
                except OSError:
                    pass
            time.sleep(0.002)

    def test_image_is_smaller_and_whole(self) -> None:
        for file_systems in ("iso,joliet", "iso,joliet,udf"):
            with self.subTest(file_systems=file_systems):
                plain = self.build("-f", file_systems)
                self.check_content()
                image = self.build("-f", file_systems, "--deduplicate")
                self.check_content()
                self.assertGreaterEqual(len(plain) - len(image), 2 * BIG - 65536)
                self.assertEqual(1, image.count(self.files["b"][:4096]))
                done = self.run_command("check", "out.iso")
                self.assertEqual(0, done.status, done.output)

    def test_extracted_files_are_separate(self) -> None:
        for room, revision in (("1", "1.02"), ("2", "2.60")):
            self.build("--deduplicate", "-f", "udf", "--udf-revision", revision)
            (self.room / room).mkdir()
            done = self.run_command("extract", "-C", room, "out.iso")
            self.assertEqual(0, done.status, done.errors)
            for name, content in self.files.items():
                path = self.room / room / name
                self.assertEqual(content, path.read_bytes())
                self.assertEqual(1, path.stat().st_nlink)

    def test_capacity_counts_each_file(self) -> None:
        self.expect_code("IMAPI_E_IMAGE_SIZE_LIMIT", "-o", "out.iso", "--deduplicate",
                         "--capacity", "4000", "source", hint="--deduplicate")


if __name__ == "__main__":
    unittest.main()
