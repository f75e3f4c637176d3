#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fsimage check on images of ISO 9660 by other writers: what is told is what they do.

Each expected statement is a habit of that writer, seen in the bytes of its images:
- genisoimage writes the entry RR, which Rock Ridge 1.12 no longer has (I-082), gives the
  parent of RR_MOVED the mode 0 (I-075), and puts the enhanced descriptor before Joliet's,
  whose names then break the rules of the primary tree that it shares (I-020, I-052, I-053).
- xorriso has each of Joliet's directories lead to itself as its parent (I-033), as it does in
  the enhanced tree; with two trees for two ways to start, it counts an appended partition in
  the primary descriptor only (I-010).
- pycdlib has an application identifier in lower case (I-012), does not tell directories that
  their parent has grown (I-033), and writes RR with version 1.09 (I-082).
"""

import io
import subprocess
import unittest
from collections.abc import Mapping
from typing import Any

import pycdlib

from command_case import CommandTest

DEEP = "a/b/c/d/e/f/g/h"


class Writers(CommandTest):
    """Images of one folder, by several programs."""

    def setUp(self) -> None:
        super().setUp()
        self.put("in/hello.txt", "hello")
        self.put("in/empty", "")
        self.put("in/boot.img", bytes(4096))
        self.put("in/large.bin", bytes(range(256)) * 300)
        for n in range(60):
            self.put(f"in/many/a long file name with the number {n:03}.text", str(n))
        (self.room / "in/link").symlink_to("many/hello.txt")
        (self.room / "in/hard.txt").hardlink_to(self.room / "in/hello.txt")

    def write(self, *words: str) -> None:
        """Let a program write the image."""
        done = subprocess.run([*words, "-o", "disc.iso", "in"], cwd=self.room, capture_output=True,
                              text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)

    def expect(self, *statements: str) -> None:
        """Expect findings on ISO 9660 of these statements and of no others."""
        done = self.run_command("check", "--json", "disc.iso")
        self.assertEqual("", done.errors)
        findings: list[Mapping[str, Any]] = done.object["findings"]
        told = {finding["statement"] for finding in findings if finding["statement"][0] == "I"}
        self.assertEqual(set(statements), told, findings)

    def deepen(self) -> None:
        """Folders on more levels than the standard has."""
        self.put(f"in/{DEEP}/file.txt", "deep")

    def test_genisoimage_plain(self) -> None:
        self.write("genisoimage", "-quiet")
        self.expect()

    def test_genisoimage_rock_ridge_and_joliet(self) -> None:
        self.write("genisoimage", "-quiet", "-J", "-R")
        self.expect("I-082")

    def test_genisoimage_relocated(self) -> None:
        self.deepen()
        self.write("genisoimage", "-quiet", "-R")
        self.expect("I-082", "I-075")

    def test_genisoimage_bootable(self) -> None:
        self.write("genisoimage", "-quiet", "-R", "-J", "-b", "boot.img", "-c", "boot.cat", "-no-emul-boot",
                   "-boot-load-size", "4", "-boot-info-table")
        self.expect("I-082")

    def test_genisoimage_enhanced(self) -> None:
        self.write("genisoimage", "-quiet", "-iso-level", "4", "-J")
        self.expect("I-020", "I-052", "I-053")

    def test_xorriso_plain(self) -> None:
        self.write("xorriso", "-as", "mkisofs", "-quiet")
        self.expect()

    def test_xorriso_rock_ridge(self) -> None:
        self.deepen()
        self.write("xorriso", "-as", "mkisofs", "-quiet", "-r")
        self.expect("I-047")

    def test_xorriso_joliet(self) -> None:
        self.write("xorriso", "-as", "mkisofs", "-quiet", "-r", "-J")
        self.expect("I-033")

    def test_xorriso_bootable_with_two_images(self) -> None:
        self.write("xorriso", "-as", "mkisofs", "-quiet", "-b", "boot.img", "-c", "boot.cat", "-no-emul-boot",
                   "-boot-load-size", "4", "-boot-info-table", "-eltorito-alt-boot", "-e", "large.bin",
                   "-no-emul-boot")
        self.expect()

    def test_xorriso_with_a_partition_behind(self) -> None:
        self.put("efi.img", bytes(1 << 20))
        self.write("xorriso", "-as", "mkisofs", "-quiet", "-J", "-partition_offset", "16", "-append_partition", "2",
                   "0xef", "efi.img", "-appended_part_as_gpt")
        self.expect("I-010", "I-033")

    def test_xorriso_zisofs(self) -> None:
        subprocess.run(["xorriso", "-outdev", "disc.iso", "-padding", "0", "-map", "in", "/", "-set_filter_r",
                        "--zisofs", "/", "--", "-commit"], cwd=self.room, capture_output=True, check=True)
        self.expect()

    def test_xorriso_sessions(self) -> None:
        for name in ("hello.txt", "large.bin", "boot.img"):
            subprocess.run(["xorriso", "-dev", "disc.iso", "-map", f"in/{name}", f"/{name}", "-commit"],
                           cwd=self.room, capture_output=True, check=True)
            self.expect()
        image = bytearray((self.room / "disc.iso").read_bytes())
        image[16 * 2048 + 45] ^= 2  # a character of the volume identifier
        (self.room / "disc.iso").write_bytes(image)
        self.expect("I-096")

    def write_pycdlib(self, **options: Any) -> None:
        """Sixty files and a folder, with a catalog."""
        image = pycdlib.PyCdlib()
        image.new(**options)
        for n in range(60):
            names = {}
            if "joliet" in options:
                names["joliet_path"] = f"/file {n}.txt"
            if "rock_ridge" in options:
                names["rr_name"] = f"file {n}.txt"
            image.add_fp(io.BytesIO(b"x" * n), n, f"/FILE{n}.TXT;1", **names)
        names = {key: value for key, value in (("joliet_path", "/folder"), ("rr_name", "folder"))
                 if {"joliet_path": "joliet", "rr_name": "rock_ridge"}[key] in options}
        image.add_directory("/FOLDER", **names)
        image.write(str(self.room / "disc.iso"))
        image.close()

    def test_pycdlib_plain(self) -> None:
        self.write_pycdlib()
        self.expect("I-012", "I-033")

    def test_pycdlib_rock_ridge_and_joliet(self) -> None:
        self.write_pycdlib(rock_ridge="1.09", joliet=3)
        self.expect("I-012", "I-033", "I-082")

    def test_pycdlib_rock_ridge_1_12(self) -> None:
        self.write_pycdlib(rock_ridge="1.12", interchange_level=3)
        self.expect("I-012", "I-033")


if __name__ == "__main__":
    unittest.main()
