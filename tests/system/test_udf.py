# SPDX-License-Identifier: GPL-2.0-or-later
"""Every revision of UDF, alone and beside other file systems, read by all readers."""

import os
from functools import partial
from pathlib import Path

import fsimage_command
import naming
import scratch
import trees
from case import ImageTest, slow


def mixture(root: Path) -> None:
    """Folders, names of both widths, sizes around what an entry has room for."""
    for size in (0, 1, 1831, 1832, 1833, 1871, 1872, 1873, 2047, 2048, 2049, 100_000):
        trees.put(root / "sizes" / f"{size}.bin", size)
    for number in range(100):
        trees.put(root / "many" / f"file number {number}")
    for name in ("Ærøskøbing", "Документы", "中文文件", "😀.txt"):
        trees.put(root / name / f"{name} inside")
    trees.put(root / "deep" / "deeper" / "deepest" / "file")
    (root / "empty").mkdir()
    trees.stamp(root)


class Revisions(ImageTest):
    """One source in each revision."""

    def check_alone(self, revision: str, *options: str) -> None:
        """Only UDF."""
        self.check_tree(mixture, "-f", "udf", "--udf-revision", revision, *options,
                        views=(naming.UDF,))

    def check_bridge(self, revision: str, *options: str) -> None:
        """All file systems over the same data."""
        self.check_tree(mixture, "--udf-revision", revision, *options)

    def test_1_02_alone(self) -> None:
        self.check_alone("1.02")

    def test_1_50_alone(self) -> None:
        self.check_alone("1.50")

    def test_1_50_on_a_bridge(self) -> None:
        self.check_bridge("1.50")

    def test_2_00_alone(self) -> None:
        self.check_alone("2.00")

    def test_2_00_on_a_bridge(self) -> None:
        self.check_bridge("2.00")

    def test_2_01_alone(self) -> None:
        self.check_alone("2.01")

    def test_2_01_on_a_bridge(self) -> None:
        self.check_bridge("2.01")

    def test_2_01_with_iso9660_alone(self) -> None:
        self.check_tree(mixture, "-f", "iso9660,udf", "--udf-revision", "2.01",
                        views=(naming.ISO, naming.UDF))

    def test_2_50_alone(self) -> None:
        self.check_alone("2.50")

    def test_2_50_alone_with_a_copy_of_its_metadata(self) -> None:
        self.check_alone("2.50", "--redundant-metadata")

    def test_2_50_on_a_bridge(self) -> None:
        self.check_bridge("2.50")

    def test_2_60_alone(self) -> None:
        self.check_alone("2.60")

    def test_2_60_on_a_bridge_with_a_copy_of_its_metadata(self) -> None:
        self.check_bridge("2.60", "--redundant-metadata")


class Posix(ImageTest):
    """Hard and symbolic links, special files and attributes, in UDF only."""

    def check_posix(self, revision: str, *options: str) -> None:
        """Linux must see them all as what they are."""
        self.check_tree(trees.special, "--posix", "--udf-revision", revision, *options,
                        views=(naming.UDF,), readers=("linux",), posix=True)

    def test_in_1_02_alone(self) -> None:
        self.check_posix("1.02", "-f", "udf")

    def test_in_1_02_on_a_bridge(self) -> None:
        self.check_posix("1.02")

    def test_in_2_01_alone(self) -> None:
        self.check_posix("2.01", "-f", "udf")

    def test_in_2_01_on_a_bridge(self) -> None:
        self.check_posix("2.01")

    def test_in_2_60_alone(self) -> None:
        self.check_posix("2.60", "-f", "udf", "--redundant-metadata")

    def test_in_2_60_on_a_bridge(self) -> None:
        self.check_posix("2.60")

    def test_named_streams_disturb_nobody(self) -> None:
        def make(root: Path) -> None:
            trees.put(root / "file", 5000)
            os.setxattr(root / "file", "user.large", b"x" * 3000)
            trees.stamp(root)

        for options in ((), ("-f", "udf")):
            self.check_tree(make, "--posix", "--udf-revision", "2.01", *options,
                            views=(naming.UDF,), readers=("linux", "7z", "libudfread"))

    def test_others_see_what_they_can_hold(self) -> None:
        self.check_tree(trees.special, "--posix", "--udf-revision", "2.01",
                        views=(naming.ISO, naming.JOLIET))

    @slow
    def test_three_thousand_names_of_a_file(self) -> None:
        def make(root: Path) -> None:
            trees.put(root / "first", 5000)
            for number in range(3000):
                folder = root / f"folder {number % 7}"
                folder.mkdir(exist_ok=True)
                os.link(root / "first", folder / f"name {number}")
            trees.stamp(root)

        self.check_tree(make, "-f", "udf", "--udf-revision", "2.01", views=(naming.UDF,),
                        readers=("linux", "7z", "libudfread"), posix=True)


class Size(ImageTest):
    """What is large, in the first revision and in the last."""

    @slow
    def test_a_crowd_in_2_60(self) -> None:
        self.check_tree(trees.crowd, "-f", "udf", "--udf-revision", "2.60",
                        views=(naming.UDF,))

    def test_sixty_levels(self) -> None:
        for revision in ("1.02", "2.60"):
            with self.subTest(revision=revision):
                self.check_tree(partial(trees.levels, depth=60), "-f", "udf",
                                "--udf-revision", revision, views=(naming.UDF,))

    @slow
    def test_files_around_the_longest_extent(self) -> None:
        def make(root: Path) -> None:
            for size in (2**30 - 2049, 2**30 - 2048, 2**30 - 2047):
                trees.sparse_file(root, size, marks=(2**20, 2**29))

        for revision in ("1.02", "2.50"):
            with self.subTest(revision=revision):
                self.check_tree(make, "-f", "udf", "--udf-revision", revision,
                                views=(naming.UDF,), readers=("linux", "libudfread", "7z"))


class Holes(ImageTest):
    """Holes of sparse files, which only some readers know."""

    READERS = ("linux", "libudfread")

    def check_holes(self, revision: str) -> None:
        """Holes at both ends, between, of all of a file, and more than an entry tells."""
        self.check_tree(_sparse_files, "-f", "udf", "--udf-revision", revision, "--udf-holes",
                        views=(naming.UDF,), readers=self.READERS)

    def test_in_1_02(self) -> None:
        self.check_holes("1.02")

    def test_in_2_60(self) -> None:
        self.check_holes("2.60")

    def test_take_no_room_in_the_image(self) -> None:
        with scratch.folder() as room:
            (room / "source").mkdir()
            with open(room / "source" / "hole", "wb") as file:
                file.truncate(10**8)
            self.create("-q", "-o", room / "image.iso", "-f", "udf", "--udf-holes",
                        room / "source")
            self.assertLess((room / "image.iso").stat().st_size, 2 * 10**6)

    def test_are_recorded_unless_asked_for(self) -> None:
        self.check_tree(_sparse_files, "-f", "udf", views=(naming.UDF,))

    def test_need_udf_alone(self) -> None:
        done = fsimage_command.run("create", "-o", "-", "--udf-holes", ".")
        self.assertEqual(2, done.status, done)
        self.assertIn("--file-systems udf", done.errors)


def _sparse_files(root: Path) -> None:
    files = {
        "all": (3_000_000, ()),
        "begin": (3_000_000, (2_999_990,)),
        "end": (3_000_000, (0,)),
        "middle": (3_000_000, (5000, 1_000_000, 2_000_000)),
        "odd": (3_000_001, (1_000_000,)),
        "many": (2**13 * 600, range(0, 2**13 * 600, 2**13)),
    }
    for name, (size, marks) in files.items():
        with open(root / name, "wb") as file:
            file.truncate(size)
            for mark in marks:
                file.seek(mark)
                file.write(b"#")
    trees.stamp(root)
