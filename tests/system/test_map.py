#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fsimage map: a page that any browser reads, to scale, whatever the image is."""

import os
import re
import unittest
import xml.etree.ElementTree as ET
from pathlib import Path

from command_case import CommandTest, Done

SVG = "{http://www.w3.org/2000/svg}"
ROW_WIDTH = 1700.0
TIME = "1700000000"


class Page:
    """A drawing that was made, as its reader sees it."""

    def __init__(self, text: str) -> None:
        self.root = ET.fromstring(text)
        self.text = text

    @property
    def titles(self) -> list[str]:
        """What pointers are told, of everything that is drawn."""
        return [title.text or "" for title in self.root.iter(f"{SVG}title")]

    @property
    def words(self) -> str:
        """What can be read on paper."""
        return "\n".join("".join(text.itertext()) for text in self.root.iter(f"{SVG}text"))

    def rects(self) -> list[tuple[float, float, float, float]]:
        """Places and sizes of all that is drawn in the rows."""
        return [(float(rect.get("x", "0")), float(rect.get("y", "0")),
                 float(rect.get("width", "0")), float(rect.get("height", "0")))
                for group in self.root.iter(f"{SVG}g") for rect in group.iter(f"{SVG}rect")
                if rect.get("x") and group.get("fill") is None]


class Map(CommandTest):
    """fsimage map."""

    def make(self, *names: str, options: tuple[str, ...] = ()) -> Path:
        """An image of files, each of as many bytes as its name says behind a dash."""
        for name in names:
            size = int(name.rsplit("-", 1)[1]) if "-" in name else 1
            self.put(os.path.join("in", name), b"x" * size)
        (self.room / "in").mkdir(exist_ok=True)
        done = self.run_command("create", "-q", "--force", "-o", "disc.iso", *options, "in",
                                env={"SOURCE_DATE_EPOCH": TIME})
        self.assertEqual((0, ""), (done.status, done.errors))
        return self.room / "disc.iso"

    def draw(self, image: str | Path = "disc.iso") -> Page:
        """Draw an image."""
        done = self.run_command("map", "-o", "-", image)
        self.assertEqual((0, ""), (done.status, done.errors))
        return Page(done.output)

    def refuse_here(self, *arguments: str, status: int, says: str) -> Done:
        """Expect that nothing is drawn."""
        done = self.run_command("map", *arguments)
        self.assertEqual((status, ""), (done.status, done.output), done.errors)
        self.assertIn(says, done.errors)
        return done

    def test_structures_and_files_are_named_with_their_blocks(self) -> None:
        self.make("one-5000", "two-100")
        page = self.draw()
        self.assertIn("ISO 9660: primary volume descriptor \nblocks 16, 2.0 KiB", page.titles)
        self.assertTrue(any(re.match(r"UDF, ISO 9660, Joliet: file /one-5000\nblocks "
                                     r"\d+–\d+, 6\.0 KiB$", title) for title in page.titles))
        for words in ("UDF anchor volume descriptor pointer × 3", "Joliet volume descriptor",
                      "UDF file entry × 3", "2 file extents", "unused", "disc.iso"):
            self.assertIn(words, page.words)

    def test_everything_is_to_scale_and_inside_the_rows(self) -> None:
        self.make(*(f"file{n:03}-{n * 997 % 9000}" for n in range(200)))
        page = self.draw()
        row = int(re.search(r"A row is ([\d,]+) blocks", page.words)[1].replace(",", ""))
        for left, _, width, _ in page.rects():
            self.assertGreaterEqual(left, 170)
            self.assertLessEqual(left + width, 170 + ROW_WIDTH + 3.1)
        first = re.search(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*>'
                          r"<title>ISO 9660: primary", page.text)
        self.assertAlmostEqual(float(first[1]), 170 + ROW_WIDTH * 16 / row, 1)
        self.assertAlmostEqual(float(first[2]), ROW_WIDTH / row, 1)

    def test_what_is_too_small_is_joined_and_that_is_said(self) -> None:
        self.make(*(f"small{n:04}-1" for n in range(3000)), "large-60000000")
        page = self.draw()
        found = re.search(r"([\d,]+) extents are too small to be drawn one by one: they share "
                          r"([\d,]+) striped places", page.words)
        joined = [re.match(r"blocks [\d,]+–[\d,]+: ([\d,]+) extents\n", title)
                  for title in page.titles]
        counts = [int(match[1].replace(",", "")) for match in joined if match]
        self.assertEqual(int(found[1].replace(",", "")), sum(counts))
        self.assertEqual(int(found[2].replace(",", "")), len(counts))
        self.assertLess(len(page.text), 3_000_000)

    def test_names_are_text_and_nothing_else(self) -> None:
        names = ["<script>alert(1)<", "&amp;\"'", "]]>", "-->", "tab\there", "\u202eevil\u2066",
                 "\ufffe.x", "日本語"]
        for name in names:
            self.put(os.path.join("in", name), b"x" * 3000)
        self.make()
        page = self.draw()
        titles = "\n".join(page.titles)
        for name in ("/<script>alert(1)<", "/&amp;\"'", "/]]>", "/-->", "/tab\\x09here", "/日本語"):
            self.assertIn(name + "\n", titles)
        self.assertNotIn("<script", page.text)
        self.assertNotRegex(page.text, "[\u202a-\u202e\u2066-\u2069\ufffe]")

    def test_an_image_of_a_few_blocks_fills_its_rows(self) -> None:
        (self.room / "tiny").write_bytes(self.make(options=("-f", "iso9660")).read_bytes()[:20 * 2048])
        page = self.draw("tiny")
        self.assertIn("20 blocks of 2048 bytes, 40.0 KiB", page.words)
        self.assertIn("A row is 8 blocks", page.words)

    def test_an_image_without_a_file_system_is_unused(self) -> None:
        self.put("nothing", bytes(100 * 2048))
        page = self.draw("nothing")
        self.assertIn("unused100 blocks", page.words.replace("\n", ""))

    def test_an_image_of_no_block_is_drawn(self) -> None:
        self.put("empty", b"")
        self.assertIn("0 blocks", self.draw("empty").words)

    def test_the_same_image_gives_the_same_drawing(self) -> None:
        self.make("a-1", "b-70000")
        first = self.draw().text
        self.assertEqual(first, self.draw().text)
        self.run_command("map", "-o", "page.svg", "disc.iso")
        self.assertEqual(first, (self.room / "page.svg").read_text(encoding="utf-8"))

    def test_a_page_needs_nothing_else_and_fits_paper(self) -> None:
        self.make(*(f"file{n:03}-3000" for n in range(100)))
        page = self.draw()
        self.assertNotRegex(page.text, r"<script|<image|href|url\(|@import")
        self.assertLessEqual(float(page.root.get("width", "")[:-2]), 190)
        self.assertLessEqual(float(page.root.get("height", "")[:-2]), 259)

    def test_what_stands_there_stays_unless_forced(self) -> None:
        self.make()
        self.put("page.svg", "old")
        self.refuse_here("-o", "page.svg", "disc.iso", status=1, says="exists already")
        self.assertEqual("old", (self.room / "page.svg").read_text())
        done = self.run_command("map", "--force", "-o", "page.svg", "disc.iso")
        self.assertEqual((0, "", ""), (done.status, done.output, done.errors))
        self.assertIn("<svg", (self.room / "page.svg").read_text())

    def test_the_image_is_never_its_own_drawing(self) -> None:
        image = self.make()
        before = image.read_bytes()
        self.refuse_here("--force", "-o", "disc.iso", "disc.iso", status=1, says="the image itself")
        self.assertEqual(before, image.read_bytes())

    def test_a_wrong_command_line_is_refused(self) -> None:
        self.refuse_here("disc.iso", status=2, says="name the drawing with -o FILE")
        self.refuse_here("-o", "x", status=2, says="name an IMAGE")
        self.refuse_here("-o", "x", "a", "b", status=2, says="name only one IMAGE")
        self.refuse_here("-o", "x", "none.iso", status=1, says="No such file or directory")
        self.assertFalse((self.room / "x").exists())


if __name__ == "__main__":
    unittest.main()
