# SPDX-License-Identifier: GPL-2.0-or-later
"""Images of nasty trees, read by all readers in all views."""

from functools import partial
from pathlib import Path

import naming
import scratch
import trees
from case import ImageTest, slow
from images import Image
from readers.isoinfo import Isoinfo


def nothing(root: Path) -> None:
    """A source without anything in it."""
    del root


def plain(root: Path) -> None:
    """A source whose names every file system can hold."""
    for name in ("ONE.TXT", "TWO/THREE.TXT", "TWO/FOUR.BIN"):
        trees.put(root / name)
    trees.stamp(root)


class Trees(ImageTest):
    """All three file systems over one source."""

    def test_sizes_around_block_boundaries(self) -> None:
        self.check_tree(trees.sizes)

    @slow
    def test_five_thousand_files_in_one_folder(self) -> None:
        self.check_tree(trees.crowd)

    def test_eight_levels(self) -> None:
        self.check_tree(partial(trees.levels, depth=8))

    def test_twelve_levels(self) -> None:
        self.check_tree(partial(trees.levels, depth=12))

    def test_names_in_many_scripts(self) -> None:
        self.check_tree(trees.scripts)

    def test_names_beyond_the_first_plane(self) -> None:
        self.check_tree(trees.beyond)

    @slow
    def test_a_thousand_names_alike_in_sixty_characters(self) -> None:
        self.check_tree(trees.lookalikes)

    def test_names_that_differ_in_case(self) -> None:
        self.check_tree(trees.letter_case)

    def test_punctuation_in_names(self) -> None:
        self.check_tree(trees.punctuation)

    def test_control_characters_in_names(self) -> None:
        self.check_tree(trees.controls)

    def test_newlines_in_names(self) -> None:
        self.check_tree(trees.newlines)

    def test_long_names(self) -> None:
        self.check_tree(trees.long_names)

    def test_empty_folders_and_files(self) -> None:
        self.check_tree(trees.empty)

    def test_hard_links(self) -> None:
        self.check_tree(trees.hard_links)

    def test_symbolic_links_and_pipes_are_left_out(self) -> None:
        self.check_tree(trees.links)

    def test_dates(self) -> None:
        self.check_tree(trees.dates)

    def test_an_empty_source(self) -> None:
        self.check_tree(nothing)


class FileSystems(ImageTest):
    """Each file system alone, and what else can be combined."""

    def test_iso9660_alone(self) -> None:
        self.check_tree(trees.sizes, "-f", "iso9660", views=(naming.ISO,))

    def test_iso9660_at_level_1(self) -> None:
        self.check_tree(trees.punctuation, "-f", "iso9660", "--iso-level", "1",
                        views=(naming.ISO,))

    def test_level_1_has_names_of_eight_and_three(self) -> None:
        with scratch.folder() as room:
            trees.long_names(room / "source")
            output = room / "image"
            self.create("-q", "-o", output, "-f", "iso9660", "--iso-level", "1", room / "source")
            for path in Isoinfo().list(Image(output, (naming.ISO,), room), naming.ISO):
                name = path.rpartition("/")[2]
                self.assertRegex(name, r"^[A-Z0-9_]{1,8}(\.[A-Z0-9_]{0,3};1)?$", path)

    def test_iso9660_and_joliet(self) -> None:
        self.check_tree(trees.scripts, "-f", "iso9660,joliet",
                        views=(naming.ISO, naming.JOLIET))

    def test_iso9660_and_udf(self) -> None:
        self.check_tree(trees.empty, "-f", "iso9660,udf", views=(naming.ISO, naming.UDF))

    def test_udf_alone(self) -> None:
        self.check_tree(trees.punctuation, "-f", "udf", views=(naming.UDF,))

    def test_imapis_rules(self) -> None:
        self.check_tree(plain, "--rules", "imapi", modes=False)


class BigFiles(ImageTest):
    """Files at the limits of ISO 9660 and beyond; all of it holes."""

    @slow
    def test_4_gib_less_one_byte_on_a_bridge(self) -> None:
        make = partial(trees.sparse_file, size=2**32 - 1, marks=(2**30, 2**31 - 1, 2**31))
        self.check_tree(make, readers=("linux", "7z", "libudfread"))

    @slow
    def test_5_gib_in_udf(self) -> None:
        make = partial(trees.sparse_file, size=5 * 2**30, marks=(2**30, 2**32 - 1, 2**32))
        self.check_tree(make, "-f", "udf", views=(naming.UDF,),
                        readers=("linux", "7z", "libudfread"))
