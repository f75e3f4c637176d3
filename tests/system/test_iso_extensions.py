# SPDX-License-Identifier: GPL-2.0-or-later
"""What ISO 9660 and Joliet hold beyond IMAPI's rules: large files, more trees, longer names."""

import os
import subprocess
from pathlib import Path

import naming
import scratch
import trees
from case import ImageTest, slow
from command_case import CommandTest
from entries import scan
from images import FIRST_DESCRIPTOR, SECTOR, Image
from readers.xorriso import Xorriso

GIB = 2**30

# Bytes that are set besides those at both ends: around the border of sections.
_SECTION = 2**32 - 2048
_MARKS = (_SECTION - 1, _SECTION, 2**32 - 1, 2**32)
# The place of its volume descriptor behind those of the primary tree and Joliet.
ENHANCED = 2

_RULES = "long,lowercase,relaxed,multidot,no-version"


def mixed(root: Path) -> None:
    """Names that only relaxed rules let stay as they are, and such as collide."""
    for name in ("Makefile.am", "Makefile.in", "a.b.c", "a b.c", "a-b.c", ".hidden", "no extension",
                 "Some longer name than thirty (2).txt", "x" * 60 + ".txt", "x" * 61 + ".txt",
                 "folder.d/sub folder/file-1.2.tar.gz", "folder/.config", "folder-1/x"):
        trees.put(root / name)
    trees.stamp(root)


def show_as_primary(image: Path, number: int) -> None:
    """Put a later volume descriptor of an image in place of its primary one, for all readers."""
    with open(image, "r+b") as file:
        file.seek((FIRST_DESCRIPTOR + number) * SECTOR)
        sector = bytearray(file.read(SECTOR))
        sector[0], sector[6], sector[881] = 1, 1, 1  # type, version, version of the structures
        file.seek(FIRST_DESCRIPTOR * SECTOR)
        file.write(sector)


def deep_names(root: Path) -> None:
    """Long names in many folders below each other."""
    folder = root
    for level in range(9):
        folder = folder / f"Folder {level} with a name longer than 31"
        trees.put(folder / ("file " + "n" * 190 + ".txt"))
    trees.stamp(root)


class LargeFiles(ImageTest):
    """Files of 4 GiB and more beside ISO 9660 and Joliet; nearly all of it holes."""

    @slow
    def test_sections_are_read_as_one_file(self) -> None:
        with scratch.folder() as room:
            folder, image = room / "source", room / "image.iso"
            trees.sparse_file(folder, 4 * GIB + 12345, _MARKS)
            self.create("-q", "-o", image, "--iso-level", "3", "-f", "iso9660,joliet", folder)
            source = scan(folder)
            self.check_image(image, source, (naming.ISO,), ("linux", "bsdtar", "xorriso"))
            # The same code puts sections together; one that has code of its own is enough.
            self.check_image(image, source, (naming.JOLIET,), ("7z",))

    @slow
    def test_what_is_left_out_of_iso_9660_is_whole_in_udf(self) -> None:
        with scratch.folder() as room:
            folder, image = room / "source", room / "image.iso"
            trees.sparse_file(folder, 4 * GIB, _MARKS[:3])
            trees.put(folder / "sub/small.txt")
            self.create("-q", "-o", image, "--omit-large-files", folder)
            source = scan(folder)
            self.check_image(image, source, (naming.UDF,), ("linux", "7z", "libudfread"))
            small = {path: entry for path, entry in source.items() if (entry.size or 0) < GIB}
            self.assertEqual(len(source) - 1, len(small))
            self.check_image(image, small, (naming.ISO, naming.JOLIET))


class Names(ImageTest):
    """Names by rules that are relaxed; each reader finds all files by them."""

    def test_all_rules_of_iso_9660_relaxed(self) -> None:
        self.check_tree(mixed, "--iso-names", _RULES, judge_names=False)

    def test_each_rule_of_iso_9660_relaxed_alone(self) -> None:
        for rule in _RULES.split(","):
            with self.subTest(rule):
                self.check_tree(mixed, "-f", "iso9660", "--iso-names", rule, views=(naming.ISO,),
                                judge_names=False)

    def test_relaxed_names_at_level_1(self) -> None:
        self.check_tree(trees.punctuation, "-f", "iso9660", "--iso-level", "1", "--iso-names",
                        "lowercase,relaxed,multidot,no-version", views=(naming.ISO,),
                        judge_names=False)

    def test_long_names_in_joliet(self) -> None:
        self.check_tree(trees.long_names, "--joliet-long", judge_names=False)

    def test_a_tree_of_iso_9660_1999_disturbs_no_reader(self) -> None:
        self.check_tree(deep_names, "--iso-level", "4")

    def test_the_tree_of_iso_9660_1999_has_the_names_of_the_source(self) -> None:
        with scratch.folder() as room:
            folder, image = room / "source", room / "image.iso"
            deep_names(folder)
            mixed(folder)
            self.create("-q", "-o", image, "--iso-level", "4", folder)
            show_as_primary(image, ENHANCED)
            source = scan(folder)
            self.check_image(image, source, (naming.ISO,), judge_names=False)
            seen = Xorriso().list(Image(image, (naming.ISO,), room), naming.ISO)
            self.assertEqual(set(source), set(seen))


class Trees(CommandTest):
    """Names as they are recorded."""

    def run_tool(self, *command: str | Path) -> bytes:
        done = subprocess.run(command, cwd=self.room, capture_output=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def extract(self, options: tuple[str, ...]) -> Path:
        target = self.room / "found"
        self.run_tool("xorriso", "-abort_on", "WARNING", "-report_about", "WARNING", *options,
                      "-osirrox", "on:auto_chmod_on", "-indev", "image.iso", "-extract", "/", target)
        return target

    def paths(self, folder: Path) -> set[str]:
        return {str(path.relative_to(folder)) for path in folder.rglob("*")}

    def test_relaxed_names_are_recorded_as_they_are(self) -> None:
        names = {"Makefile.am", "a b.c", "A-b.d", ".hidden", "no extension", "folder.d",
                 "folder.d/x-1.2.tar.gz", "36 characters and a dot, no more.text"}
        for name in names - {"folder.d"}:
            self.put(f"source/{name}")
        self.create("-q", "-o", "image.iso", "-f", "iso9660", "--iso-names", _RULES, "source")
        shown = self.run_tool("isoinfo", "-f", "-i", "image.iso").decode()
        self.assertEqual({f"/{name}" for name in names}, set(shown.splitlines()))
        self.assertEqual(names, self.paths(self.extract(("-read_fs", "ecma119"))))

    def test_joliet_names_have_103_characters(self) -> None:
        for length in (102, 103, 104):
            self.put(f"source/{length}/" + "é" * length)
        self.create("-q", "-o", "image.iso", "-f", "iso9660,joliet", "--joliet-long", "source")
        found = self.extract(("-read_fs", "norock"))
        self.assertEqual({"102": 102, "103": 103, "104": 103},
                         {name: len(os.listdir(found / name)[0]) for name in os.listdir(found)})

    def test_what_is_left_out_is_told_by_name_and_number(self) -> None:
        self.put_sparse("source/sub/big one", 6 * GIB)
        self.put_sparse("source/big two", 4 * GIB)
        self.put_sparse("source/at the limit", 4 * GIB - 1)
        done = self.create("--json", "-o", "image.iso", "--omit-large-files", "source")
        self.assertIn("note: 2 files are left out of ISO 9660 and Joliet:\n", done.errors)
        for name, size in (("/sub/big one", "6.0 GiB"), ("/big two", "4.0 GiB")):
            self.assertIn(f"note: {name} is in UDF alone: {size} is too much for ISO 9660 and Joliet\n",
                          done.errors)
        self.assertNotIn("/at the limit", done.errors)
        self.assertIn("note: the largest file has 4.0 GiB; some readers", done.errors)
        self.assertEqual([2, 2, 0], [each["omitted_files"] for each in done.object["file_systems"]])
        self.assertLess((self.room / "image.iso").stat().st_blocks * 512, 4 << 20)

    def test_our_own_reader_reads_what_we_write(self) -> None:
        path = self.put_sparse("source/big", 4 * GIB + 5)
        with open(path, "r+b") as file:
            for at, data in ((0, b"first"), (_SECTION - 2, b"middle"), (4 * GIB, b"final")):
                file.seek(at)
                file.write(data)
        self.create("-q", "-o", "image.iso", "--iso-level", "4", "source")
        info = self.run_command("info", "--json", "image.iso")
        self.assertEqual((0, ""), (info.status, info.errors))
        for view in ("iso9660", "joliet", "udf"):
            with self.subTest(view):
                listed = self.run_command("ls", "--view", view, "-l", "image.iso")
                self.assertRegex(listed.output, rf"(?mi) {4 * GIB + 5} .* big$")
                done = self.run_command("extract", "-q", "--view", view, "-C", view, "image.iso")
                self.assertEqual((0, ""), (done.status, done.errors))
                with open(next((self.room / view).iterdir()), "rb") as file:
                    self.assertEqual(4 * GIB + 5, file.seek(0, os.SEEK_END))
                    for at, data in ((0, b"first"), (_SECTION - 2, b"middle"), (4 * GIB, b"final")):
                        file.seek(at)
                        self.assertEqual(data, file.read(len(data)))

    def test_a_file_that_is_too_large_is_refused_with_what_helps(self) -> None:
        self.put_sparse("big", 4 * GIB)
        for options, hint in (
                ((), "--omit-large-files keeps such a file in UDF alone, and --iso-level 3"),
                (("-f", "iso,joliet"), "--iso-level 3 takes it in several sections"),
                (("--rules", "imapi"), "--rules linux takes files of up to 4 GiB - 1 byte")):
            with self.subTest(options):
                self.expect_code("IMAPI_E_DATA_TOO_BIG", *options, "-o", "out.iso", "big", hint=hint)
        self.put_sparse("big", 100 * _SECTION + 1)
        self.expect_code("IMAPI_E_DATA_TOO_BIG", "--iso-level", "3", "-o", "out.iso", "big",
                         hint="--omit-large-files keeps such a file in UDF alone")


if __name__ == "__main__":
    import unittest
    unittest.main()
