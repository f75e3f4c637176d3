#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Bootable images: what the command makes of --boot, and what others read of it."""

import random
import subprocess
import unittest
from pathlib import Path

import naming
from command_case import CommandTest
from entries import scan
from images import Image
from read_back import FAIL, choose, read_back

BLOCK = 2048
FLOPPY = 1474560
KINDS = ("iso9660", "iso9660,joliet", "iso9660,joliet,udf", "udf")


def content(size: int, seed: int) -> bytes:
    """Bytes that tell their place."""
    return random.Random(seed).randbytes(size)


def with_table(data: bytes, block: int) -> bytes:
    """Boot code with a boot information table as isolinux wants it."""
    rest = data[64:] + bytes(-len(data) % 4)
    words = [int.from_bytes(rest[at:at + 4], "little") for at in range(0, len(rest), 4)]
    fields = (16, block, len(data), sum(words) & 0xFFFFFFFF)
    return data[:8] + b"".join(field.to_bytes(4, "little") for field in fields) + bytes(40) + data[64:]


class BootTest(CommandTest):
    """A folder with boot code in it, and an EFI image beside it."""

    def setUp(self) -> None:
        super().setUp()
        self.code = content(40001, 1)
        self.efi = content(FLOPPY, 2)
        self.put("source/isolinux/isolinux.bin", self.code)
        self.put("source/readme", "text")
        self.put("efi.img", self.efi)

    def make(self, *arguments: str, kind: str = "iso9660,joliet,udf") -> Path:
        """An image of the folder."""
        self.done = self.create("--force", "-o", "out.iso", "-f", kind, *arguments, "source")
        return self.room / "out.iso"

    def tell(self, path: Path | str = "out.iso") -> dict:
        """What "info" tells of booting."""
        done = self.run_command("info", "--json", path)
        self.assertEqual(0, done.status, done.errors)
        return done.object["boot"]

    def at(self, block: int, size: int) -> bytes:
        """Bytes of the image."""
        with open(self.room / "out.iso", "rb") as file:
            file.seek(block * BLOCK)
            return file.read(size)

    def tool(self, *arguments: str | Path) -> str:
        """What a program says of the image."""
        done = subprocess.run([*arguments], cwd=self.room, check=True, capture_output=True)
        return done.stdout.decode() + done.stderr.decode()


class Readers(BootTest):
    """What others find."""

    ARGUMENTS = ("--boot", "bios:isolinux/isolinux.bin,info-table,load-size=4,id=SYSLINUX",
                 "--boot", "efi:efi.img", "--boot-catalog", "isolinux/boot.cat")

    def test_xorriso_finds_catalog_and_images(self) -> None:
        for kind in KINDS:
            with self.subTest(kind):
                self.make(*self.ARGUMENTS, kind=kind)
                told = self.tell()
                bios, efi = (entry["block"] for entry in told["entries"])
                said = self.tool("xorriso", "-indev", "out.iso", "-report_el_torito", "plain")
                rows = [line.split() for line in said.splitlines() if line.startswith("El Torito boot img")]
                self.assertEqual([["1", "BIOS", "y", "none", "0x0000", "0x00", "4", str(bios)],
                                  ["2", "UEFI", "y", "none", "0x0000", "0x00", "2880", str(efi)]],
                                 [row[5:] for row in rows])
                self.assertIn(f"El Torito catalog  : {told['catalog_block']}  1", said)
                if kind != "udf":
                    self.assertRegex(said, r"(?i)cat path : /isolinux/boot\.cat")
                    self.assertRegex(said, r"(?i)img path :   1  /isolinux/isolinux\.bin")
                    self.assertIn("img opts :   1  boot-info-table", said)

    def test_isoinfo_reads_the_catalog(self) -> None:
        self.make(*self.ARGUMENTS)
        said = self.tool("isoinfo", "-d", "-i", "out.iso")
        for line in (f"boot catalog is in sector {self.tell()['catalog_block']}", "Arch 0 (x86)",
                     "ID 'SYSLINUX'", "Bootid 88 (bootable)", "Boot media 0 (No Emulation Boot)", "Nsect 4"):
            self.assertIn(line, said)

    def test_boot_images_are_read_back_whole(self) -> None:
        for kind in KINDS:
            with self.subTest(kind):
                self.make(*self.ARGUMENTS, kind=kind)
                bios, efi = self.tell()["entries"]
                expected = with_table(self.code, bios["block"])
                self.assertEqual(expected, self.at(bios["block"], len(expected)))
                self.assertEqual(self.efi, self.at(efi["block"], len(self.efi)))
                # The file of the tree is the same bytes, whoever reads it.
                self.tool("7z", "x", "-y", "-oout", "out.iso")
                found = [path for path in (self.room / "out").rglob("*") if path.name.lower() == "isolinux.bin"]
                self.assertEqual([expected], [path.read_bytes() for path in found])
                self.tool("rm", "-rf", "out")
                done = self.run_command("extract", "-C", "own", "out.iso")
                self.assertEqual(0, done.status, done.errors)
                found = [path for path in (self.room / "own").rglob("*") if path.name.lower() == "isolinux.bin"]
                self.assertEqual([expected], [path.read_bytes() for path in found])
                self.tool("rm", "-rf", "own")

    def test_all_readers_find_the_files_of_a_bootable_image(self) -> None:
        source = scan(self.room / "source")
        views = {"iso9660,joliet,udf": naming.VIEWS, "udf": (naming.UDF,)}
        for kind, names in views.items():
            path = self.make("--boot", "bios:isolinux/isolinux.bin", "--boot", "efi:efi.img", kind=kind)
            # These do not read data in entries, which UDF alone has.
            chosen = [reader for reader in choose() if kind != "udf" or reader.name not in ("pycdlib", "libcdio")]
            for verdict in read_back(Image(path, names, self.room), source, chosen):
                with self.subTest(kind, view=verdict.view, reader=verdict.reader):
                    self.assertNotEqual(FAIL, verdict.status, verdict.line() + "\n".join(verdict.differences))

    def test_xorriso_extracts_hidden_images(self) -> None:
        self.make(*self.ARGUMENTS)
        self.tool("xorriso", "-osirrox", "on", "-indev", "out.iso", "-extract_boot_images", "images")
        images = {path.name: path.read_bytes() for path in (self.room / "images").iterdir()}
        # What is behind it is a guess of xorriso's.
        self.assertEqual(self.efi, images["eltorito_img2_uefi.img"][:FLOPPY])
        self.assertEqual(self.at(self.tell()["catalog_block"], BLOCK), images["eltorito_catalog.img"])

    def test_table_is_that_of_mkisofs(self) -> None:
        self.make("--boot", "bios:isolinux/isolinux.bin,info-table", kind="iso9660")
        self.tool("genisoimage", "-quiet", "-b", "isolinux/isolinux.bin", "-c", "boot.cat", "-no-emul-boot",
                  "-boot-info-table", "-o", "theirs.iso", "source")
        ours = self.at(self.tell()["entries"][0]["block"], len(self.code))
        (entry,) = self.tell("theirs.iso")["entries"]
        with open(self.room / "theirs.iso", "rb") as file:
            file.seek(entry["block"] * BLOCK)
            theirs = file.read(len(self.code))
        # But for the block that the image lies at.
        self.assertEqual(theirs[:12] + theirs[16:], ours[:12] + ours[16:])

    def test_same_input_same_bytes(self) -> None:
        images = []
        for _ in range(2):
            path = self.room / "out.iso"
            self.create("--force", "-o", path, *self.ARGUMENTS, "source", env={"SOURCE_DATE_EPOCH": "1700000000"})
            images.append(path.read_bytes())
        self.assertEqual(images[0], images[1])


class Options(BootTest):
    """What the options do."""

    def entry(self, *arguments: str) -> dict:
        """The one boot entry of an image."""
        self.make(*arguments)
        (entry,) = self.tell()["entries"]
        return entry

    def test_each_platform(self) -> None:
        for word, number in (("bios", 0), ("powerpc", 1), ("mac", 2), ("efi", 0xEF)):
            entry = self.entry("--boot", f"{word}:readme")
            self.assertEqual((word, number, "/readme", "none"),
                             tuple(entry[key] for key in ("platform", "platform_id", "path", "emulation")))

    def test_each_emulation(self) -> None:
        for word, size in (("floppy12", 1228800), ("floppy144", FLOPPY), ("floppy288", 2949120),
                           ("hard-disk", 600000), ("none", FLOPPY)):
            self.put("disk", bytes(450) + b"\x0c" + bytes(59) + b"\x55\xaa" + bytes(size - 512))
            entry = self.entry("--boot", f"bios:disk,emulation={word}")
            self.assertEqual((word, None), (entry["emulation"], entry["path"]))
            self.assertNotIn("note", self.done.errors)

    def test_size_of_a_floppy_chooses_for_the_bios(self) -> None:
        entry = self.entry("--boot", "bios:efi.img")
        self.assertEqual("floppy144", entry["emulation"])
        self.assertIn("note: efi.img has the size of a floppy disk", self.done.errors)
        entry = self.entry("--boot", "efi:efi.img")
        self.assertEqual("none", entry["emulation"])
        self.put_sparse("source/floppy", FLOPPY)
        self.assertEqual("floppy144", self.entry("--boot", "bios:floppy")["emulation"])

    def test_hard_disk_without_its_one_partition_is_noted(self) -> None:
        disk = bytearray(2048)
        for types, good in (((), False), ((12,), True), ((0, 0, 12), True), ((12, 131), False)):
            disk[446:512] = bytes(64) + b"\x55\xaa"
            for number, kind in enumerate(types):
                disk[450 + 16 * number] = kind
            self.put("disk", disk)
            entry = self.entry("--boot", "bios:disk,emulation=hard-disk")
            self.assertEqual(next((kind for kind in types if kind), 0), entry["system_type"])
            self.assertEqual(not good, "note: disk has no partition table" in self.done.errors)

    def test_segment_load_size_and_id(self) -> None:
        entry = self.entry("--boot", "bios:readme,segment=0x1000,load-size=65535,id=A \u00fc")
        self.assertEqual((0x1000, 65535, "A \u00fc"),
                         (entry["load_segment"], entry["sectors"], entry["manufacturer"]))
        entry = self.entry("--boot", "bios:readme,segment=4096,load-size=0")
        self.assertEqual((0x1000, 0), (entry["load_segment"], entry["sectors"]))
        entry = self.entry("--boot", "bios:isolinux/isolinux.bin")
        self.assertEqual((0x7C0, 79), (entry["load_segment"], entry["sectors"]))

    def test_options_for_the_bios_leave_efi_alone(self) -> None:
        self.make("--boot", "bios:isolinux/isolinux.bin", "--boot", "efi:efi.img",
                  "--boot", "bios:isolinux/isolinux.bin,load-size=8", "--boot-info-table", "--boot-load-size", "4")
        first, efi, last = self.tell()["entries"]
        self.assertEqual((4, 2880, 8), (first["sectors"], efi["sectors"], last["sectors"]))
        self.assertEqual(first["block"], last["block"])
        self.assertEqual(self.efi, self.at(efi["block"], FLOPPY))
        self.assertEqual(with_table(self.code, first["block"]), self.at(first["block"], len(self.code)))

    def test_path_of_the_image_comes_first(self) -> None:
        self.put("readme", "of this computer")
        self.assertEqual("/readme", self.entry("--boot", "bios:readme")["path"])
        self.assertEqual("/readme", self.entry("--boot", "bios:/readme")["path"])
        entry = self.entry("--boot", "bios:./readme")
        self.assertEqual((None, b"of this computer"), (entry["path"], self.at(entry["block"], 16)))

    def test_comma_in_a_path(self) -> None:
        self.put("source/a,b\\c", "text")
        self.assertEqual("/a,b\\c", self.entry("--boot", "bios:a\\,b\\\\c,load-size=1")["path"])

    def test_catalog_is_hidden_unless_it_is_named(self) -> None:
        self.make("--boot", "bios:readme")
        self.assertIsNone(self.tell()["catalog_path"])
        self.make("--boot", "bios:readme", "--boot-catalog", "new/folder/boot.cat")
        self.assertEqual("/new/folder/boot.cat", self.tell()["catalog_path"])
        for view in ("udf", "joliet", "iso9660"):
            done = self.run_command("ls", "-R", "--view", view, "out.iso")
            self.assertIn("boot.cat", done.output.lower())

    def test_imapi_rules_take_both_separators(self) -> None:
        entry = self.entry("--rules", "imapi", "--boot", "bios:isolinux\\\\isolinux.bin", "--boot-catalog",
                           "isolinux\\boot.cat")
        self.assertEqual("/isolinux/isolinux.bin", entry["path"])
        self.assertEqual("/isolinux/boot.cat", self.tell()["catalog_path"])

    def test_wrong_command_lines_are_refused(self) -> None:
        for value in ("", "bios", "isolinux.bin", "amiga:x", "bios:", "bios:,info-table", "bios:x,",
                      "bios:x,unknown", "bios:x,emulation=zip", "bios:x,load-size=65536", "bios:x,load-size=",
                      "bios:x,load-size=-1", "bios:x,segment=0x10000", "bios:x,segment=seven"):
            with self.subTest(value):
                self.refuse("-o", "out.iso", "--boot", value, "source", says="option '--boot'")
        for option, value in (("--boot-load-size", "65536"), ("--boot-catalog", "")):
            self.refuse("-o", "out.iso", "--boot", "bios:readme", option, value, "source", says=f"option '{option}'")
        for options in (["--boot-catalog", "x"], ["--boot-load-size", "4"], ["--boot-info-table"]):
            self.refuse("-o", "out.iso", *options, "source", says=f"option '{options[0]}' needs '--boot")
        for options in (["--boot-load-size", "4"], ["--boot-info-table"]):
            self.refuse("-o", "out.iso", "--boot", "efi:efi.img", *options, "source",
                        says=f"option '{options[0]}' needs '--boot bios:PATH'")
        self.refuse("-o", "out.iso", *["--boot", "bios:readme"] * 33, "source", says="32 times")
        self.assertNotIn("out.iso", self.names())

    def test_thirty_two_entries(self) -> None:
        self.make(*["--boot", "bios:readme"] * 32)
        self.assertEqual(32, len(self.tell()["entries"]))

    def test_errors_name_the_option_that_helps(self) -> None:
        expect = self.expect_code
        expect("IMAPI_E_BOOT_IMAGE_DATA", "-o", "out.iso", "--boot", "bios:nowhere", "source",
               hint="--boot takes a file of the image")
        self.put("source/empty", b"")
        expect("IMAPI_E_BOOT_IMAGE_DATA", "-o", "out.iso", "--boot", "bios:empty", "source",
               hint="--boot takes a file of the image")
        expect("IMAPI_E_BOOT_EMULATION_IMAGE_SIZE_MISMATCH", "-o", "out.iso", "--boot",
               "bios:readme,emulation=floppy144", "source", hint="emulation=none")
        expect("IMAPI_E_INVALID_PARAM", "-o", "out.iso", "--boot", "bios:readme,id=" + 25 * "x", "source",
               hint="id=TEXT")
        expect("IMAPI_E_DUP_NAME", "-o", "out.iso", "--boot", "bios:readme", "--boot-catalog", "readme", "source",
               hint="--boot-catalog")
        expect("IMAPI_E_BOOT_IMAGE_DATA", "-o", "out.iso", "--boot", "bios:readme,info-table", "source",
               hint="info-table")
        self.assertNotIn("out.iso", self.names())

    def test_capacity_counts_boot_images(self) -> None:
        self.put_sparse("large", 3 << 20)
        self.expect_code("IMAPI_E_IMAGE_TOO_BIG", "-o", "out.iso", "--capacity", "1500", "--boot", "efi:large",
                         "source", hint="--capacity")


class Info(BootTest):
    """What "info" tells."""

    def lines(self, path: str = "out.iso") -> list[str]:
        """The part on booting, for people."""
        done = self.run_command("info", path)
        self.assertEqual(0, done.status, done.errors)
        lines = done.output.splitlines()
        if "El Torito" not in lines:
            return []
        return lines[lines.index("El Torito"):lines.index("Disc")]

    def test_lines_for_people(self) -> None:
        self.make("--boot", "bios:isolinux/isolinux.bin,load-size=4,id=me", "--boot", "efi:efi.img",
                  "--boot-catalog", "boot.cat")
        told = self.tell()
        bios, efi = (entry["block"] for entry in told["entries"])
        self.assertEqual([
            "El Torito",
            f"  catalog         block {told['catalog_block']}, /boot.cat",
            f"  boot bios       block {bios}, /isolinux/isolinux.bin, no emulation, loads 4 sectors (2.0 KiB) "
            "at segment 0x7c0, by me",
            f"  boot efi        block {efi}, no emulation, loads 2880 sectors (1.4 MiB)"], self.lines())

    def test_not_bootable(self) -> None:
        self.make()
        self.assertEqual([], self.lines())
        self.assertIsNone(self.tell())

    def test_images_of_others(self) -> None:
        self.tool("xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-b", "isolinux/isolinux.bin", "-c",
                  "isolinux/boot.cat", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table",
                  "-eltorito-alt-boot", "-e", "readme", "-no-emul-boot", "-o", "theirs.iso", "source")
        told = self.tell("theirs.iso")
        self.assertEqual((False, True, "/isolinux/boot.cat"),
                         (told["damaged"], told["checksum"], told["catalog_path"]))
        self.assertEqual([("bios", 4, "/isolinux/isolinux.bin"), ("efi", 1, "/readme")],
                         [(one["platform"], min(one["sectors"], 4 if one["platform"] == "bios" else 1), one["path"])
                          for one in told["entries"]])

    def test_damaged_catalog(self) -> None:
        path = self.make("--boot", "bios:readme")
        place = self.tell()["catalog_block"] * BLOCK
        data = bytearray(path.read_bytes())
        data[place + 5] = 7
        path.write_bytes(data)
        self.assertEqual((False, False), tuple(self.tell()[key] for key in ("damaged", "checksum")))
        self.assertIn("  note            the checksum of the catalog is wrong", self.lines())
        data[place] = 9
        path.write_bytes(data)
        self.assertEqual((True, []), tuple(self.tell()[key] for key in ("damaged", "entries")))
        self.assertIn("  note            the catalog is damaged", self.lines())

    def test_hostile_catalogs_end(self) -> None:
        path = self.make("--boot", "bios:readme")
        data = bytearray(path.read_bytes())
        numbers = random.Random(3)
        for _ in range(30):
            for at in range(17 * BLOCK + 71, 17 * BLOCK + 75):
                data[at] = numbers.randrange(256) if at < 17 * BLOCK + 73 else 0
            place = self.tell_place(data)
            if place + BLOCK <= len(data):
                data[place:place + 2] = b"\x01\x00"
                data[place + 30:place + 33] = b"\x55\xAA\x88"
                for at in range(place + 64, place + BLOCK):
                    data[at] = numbers.choice((0, 0x44, 0x88, 0x90, 0x91, 0xFF))
            path.write_bytes(data)
            done = self.run_command("info", "--json", path)
            self.assertIn(done.status, (0, 1), done.errors)
            self.assertEqual(data, path.read_bytes())

    @staticmethod
    def tell_place(data: bytearray) -> int:
        """Where the catalog is said to be."""
        return int.from_bytes(data[17 * BLOCK + 71:17 * BLOCK + 75], "little") * BLOCK


if __name__ == "__main__":
    unittest.main()
