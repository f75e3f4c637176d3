#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Images that are disks too: what readers of partition tables find, and what is refused."""

import json
import os
import re
import unittest
from pathlib import Path

import boot_files
import naming
import trees
from boot_files import SECTOR
from case import ImageTest
from command_case import CommandTest

_TABLES = ("mbr", "gpt", "both")
_FILE_SYSTEMS = ("iso9660", "udf", "iso9660,joliet,udf")
_EFI_TYPE = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
_MIB = 2**20
_NOT_SEVEN_ZIP = ("linux", "grub", "pycdlib", "xorriso", "isoinfo", "libcdio", "libudfread",
                  "bsdtar")


class HybridTest(CommandTest):
    """A test with a folder, boot images of no meaning, and an image."""

    def setUp(self) -> None:
        super().setUp()
        self.bios = self.put("bios.img", os.urandom(3000))
        self.efi = self.put("efi.img", os.urandom(70001))
        self.put("folder/file", b"content")
        self.image = self.room / "image.iso"

    def make(self, *arguments: str | Path, output: str = "image.iso", efi: bool = True) -> Path:
        """Make an image that has both boot images, or that for a BIOS alone."""
        self.create("-q", "--force", "-o", output,
                    "--boot", f"bios:{self.bios},info-table,load-size=4",
                    *(("--boot", "efi:efi.img") if efi else ()), *arguments, "folder")
        return self.room / output

    def partitions(self) -> list[dict[str, object]]:
        """What sfdisk reads."""
        found = json.loads(boot_files.run("sfdisk", "--json", self.image))
        partitions: list[dict[str, object]] = found["partitiontable"]["partitions"]
        return partitions

    def content(self, partition: dict[str, object]) -> bytes:
        """The bytes of a partition."""
        first, count = partition["start"], partition["size"]
        assert isinstance(first, int) and isinstance(count, int)
        return self.image.read_bytes()[first * SECTOR:(first + count) * SECTOR]

    def expect_efi(self, partition: dict[str, object]) -> None:
        """The partition holds the boot image for EFI."""
        content = self.efi.read_bytes()
        size = -(-len(content) // SECTOR) * SECTOR
        self.assertEqual(content.ljust(size, b"\0"), self.content(partition))


class Readers(HybridTest):
    """What others find."""

    def test_sfdisk_finds_nothing_wrong(self) -> None:
        for tables in _TABLES:
            for file_systems in _FILE_SYSTEMS:
                with self.subTest(tables=tables, file_systems=file_systems):
                    # In an MBR the EFI image is inside the partition of the image.
                    self.make(f"--hybrid={tables}", "-f", file_systems, efi=tables != "mbr")
                    found = boot_files.run("sfdisk", "--verify", self.image).decode()
                    self.assertIn("No errors detected", found)

    def test_sgdisk_finds_nothing_wrong(self) -> None:
        for tables in ("gpt", "both"):
            for efi in (False, True):
                with self.subTest(tables=tables, efi=efi):
                    self.make(f"--hybrid={tables}", efi=efi)
                    found = boot_files.run("sgdisk", "--verify", self.image).decode()
                    self.assertIn("No problems found", found)
                    self.assertNotRegex(found, "(?i)problem: |mismatch|corrupt|overlap|hybrid")

    def test_the_copy_of_a_gpt_stands_in_for_it(self) -> None:
        self.make("--hybrid")
        before = self.partitions()
        with open(self.image, "r+b") as file:
            file.seek(SECTOR)
            file.write(bytes(33 * SECTOR))
        found = boot_files.run("sgdisk", "--print", self.image).decode()
        self.assertIn("invalid main GPT header, but valid backup", found)
        self.assertEqual(len(before), len(re.findall(r"(?m)^ +\d+ +\d+ +\d+ ", found)))

    def test_the_partition_of_a_gpt_is_the_efi_image(self) -> None:
        for tables in ("gpt", "both"):
            self.make(f"--hybrid={tables}")
            with self.subTest(tables):
                efi = [found for found in self.partitions() if found["type"] == _EFI_TYPE]
                self.assertEqual(1, len(efi))
                self.expect_efi(efi[0])

    def test_the_partitions_of_an_mbr_are_the_image_and_the_efi_image(self) -> None:
        self.make("--hybrid=mbr")
        whole, efi = self.partitions()
        self.assertEqual((0, self.image.stat().st_size // SECTOR, True),
                         (whole["start"], whole["size"], whole["bootable"]))
        self.assertEqual("ef", efi["type"])
        self.expect_efi(efi)

    def test_an_image_is_whole_mib(self) -> None:
        for tables in _TABLES:
            for file_systems in _FILE_SYSTEMS:
                with self.subTest(tables=tables, file_systems=file_systems):
                    self.make(f"--hybrid={tables}", "-f", file_systems)
                    self.assertEqual(0, self.image.stat().st_size % _MIB)

    def test_xorriso_knows_the_system_area(self) -> None:
        for template, loader, word in (
                (boot_files.ISOLINUX_MBR, boot_files.ISOLINUX / "isolinux.bin", "isohybrid"),
                (boot_files.GRUB_MBR, self.efi, "grub2-mbr")):
            # Only in a file of the tree it finds ISOLINUX.
            self.put("folder/loader", loader.read_bytes())
            self.bios = Path("loader")
            for tables in _TABLES:
                with self.subTest(word, tables=tables):
                    self.make(f"--hybrid={tables}", "--mbr-template", template)
                    found = boot_files.run("xorriso", "-indev", self.image,
                                           "-report_system_area", "plain").decode()
                    line = re.search(r"(?m)^System area summary: (.*)$", found)
                    assert line is not None, found
                    words = line[1].split()
                    self.assertLessEqual({"MBR", word, "cyl-align-on"}, set(words))
                    self.assertEqual(tables != "mbr", "GPT" in words, words)
                    self.assertNotIn("GPT backup problems", found)

    def test_the_same_input_gives_the_same_image(self) -> None:
        env = {"SOURCE_DATE_EPOCH": "1700000000"}
        for output in ("one.iso", "other.iso"):
            self.create("-q", "-o", output, "--boot", "bios:bios.img", "--boot", "efi:efi.img",
                        "--hybrid", "--mbr-template", boot_files.GRUB_MBR, "folder", env=env)
        self.assertEqual((self.room / "one.iso").read_bytes(),
                         (self.room / "other.iso").read_bytes())


class Trees(ImageTest):
    """The file systems of images that are disks too."""

    def test_with_an_mbr_all_readers_read_all_views(self) -> None:
        self.check_tree(trees.sizes, "--hybrid=mbr")

    def test_with_a_gpt_so_do_all_but_one(self) -> None:
        # 7-Zip warns of the table in the last block, as of data behind the volume.
        self.check_tree(trees.sizes, "--hybrid", readers=_NOT_SEVEN_ZIP)
        self.check_tree(trees.sizes, "--hybrid", "-f", "iso9660,joliet", readers=("7z",),
                        views=(naming.ISO, naming.JOLIET))
        self.check_tree(trees.sizes, "--hybrid", "-f", "udf", views=(naming.UDF,),
                        readers=_NOT_SEVEN_ZIP)


class Refused(HybridTest):
    """What is refused, and what is said then."""

    def test_a_template_needs_a_disk(self) -> None:
        self.refuse("-o", "out", "--mbr-template", "bios.img", "folder",
                    says="option '--mbr-template' needs '--hybrid'")

    def test_there_are_three_kinds_of_tables(self) -> None:
        self.refuse("-o", "out", "--hybrid=apm", "folder", says="must be mbr, gpt or both")

    def test_the_word_behind_the_option_is_not_its_value(self) -> None:
        self.create("-q", "-o", "image.iso", "--hybrid", "folder")
        self.assertEqual(0, self.image.stat().st_size % _MIB)

    def test_a_disk_that_starts_nothing_is_noted(self) -> None:
        for options, noted in (((), True), (("--boot", "bios:bios.img"), True),
                               (("--boot", "efi:efi.img"), False),
                               (("--mbr-template", "bios.img"), False)):
            with self.subTest(options):
                self.put("bios.img", bytes(440))
                done = self.create("--force", "-o", "image.iso", "--hybrid", *options, "folder")
                self.assertEqual(noted, "note: nothing starts from a disk" in done.errors)

    def test_templates_that_are_none(self) -> None:
        for name, content, says in (
                ("empty", b"", "It is empty."),
                ("between", bytes(441), "neither code of up to 440 bytes"),
                ("unsigned", bytes(512), "does not end with the bytes 55 AA"),
                ("long", bytes(510) + b"\x55\xAA\0", "longer than a sector"),
                ("disk", Path("/usr/lib/grub/i386-pc/boot.img").read_bytes(),
                 "boot_hybrid.img")):
            with self.subTest(name):
                self.put(name, content)
                done = self.expect_code("IMAPI_E_INVALID_PARAM", "-o", "out", "--hybrid",
                                        "--mbr-template", name, "folder", hint="isohdpfx.bin")
                self.assertIn(says, done.errors)
        self.assertNotIn("out", self.names())

    def test_a_template_that_is_missing(self) -> None:
        done = self.run_command("create", "-o", "out", "--hybrid", "--mbr-template", "nowhere",
                                "folder")
        self.assertEqual(1, done.status)
        self.assertIn("making a disk with nowhere", done.errors)

    def test_code_that_has_nothing_to_load(self) -> None:
        for template in (boot_files.ISOLINUX_MBR, boot_files.GRUB_MBR):
            with self.subTest(template.name):
                done = self.expect_code(
                    "IMAPI_E_BOOT_IMAGE_DATA", "-o", "out", "--boot", "efi:efi.img", "--hybrid",
                    "--mbr-template", template, "folder", hint="--boot bios:PATH")
                self.assertIn("there is none", done.errors)


if __name__ == "__main__":
    unittest.main()
