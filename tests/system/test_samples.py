# SPDX-License-Identifier: GPL-2.0-or-later
"""The sample programs: they run, and readers find in their images what was put in."""

import hashlib
import os
import re
import subprocess
import unittest
from pathlib import Path

import naming
import scratch
from entries import FILE, FOLDER, Entry, Listing, scan
from images import Image
from read_back import OK, choose, read_back

TOP = Path(__file__).resolve().parent.parent.parent
TREE = TOP / "samples/tree"
BLOCK = 2048
MEMORY_TIME = 1793620800  # as in samples/memory_to_image.c


def build_folder() -> Path:
    """The build that is under test: that of $FSIMAGE, or of tools/run."""
    command = os.environ.get("FSIMAGE")
    if not command:
        command = subprocess.check_output([TOP / "tools/run", "--which"], text=True).strip()
    return Path(command).resolve().parent.parent


def file_of(content: bytes) -> Entry:
    """What is known of a file of the memory sample."""
    return Entry(FILE, len(content), hashlib.sha256(content).hexdigest(), MEMORY_TIME)


def hash_block(block: bytes) -> int:
    """FNV-1a, as in samples/random_blocks.c."""
    value = 2166136261
    for byte in block:
        value = (value ^ byte) * 16777619 % 2**32
    return value


class Samples(unittest.TestCase):
    """Each sample, built with the library and run."""

    build: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.build = build_folder()
        samples = [f"samples/{path.stem}" for path in (TOP / "samples").glob("*.c")]
        subprocess.run(["make", "-s", "-C", cls.build, *samples], check=True)

    def run_sample(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([self.build / "samples" / name, *arguments], text=True,
                              capture_output=True, check=False, stdin=subprocess.DEVNULL)

    def succeed(self, name: str, *arguments: str | Path) -> str:
        done = self.run_sample(name, *arguments)
        self.assertEqual((0, ""), (done.returncode, done.stderr))
        return done.stdout

    def assert_holds(self, path: Path, source: Listing, views: tuple[str, ...],
                     room: Path) -> None:
        """All readers that are quick agree, and each view has one."""
        seen = set()
        quick = choose(["7z", "xorriso", "isoinfo", "libudfread"])
        for verdict in read_back(Image(path, views, room), source, quick):
            with self.subTest(view=verdict.view, reader=verdict.reader):
                self.assertEqual((OK, []), (verdict.status, list(verdict.differences)),
                                 verdict.summary)
                seen.add(verdict.view)
        self.assertEqual(set(views), seen)

    def test_folder_to_image_is_read_back(self) -> None:
        with scratch.folder() as room:
            output = room / "tree.iso"
            said = self.succeed("folder_to_image", TREE, output)
            # Without POSIX attributes, everything can be read by everybody.
            source = {path: entry._replace(mode=None) for path, entry in scan(TREE).items()}
            files = sum(entry.kind == FILE for entry in source.values())
            blocks = output.stat().st_size // BLOCK
            self.assertEqual(f"{output}: {files} files in {blocks} blocks of 2048 bytes\n", said)
            self.assert_holds(output, source, naming.VIEWS, room)

    def test_folder_to_image_does_not_touch_an_existing_file(self) -> None:
        with scratch.folder() as room:
            output = room / "old"
            output.write_text("old")
            done = self.run_sample("folder_to_image", TREE, output)
            self.assertEqual(1, done.returncode)
            self.assertRegex(done.stderr, r"^folder_to_image: .*\bold\b.*\n$")
            self.assertEqual("old", output.read_text())
            self.assertEqual([output], list(room.iterdir()))

    def test_folder_to_image_names_a_folder_that_is_not_there(self) -> None:
        with scratch.folder() as room:
            done = self.run_sample("folder_to_image", room / "nowhere", room / "out")
            self.assertEqual(1, done.returncode)
            self.assertRegex(done.stderr, r"^folder_to_image: .*nowhere.*\n$")
            self.assertEqual([], list(room.iterdir()))

    def test_memory_to_image_is_read_back(self) -> None:
        squares = b"".join(b"%15d\n" % (number * number) for number in range(100000))
        source = {
            "read me.txt": file_of(b"Made in memory.\n"),
            "grüße": Entry(FOLDER, mtime=MEMORY_TIME),
            "grüße/日本.txt": file_of("こんにちは\n".encode()),
            "squares.txt": file_of(squares),
        }
        with scratch.folder() as room:
            self.succeed("memory_to_image", room / "memory.iso")
            self.assert_holds(room / "memory.iso", source, (naming.ISO, naming.JOLIET), room)

    def test_save_image_is_read_back(self) -> None:
        with scratch.folder() as room:
            output = room / "saved.iso"
            self.assertEqual("", self.succeed("save_image", TREE, output))
            self.assertEqual(0, output.stat().st_size % BLOCK)
            source = {path: entry._replace(mode=None) for path, entry in scan(TREE).items()}
            base = {TREE.name: Entry(FOLDER, mtime=int(TREE.stat().st_mtime))}
            base |= {f"{TREE.name}/{path}": entry for path, entry in source.items()}
            # That kind of disc gets UDF alone.
            self.assert_holds(output, base, (naming.UDF,), room)

    def test_add_session_adds_a_folder_and_keeps_what_was_there(self) -> None:
        with scratch.folder() as room:
            (room / "first").mkdir()
            (room / "more").mkdir()
            for path, text in (("first/one", "one"), ("first/two", "old"),
                               ("more/two", "newer"), ("more/Two", "another")):
                (room / path).write_text(text)
            output = room / "disc.iso"
            self.succeed("folder_to_image", room / "first", output)
            old = output.read_bytes()
            self.assertEqual(f"{output}: session from block {len(old) // BLOCK}\n",
                             self.succeed("add_session", output, room / "more"))
            # Only what leads to the newest session is replaced.
            self.assertEqual(old[:16 * BLOCK], output.read_bytes()[:16 * BLOCK])
            self.assertEqual(old[257 * BLOCK:], output.read_bytes()[257 * BLOCK:len(old)])
            source = scan(room / "first") | scan(room / "more")
            source = {path: entry._replace(mode=None) for path, entry in source.items()}
            self.assert_holds(output, source, naming.VIEWS, room)

    def test_add_session_leaves_an_image_that_it_cannot_continue(self) -> None:
        with scratch.folder() as room:
            (room / "none.iso").write_bytes(b"x" * 100 * BLOCK)
            done = self.run_sample("add_session", room / "none.iso", TREE)
            self.assertEqual(1, done.returncode)
            self.assertRegex(done.stderr, r"^add_session: .*\n$")
            self.assertEqual(b"x" * 100 * BLOCK, (room / "none.iso").read_bytes())

    def test_boot_disc_boots_two_kinds_of_computers(self) -> None:
        with scratch.folder() as room:
            bios, efi = os.urandom(2048), os.urandom(1474560)  # none is a floppy disk here
            (room / "bios.img").write_bytes(bios)
            (room / "efi.img").write_bytes(efi)
            output = room / "boot.iso"
            self.succeed("boot_disc", room / "bios.img", room / "efi.img", TREE, output)
            source = {path: entry._replace(mode=None) for path, entry in scan(TREE).items()}
            self.assert_holds(output, source, (naming.UDF,), room)
            report = subprocess.check_output(
                ["xorriso", "-indev", output, "-report_el_torito", "plain"],
                stderr=subprocess.DEVNULL, text=True)
            found = re.findall(r"^El Torito boot img : +\d+ +(\S+) +y +none .* (\d+)$", report, re.M)
            self.assertEqual(["BIOS", "UEFI"], [platform for platform, _ in found], report)
            content = output.read_bytes()
            for expected, (_, block) in zip((bios, efi), found, strict=True):
                begin = int(block) * BLOCK
                self.assertEqual(expected, content[begin:begin + len(expected)])

    def test_fill_disc_takes_what_fits_and_leaves_the_rest_out_whole(self) -> None:
        with scratch.folder() as room:
            folders = []
            for name, sizes in (("a", (5000, 100000)), ("b", (10, 3000000)),
                                ("c", (200000, 300000)), ("d", (100, 200))):
                (room / name).mkdir()
                folders.append(room / name)
                for number, size in enumerate(sizes):
                    (room / name / f"{number}").write_bytes(bytes([number]) * size)
            said = self.succeed("fill_disc", "500", "100", room / "disc.iso", *folders)
            words = [line.split() for line in said.splitlines()]
            # The second does not fit; the third does, and leaves too little.
            self.assertEqual([["taken", str(folders[0])], ["left", str(folders[1])],
                              ["left", str(folders[2])], ["taken", str(folders[3])]],
                             [line[:2] for line in words])
            self.assertEqual(words[0][2], words[2][2])
            self.assertEqual((room / "disc.iso").stat().st_size, int(words[3][2]) * BLOCK)
            kept = {}
            for folder in (folders[0], folders[3]):
                kept[folder.name] = Entry(FOLDER, mtime=int(folder.stat().st_mtime))
                kept |= {f"{folder.name}/{path}": entry._replace(mode=None)
                         for path, entry in scan(folder).items()}
            self.assert_holds(room / "disc.iso", kept, (naming.ISO, naming.JOLIET), room)

    def test_random_blocks_are_those_of_the_files(self) -> None:
        lines = self.succeed("random_blocks", TREE, "2000").splitlines()
        self.assertEqual(2000, len(lines))
        met = set()
        for line in lines:
            found = re.fullmatch(r" *(\d+)  ([0-9a-f]{8})  (?:(\d+)/(\d+)  (.*)|filling)", line)
            self.assertIsNotNone(found, line)
            digest, place, count, what = int(found[2], 16), found[3], found[4], found[5]
            met.add(what)
            if what is None:
                self.assertEqual(hash_block(bytes(BLOCK)), digest)
            elif what.startswith("\\"):
                content = (TREE / what[1:].replace("\\", "/")).read_bytes()
                self.assertEqual(-(-len(content) // BLOCK), int(count), what)
                block = content[(int(place) - 1) * BLOCK:int(place) * BLOCK]
                self.assertEqual(hash_block(block.ljust(BLOCK, b"\0")), digest, what)
        self.assertIn("\\sizes\\one block and a byte.txt", met)
        self.assertGreater(len([what for what in met if what and what[0] != "\\"]), 3)


if __name__ == "__main__":
    unittest.main()
