#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines start from our images: as a CD and as a stick, with BIOS and UEFI."""

import unittest
from pathlib import Path

import boot_files
import machine
from case import slow
from command_case import CommandTest
from images import SECTOR as BLOCK

_BOOT_RECORD = 17  # the block that El Torito gives it
_BOOT_SYSTEM = b"EL TORITO"
_TABLES = ("mbr", "gpt", "both")


class BootTest(CommandTest):
    """A test with a machine. Each has a text of its own, by which it is known to be started."""

    def setUp(self) -> None:
        super().setUp()
        self.text = f"This is {self.id().rpartition('.')[2]}."
        self.folder = self.room / "source"
        self.folder.mkdir()
        self.image = self.room / "image.iso"

    def make(self, *arguments: str) -> None:
        """Make an image of the folder."""
        self.create("-q", "--force", "-o", self.image, *arguments, self.folder)

    def expect_start(self, firmware: str, drive: str) -> None:
        """The machine starts, and says the text of this test."""
        said = machine.start(firmware, drive, self.image, self.text)
        self.assertIn(self.text, said, f"{firmware} from a {drive}")

    def put_grub(self) -> tuple[str, ...]:
        """GRUB for both kinds of firmware, in the source; the options that start it."""
        boot = self.folder / "boot"
        boot.mkdir()
        (boot / "text").write_text(self.text + "\n")
        boot_files.make_grub_bios(self.room, boot / "bios.img", "/boot/text")
        boot_files.make_grub_efi(self.room, boot / "efi.img", "/boot/text")
        return ("--boot", "bios:boot/bios.img,info-table,load-size=4",
                "--boot", "efi:boot/efi.img")


class Bios(BootTest):
    """Started by a BIOS."""

    def test_isolinux_starts_from_a_cd(self) -> None:
        boot_files.put_isolinux(self.folder, self.room, self.text)
        self.make("--boot", "bios:isolinux/isolinux.bin,info-table,load-size=4")
        self.expect_start(machine.BIOS, machine.CD)

    def test_isolinux_starts_from_a_stick(self) -> None:
        boot_files.put_isolinux(self.folder, self.room, self.text)
        for tables in _TABLES:
            with self.subTest(tables):
                self.make("--boot", "bios:isolinux/isolinux.bin,info-table,load-size=4",
                          f"--hybrid={tables}", "--mbr-template", str(boot_files.ISOLINUX_MBR))
                self.expect_start(machine.BIOS, machine.STICK)

    def test_grub_starts_from_a_cd_and_from_a_stick(self) -> None:
        options = self.put_grub()
        for tables in _TABLES:
            with self.subTest(tables):
                self.make(*options, f"--hybrid={tables}", "--mbr-template",
                          str(boot_files.GRUB_MBR))
                self.expect_start(machine.BIOS, machine.CD)
                self.expect_start(machine.BIOS, machine.STICK)

    def test_an_image_that_is_no_file_starts_whatever_the_file_systems(self) -> None:
        self.put("boot.bin", boot_files.sector(self.room, self.text))
        (self.folder / "file").write_text("x")
        for file_systems in ("iso9660", "iso9660,joliet,udf", "udf"):
            with self.subTest(file_systems):
                self.make("-f", file_systems, "--boot", "bios:boot.bin")
                self.expect_start(machine.BIOS, machine.CD)

    def test_a_floppy_disk_is_emulated(self) -> None:
        self.put("floppy.img", boot_files.disk(self.room, self.text, 1474560))
        self.make("--boot", "bios:floppy.img")
        self.expect_start(machine.BIOS, machine.CD)

    def test_a_hard_disk_is_emulated(self) -> None:
        self.put("disk.img", boot_files.partitioned_disk(self.room, self.text))
        self.make("--boot", "bios:disk.img,emulation=hard-disk")
        self.expect_start(machine.BIOS, machine.CD)

    def test_code_of_ones_own_starts_from_a_stick(self) -> None:
        self.put("code", boot_files.code(self.room, self.text))
        for tables in _TABLES:
            with self.subTest(tables):
                self.make(f"--hybrid={tables}", "--mbr-template", "code")
                self.expect_start(machine.BIOS, machine.STICK)


class Uefi(BootTest):
    """Started by UEFI."""

    def hide_el_torito(self) -> None:
        """Let the boot record be of another kind, so that the partitions have to do."""
        with open(self.image, "r+b") as file:
            file.seek(_BOOT_RECORD * BLOCK + 7)
            self.assertEqual(_BOOT_SYSTEM, file.read(len(_BOOT_SYSTEM)))
            file.seek(_BOOT_RECORD * BLOCK + 7)
            file.write(b"NOTHING  ")

    @slow
    def test_grub_starts_from_a_cd(self) -> None:
        self.make(*self.put_grub())
        self.expect_start(machine.UEFI, machine.CD)

    @slow
    def test_grub_starts_from_a_partition_of_a_stick(self) -> None:
        options = self.put_grub()
        for tables in ("mbr", "both"):
            with self.subTest(tables):
                self.make(*options, f"--hybrid={tables}")
                self.hide_el_torito()
                self.expect_start(machine.UEFI, machine.STICK)


if __name__ == "__main__":
    unittest.main()
