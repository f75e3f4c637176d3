# SPDX-License-Identifier: GPL-2.0-or-later
"""The readers, on images by xorriso and genisoimage: that good ones pass, and bad ones fail."""

import subprocess
import sys
import unittest
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import naming
import readers
import scratch
import trees
from entries import Listing, scan
from images import FIRST_DESCRIPTOR, SECTOR, Image
from read_back import FAIL, LIMIT, OK, Verdict, choose, read_back
from readers.base import Reader

READ_BACK = Path(__file__).resolve().parent / "read-back"

MARK = b"this text is nowhere else in the image"
BRIDGE = (naming.ISO, naming.JOLIET)


def make_source(root: Path) -> None:
    """A small tree in which everything is found again by its bytes."""
    trees.put(root / "folder" / "second file", 5000)
    trees.put(root / "folder" / "empty", 0)
    (root / "hello.txt").write_bytes(MARK)
    trees.stamp(root)


class Uninstalled(Reader):
    """A reader that nobody has."""

    name = "uninstalled"
    views = naming.VIEWS
    packages = ("no-such-package",)
    programs = ("no-such-program",)

    def list(self, image: Image, view: str) -> Listing:
        """Is not called."""
        raise NotImplementedError


class Harness(unittest.TestCase):
    """Images that are right, and what is then done to them."""

    room: Path
    source: Listing

    @classmethod
    def setUpClass(cls) -> None:
        stack = ExitStack()
        cls.addClassCleanup(stack.close)
        cls.room = stack.enter_context(scratch.folder())
        folder = cls.room / "source"
        folder.mkdir()
        make_source(folder)
        # genisoimage gives everything in UDF the same modes.
        cls.source = {path: entry._replace(mode=None) for path, entry in scan(folder).items()}
        for name, command in (
            ("bridge", ["genisoimage", "-quiet", "-J", "-udf"]),
            ("plain", ["xorriso", "-as", "mkisofs", "-quiet", "--norock", "-J"]),
        ):
            subprocess.run([*command, "-o", cls.room / name, folder], check=True,
                           capture_output=True)

    def verdicts(
        self,
        base: str,
        views: tuple[str, ...],
        spoil: Callable[[bytearray], None] | None = None,
        names: tuple[str, ...] | None = None,
    ) -> list[Verdict]:
        """What the readers say of an image, spoiled before they see it."""
        content = bytearray((self.room / base).read_bytes())
        if spoil:
            spoil(content)
        with scratch.folder() as room:
            path = room / "image with a space, a comma: and more"
            path.write_bytes(content)
            return list(read_back(Image(path, views, room), self.source, choose(names)))

    def assert_all(self, status: str, verdicts: list[Verdict]) -> None:
        """All verdicts are this one, and there are some."""
        self.assertTrue(verdicts)
        self.assertEqual([], [verdict.line() for verdict in verdicts if verdict.status != status])

    def spoil_name(self, view: str, old: bytes, new: bytes) -> list[Verdict]:
        """What is said after a name was changed where the image has it in one view."""
        def spoil(content: bytearray) -> None:
            self.assertEqual(1, content.count(old), old)
            content[:] = content.replace(old, new)
        return self.verdicts("bridge", (view,), spoil)

    def test_good_images_pass(self) -> None:
        said = self.verdicts("plain", BRIDGE)
        self.assert_all(OK, said)
        self.assertEqual(2 * 8, len(said))
        said = self.verdicts("bridge", naming.VIEWS)
        self.assert_all(OK, said)
        self.assertEqual(2 * 8 + 6, len(said))
        self.assertEqual({reader.name for reader in readers.ALL},
                         {verdict.reader for verdict in said})

    def test_a_changed_byte_is_noticed_by_all(self) -> None:
        def spoil(content: bytearray) -> None:
            self.assertEqual(1, content.count(MARK))
            content[content.index(MARK)] ^= 1
        for verdict in self.verdicts("bridge", naming.VIEWS, spoil):
            with self.subTest(view=verdict.view, reader=verdict.reader):
                self.assertEqual(FAIL, verdict.status)
                self.assertIn("'hello.txt' has other contents", verdict.differences)

    def test_a_changed_name_is_noticed_by_all(self) -> None:
        for view, old, new in (
            (naming.ISO, b"HELLO.TXT;1", b"HELLP.TXT;1"),
            (naming.JOLIET, "hello.txt".encode("utf-16-be"), "hellp.txt".encode("utf-16-be")),
            (naming.UDF, b"\x08hello.txt", b"\x08hellp.txt"),
        ):
            with self.subTest(view=view):
                self.assert_all(FAIL, self.spoil_name(view, old, new))

    def test_a_changed_size_is_noticed_by_all(self) -> None:
        size = len(MARK)
        old = size.to_bytes(4, "little") + size.to_bytes(4, "big")
        size -= 1
        new = size.to_bytes(4, "little") + size.to_bytes(4, "big")
        def spoil(content: bytearray) -> None:
            self.assertEqual(2, content.count(old))
            content[:] = content.replace(old, new)
        self.assert_all(FAIL, self.verdicts("plain", BRIDGE, spoil))

    def test_a_changed_second_is_noticed_by_all_that_show_seconds(self) -> None:
        def spoil(content: bytearray) -> None:
            for name in (b"HELLO.TXT;1", "hello.txt".encode("utf-16-be")):
                second = content.index(name) - 33 + 18 + 5  # ECMA-119 9.1.5
                content[second] = (content[second] + 1) % 60
        for verdict in self.verdicts("plain", BRIDGE, spoil):
            with self.subTest(view=verdict.view, reader=verdict.reader):
                wanted = OK if verdict.reader == "isoinfo" else FAIL
                self.assertEqual(wanted, verdict.status, verdict.line())

    def test_the_kernel_complains_of_a_damaged_file_entry(self) -> None:
        def spoil(content: bytearray) -> None:
            at = content.index((261).to_bytes(2, "little") + b"\x02\x00")  # ECMA-167 4/14.9
            self.assertEqual(0, at % SECTOR)
            content[at + 4] ^= 0xff  # the checksum of the tag, 3/7.2.3
        said = self.verdicts("bridge", (naming.UDF,), spoil, ("linux",))
        self.assert_all(FAIL, said)
        self.assertIn("the kernel says: UDF-fs: error", said[0].summary)

    def test_a_cut_image_is_noticed_by_the_kernel(self) -> None:
        def spoil(content: bytearray) -> None:
            del content[content.index(MARK):]
        said = self.verdicts("plain", BRIDGE, spoil, ("linux",))
        self.assert_all(FAIL, said)
        self.assertRegex(said[0].summary, "ubda: .* limit=|I/O error")

    def test_a_view_that_is_not_there_is_a_failure(self) -> None:
        self.assert_all(FAIL, self.verdicts("plain", (naming.UDF,)))

    def test_joliet_is_not_taken_for_iso_or_the_reverse(self) -> None:
        def spoil(content: bytearray) -> None:
            content[content.index(b"\x02CD001") + 88] = 0  # the escape sequence
        self.assert_all(FAIL, self.verdicts("plain", (naming.JOLIET,), spoil))
        self.assert_all(OK, self.verdicts("plain", (naming.ISO,), spoil))

    def test_a_missing_reader_is_a_failure(self) -> None:
        image = Image(self.room / "plain", BRIDGE, self.room)
        said = list(read_back(image, self.source, [Uninstalled()]))
        self.assert_all(FAIL, said)
        self.assertIn("install no-such-package", said[0].summary)

    def test_limits_are_told(self) -> None:
        image = Image(self.room / "plain", (naming.JOLIET,), self.room)
        source = {**self.source, "😀": self.source["hello.txt"]}
        said = list(read_back(image, source, choose(["libcdio"])))
        self.assert_all(LIMIT, said)
        self.assertIn("surrogate", said[0].summary)

    def test_a_copy_shows_one_view(self) -> None:
        with scratch.folder() as room:
            image = Image(self.room / "bridge", naming.VIEWS, room)
            self.assertEqual(set(naming.VIEWS), image.announced)
            for view in naming.VIEWS:
                copy = Image(image.showing(view), (view,), room)
                shown = {naming.ISO, view} if view == naming.JOLIET else {view}
                self.assertEqual(shown, copy.announced)
                descriptors = slice(FIRST_DESCRIPTOR * SECTOR, (FIRST_DESCRIPTOR + 8) * SECTOR)
                old, new = (path.read_bytes() for path in (image.path, copy.path))
                self.assertEqual(len(old), len(new))
                self.assertEqual(old[:descriptors.start], new[:descriptors.start])
                self.assertEqual(old[descriptors.stop:], new[descriptors.stop:])

    def run_read_back(self, image: Path, *options: str) -> subprocess.CompletedProcess[str]:
        command: list[str | Path] = [sys.executable, READ_BACK, image, self.room / "source"]
        return subprocess.run([*command, *options], capture_output=True, text=True, check=False)

    def test_the_program_says_ok(self) -> None:
        done = self.run_read_back(self.room / "plain", "--views", "iso,joliet",
                                  "--readers", "7z,isoinfo")
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        self.assertEqual("4 passed, 0 failed", done.stdout.splitlines()[-1])
        self.assertEqual(4, done.stdout.count("ok    "))

    def test_the_program_says_fail(self) -> None:
        content = (self.room / "plain").read_bytes()
        with scratch.folder() as room:
            (room / "bad").write_bytes(content.replace(MARK, MARK[::-1]))
            done = self.run_read_back(room / "bad", "--views", "iso", "--readers", "7z")
        self.assertEqual(1, done.returncode)
        self.assertEqual("0 passed, 1 failed", done.stdout.splitlines()[-1])
        self.assertIn("'hello.txt' has other contents", done.stdout)

    def test_the_program_refuses_what_it_does_not_know(self) -> None:
        for options in (("--views", "iso,nonsense"), (), ("--views", "iso", "--readers", "me")):
            done = self.run_read_back(self.room / "plain", *options)
            self.assertEqual(2, done.returncode, done)


if __name__ == "__main__":
    unittest.main()
