# SPDX-License-Identifier: GPL-2.0-or-later
"""The comparison itself: what it lets pass, and all that it must not."""

import unittest

import naming
from compare import Comparison, compare
from entries import FILE, FOLDER, OTHER, SPECIAL, Entry, Listing
from images import Image
from readers.base import Reader


class Imagined(Reader):
    """A reader that shows everything as it is."""

    name = "imagined"
    views = naming.VIEWS
    packages = ()

    def list(self, image: Image, view: str) -> Listing:
        """There is no image."""
        raise NotImplementedError


class Forgetful(Imagined):
    """A reader that shows only the day, and names without their vowels."""

    def shown(self, view: str, name: str) -> str | None:
        """Without vowels."""
        return "".join(letter for letter in name if letter not in "aeiou")

    def visible_time(self, view: str, seconds: int) -> int | None:
        """The day."""
        return seconds - seconds % 86400


def file(content: str, mtime: int | None = 1000, mode: int | None = 0o644) -> Entry:
    """A file whose digest is its content, for short."""
    return Entry(FILE, len(content), content, mtime, mode)


def folder(mtime: int | None = 1000, mode: int | None = 0o755) -> Entry:
    """A folder."""
    return Entry(FOLDER, 0, None, mtime, mode)


SOURCE: Listing = {
    "readme.txt": file("one"),
    "Long name of a file": file("two", mtime=2000),
    "folder": folder(),
    "folder/readme.txt": file("three"),
    "folder/empty": folder(),
}


class Compared(unittest.TestCase):
    """Sources and what readers see of them."""

    def compared(self, source: Listing, seen: Listing, view: str = naming.UDF,
                 reader: Reader | None = None) -> Comparison:
        return compare(source, seen, view, reader or Imagined())

    def assert_same(self, source: Listing, seen: Listing, view: str = naming.UDF,
                    reader: Reader | None = None) -> None:
        result = self.compared(source, seen, view, reader)
        self.assertEqual([], result.differences)
        wanted = [entry for entry in source.values() if entry.kind != OTHER]
        self.assertEqual(len(wanted), result.entries)

    def assert_differ(self, what: str, source: Listing, seen: Listing, view: str = naming.UDF,
                      reader: Reader | None = None) -> None:
        differences = self.compared(source, seen, view, reader).differences
        self.assertRegex("\n".join(differences), what)

    def test_the_same(self) -> None:
        self.assert_same(SOURCE, dict(SOURCE))

    def test_a_missing_file(self) -> None:
        for view in naming.VIEWS:
            for path in ("readme.txt", "folder/readme.txt", "folder/empty"):
                with self.subTest(view=view, path=path):
                    seen = {name: entry for name, entry in SOURCE.items() if name != path}
                    self.assert_differ(f"'{path}' is missing", SOURCE, seen, view)

    def test_a_file_too_many(self) -> None:
        for view in naming.VIEWS:
            with self.subTest(view=view):
                seen = {**SOURCE, "folder/MORE": file("more")}
                self.assert_differ("'folder/MORE' should not be there", SOURCE, seen, view)

    def test_a_file_twice_under_two_names(self) -> None:
        seen = {**SOURCE, "ANOTHER": SOURCE["Long name of a file"]}
        self.assert_differ("should not be there", SOURCE, seen, naming.ISO)

    def test_other_contents(self) -> None:
        seen = {**SOURCE, "folder/readme.txt": file("THREE")}
        for view in naming.VIEWS:
            self.assert_differ("'folder/readme.txt' has other contents", SOURCE, seen, view)

    def test_another_size(self) -> None:
        seen = {**SOURCE, "folder/readme.txt": file("three and")}
        for view in naming.VIEWS:
            self.assert_differ("has 5 bytes, the reader sees 9", SOURCE, seen, view)

    def test_contents_of_two_files_exchanged(self) -> None:
        source = {"a.txt": file("one"), "b.txt": file("two")}
        seen = {"A.TXT;1": file("two"), "B.TXT;1": file("one")}
        for view in naming.VIEWS:
            self.assert_differ("has other contents|is missing", source, seen, view)

    def test_times(self) -> None:
        seen = {**SOURCE, "folder": folder(mtime=1001)}
        what = "'folder' is of time 1000, the reader sees 1001"
        for view in naming.VIEWS:
            self.assert_differ(what, SOURCE, seen, view)

    def test_times_of_files_found_by_content(self) -> None:
        source = {"?a": file("same", mtime=1), "?b": file("same", mtime=2)}
        self.assert_same(source, {"_A": source["?b"], "_B": source["?a"]}, naming.ISO)
        seen = {"_A": file("same", mtime=2), "_B": file("same", mtime=2)}
        self.assert_differ("is of time 1, the reader sees 2", source, seen, naming.ISO)

    def test_modes_count_in_udf_only(self) -> None:
        seen = {**SOURCE, "readme.txt": file("one", mode=0o600)}
        self.assert_differ("has mode 644, the reader sees 600", SOURCE, seen)
        self.assert_same(SOURCE, seen, naming.JOLIET)

    def test_what_a_reader_does_not_know_is_not_compared(self) -> None:
        seen = {path: entry._replace(mtime=None, mode=None) for path, entry in SOURCE.items()}
        self.assert_same(SOURCE, seen)

    def test_files_that_were_only_listed(self) -> None:
        source = {**SOURCE, "?": file("four"), "?2": file("five!")}
        seen = {path.replace("?", "_"): entry for path, entry in source.items()}
        seen["_"] = seen["_"]._replace(sha256=None)
        self.assert_same(source, seen, naming.JOLIET)
        self.assertEqual(1, self.compared(source, seen, naming.JOLIET).unread)
        seen["_"] = seen["_"]._replace(size=6)
        self.assert_differ("has 4 bytes, the reader sees 6", source, seen, naming.JOLIET)

    def test_folders_of_which_a_file_was_read(self) -> None:
        source = {"?1": folder(), "?1/f": file("AA"), "?2": folder(), "?2/f": file("BB")}
        seen = {"_1": folder(), "_1/f": file("??")._replace(sha256=None),
                "_2": folder(), "_2/f": file("AA")}
        self.assert_same(source, seen, naming.JOLIET)
        seen["_2/f"] = file("CC")
        self.assert_differ("'[?]./f' has other contents", source, seen, naming.JOLIET)

    def test_a_folder_that_became_a_file(self) -> None:
        self.assert_differ("is a folder, the reader sees a file", SOURCE,
                           {**SOURCE, "folder/empty": file("")})

    def test_an_entry_without_its_folder(self) -> None:
        self.assert_differ("its folder is not", {}, {"folder/file": file("")})

    def test_links_may_be_absent_or_present(self) -> None:
        source = {**SOURCE, "link": Entry(OTHER)}
        self.assert_same(source, SOURCE)
        self.assert_same(source, source)
        self.assert_differ("should not be there", SOURCE, source)

    def test_what_the_image_is_to_have_must_be_there_as_what_it_is(self) -> None:
        source = {**SOURCE, "link": Entry(SPECIAL, what="link to folder")}
        seen = {**SOURCE, "link": Entry(OTHER, what="link to folder")}
        self.assert_same(source, seen)
        self.assert_same(source, {**SOURCE, "link": Entry(OTHER)})
        self.assert_differ("is missing", source, SOURCE)
        self.assert_differ("is a special, the reader sees a file", source,
                           {**SOURCE, "link": file("")})
        self.assert_differ("the reader sees a pipe", source,
                           {**SOURCE, "link": Entry(OTHER, what="pipe")})

    def test_names_of_a_file_are_counted_by_readers_that_can(self) -> None:
        source = {"first": file("one")._replace(links=2)}
        self.assert_same(source, source)
        self.assert_same(source, {"first": file("one")})
        self.assert_differ("has 2 names, the reader sees 1", source,
                           {"first": file("one")._replace(links=1)})

    def test_a_reader_that_shows_names_and_times_its_own_way(self) -> None:
        source = {"aha": file("one", mtime=90000), "ohio": file("two", mtime=1)}
        seen = {"h": file("one", mtime=86400), "h2": file("two", mtime=0)}
        self.assert_differ("is missing|not be there", source, seen, naming.UDF, Imagined())
        self.assert_same(source, seen, naming.UDF, Forgetful())
        seen["h"] = file("one", mtime=0)
        self.assert_differ("is of time 86400", source, seen, naming.UDF, Forgetful())


class Names(unittest.TestCase):
    """Which names must stay, and which must not be made."""

    def assert_held(self, view: str, held: list[str], others: list[str]) -> None:
        siblings = dict.fromkeys([*held, *others], False)
        self.assertEqual(set(held), naming.must_hold(view, siblings))

    def test_udf_holds_254_bytes(self) -> None:
        for held, other in (("n" * 254, "n" * 255), ("é" * 254, "é" * 255),
                            ("λ" * 127, "λ" * 128), ("😀" * 63, "😀" * 64)):
            self.assert_held(naming.UDF, [held, 'all of *:;?\\"<>|'], [other])

    def test_joliet_holds_64_units(self) -> None:
        self.assert_held(naming.JOLIET, ["n" * 64, "文" * 64, "it's", "a=b"],
                         ["n" * 65, "文" * 65])

    def test_joliet_does_not_hold_some_characters(self) -> None:
        free = [f"a{character}b" for character in '*:;?\\"<>|\n\t\x1f']
        self.assert_held(naming.JOLIET, [".hidden"], [*free, "dot.", "space ", "😀"])

    def test_joliet_does_not_hold_what_differs_in_case(self) -> None:
        self.assert_held(naming.JOLIET, ["other"], ["Name", "name", "ÄRGER", "ärger"])
        self.assert_held(naming.JOLIET, [], ["straße", "STRASSE"])

    def test_iso_holds_what_is_legal_and_not_in_doubt(self) -> None:
        self.assert_held(naming.ISO, ["HELLO.TXT", "eight888.bin"],
                         ["nine99999", "a b", "a_b", "x.html", "two.dots.x", "same", "SAME"])

    def test_names_are_judged_by_the_rules(self) -> None:
        longest = "n" * 64
        faults = {
            (naming.JOLIET, longest): None,
            (naming.JOLIET, longest + "n"): "longer",
            (naming.JOLIET, "a:b"): "forbids",
            (naming.JOLIET, "a\x1fb"): "forbids",
            (naming.JOLIET, "dot."): "ends",
            (naming.ISO, "ABCDEFGHIJ_0123456789.ABCDEFGHI"): None,
            (naming.ISO, "ABCDEFGHIJ_0123456789.ABCDEFGHIJ"): "too long",
            (naming.ISO, "A-B.TXT"): "forbids",
            (naming.ISO, "A.B.C"): "forbids",
            (naming.ISO, "."): "empty",
            (naming.UDF, "a:b\n."): None,
        }
        for (view, name), expected in faults.items():
            with self.subTest(view=view, name=name):
                self.assertRegex(naming.fault(view, name, False) or "None", expected or "None")
        self.assertIsNone(naming.fault(naming.ISO, "D" * 31, True))
        self.assertIsNotNone(naming.fault(naming.ISO, "D" * 32, True))
        self.assertIsNotNone(naming.fault(naming.ISO, "D.D", True))

    def test_made_up_names_are_judged(self) -> None:
        source = {"a:b": file("one"), "A": file("two"), "a": file("three")}
        seen = {"a:b": file("one"), "A": file("two"), "a": file("three")}
        differences = compare(source, seen, naming.JOLIET, Imagined()).differences
        self.assertEqual(["'a:b' has a character that Joliet forbids",
                          "'a' differs from 'A' only in case"], differences)
        self.assertEqual([], compare(source, seen, naming.JOLIET, Imagined(), False).differences)


if __name__ == "__main__":
    unittest.main()
