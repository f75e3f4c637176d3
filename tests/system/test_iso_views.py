# SPDX-License-Identifier: GPL-2.0-or-later
"""ISO 9660, Rock Ridge and Joliet: what comes out is what our and other writers put in."""

import os
import stat
import subprocess
import unittest
from pathlib import Path

from command_case import CommandTest

DEEP = "/".join(f"level {n}" for n in range(1, 15))
HARD = ("hard link", "another name")
POSIX_NAMES = ("a:b\\c?", "with space ", "ü ж 漢字 😀", "x" * 60 + ".longer", "-rf", "'\"`$")


def what_is(path: Path) -> tuple[object, ...]:
    """What Rock Ridge keeps of a file."""
    status = path.lstat()
    content: object = None
    if stat.S_ISREG(status.st_mode):
        content = path.read_bytes()
    elif stat.S_ISLNK(status.st_mode):
        content = os.readlink(path)
    return (status.st_mode, int(status.st_mtime), content)


def whole(folder: Path) -> dict[str, tuple[object, ...]]:
    """All that is below a folder."""
    return {str(path.relative_to(folder)): what_is(path) for path in folder.rglob("*")}


def contents(folder: Path) -> dict[str, object]:
    """Names and contents of files, and the names of folders."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
            for path in folder.rglob("*")}


class Views(CommandTest):
    """Each view of an image, extracted and compared."""

    def setUp(self) -> None:
        super().setUp()
        self.source = self.room / "source"
        self.put("source/plain.txt", "plain")
        self.put("source/zero", b"")
        self.put("source/big.bin", bytes(range(256)) * 5000)
        self.put(f"source/{DEEP}/deep.txt", "deep")
        (self.source / "nothing here").mkdir()
        for n in range(200):
            self.put(f"source/many/number {n}.txt", f"{n}" * n)

    def make_posix(self) -> None:
        """What only Rock Ridge keeps."""
        for name in POSIX_NAMES:
            self.put(f"source/names/{name}", name)
        for name in HARD:
            if not (self.source / HARD[0]).exists():
                self.put(f"source/{name}", "twice")
            else:
                os.link(self.source / HARD[0], self.source / name)
        for target in ("../plain.txt", "/etc/passwd", ".", "a//b/../c", "l" * 240, "é à"):
            os.symlink(target, self.source / f"link {len(target)}")
        os.mkfifo(self.source / "fifo")
        (self.source / "plain.txt").chmod(0o4751)
        (self.source / "zero").chmod(0)
        os.utime(self.source / "big.bin", (10**9, 10**9))

    def run_tool(self, *arguments: str | Path) -> None:
        done = subprocess.run(arguments, capture_output=True, check=False, cwd=self.room)
        self.assertEqual(0, done.returncode, done.stderr)

    def extract(self, view: str) -> Path:
        folder = self.room / f"out-{view}"
        folder.mkdir()
        done = self.run_command("extract", "--view", view, "-C", folder, "image.iso")
        self.assertEqual(0, done.status, done.errors)
        return folder

    def info(self) -> dict[str, dict[str, object]]:
        done = self.run_command("info", "--json", "image.iso")
        self.assertEqual((0, ""), (done.status, done.errors))
        self.assertIs(False, done.object["bootable"])
        return {each["view"]: each for each in done.object["file_systems"]}

    def assert_rock_ridge(self) -> None:
        found = self.extract("iso9660")
        self.assertEqual(whole(self.source), whole(found))
        self.assertEqual(*(os.stat(found / name).st_ino for name in HARD))

    def test_images_of_ours(self) -> None:
        self.create("-o", "image.iso", "source")
        self.assertEqual({"iso9660", "joliet", "udf"}, set(self.info()))
        expected = contents(self.source)
        self.assertEqual(expected, contents(self.extract("udf")))
        self.assertEqual(expected, contents(self.extract("joliet")))
        # Names differ there: what is compared is what the files hold.
        found = contents(self.extract("iso9660"))
        self.assertEqual(sorted(filter(None, expected.values()), key=str),
                         sorted(filter(None, found.values()), key=str))
        self.assertEqual(len(expected), len(found))

    def test_genisoimage(self) -> None:
        self.make_posix()
        self.run_tool("genisoimage", "-quiet", "-R", "-J", "-joliet-long", "-D", "-V", "A label",
                      "-publisher", "A publisher", "-o", "image.iso", "source")
        found = self.info()
        self.assertEqual({"iso9660", "joliet"}, set(found))
        self.assertEqual(("A label", "A publisher", True),
                         tuple(found["iso9660"][key] for key in ("label", "publisher", "rock_ridge")))
        self.assertEqual(("A label", 3), (found["joliet"]["label"], found["joliet"]["joliet_level"]))
        self.assert_rock_ridge()
        joliet = self.extract("joliet")
        self.assertEqual(b"deep", (joliet / DEEP / "deep.txt").read_bytes())
        self.assertEqual(contents(self.source / "many"), contents(joliet / "many"))

    def test_relocated_directories_are_where_they_belong(self) -> None:
        self.run_tool("genisoimage", "-quiet", "-R", "-o", "image.iso", "source")
        found = whole(self.extract("iso9660"))
        self.assertIn("rr_moved", found)
        del found["rr_moved"]
        self.assertEqual(whole(self.source), found)

    def test_xorriso(self) -> None:
        self.make_posix()
        self.run_tool("xorriso", "-as", "mkisofs", "-quiet", "-R", "-J", "-joliet-long",
                      "--hardlinks", "-o", "image.iso", "source")
        self.assertTrue(self.info()["iso9660"]["rock_ridge"])
        self.assert_rock_ridge()
        joliet = self.extract("joliet")
        self.assertEqual(b"deep", (joliet / DEEP / "deep.txt").read_bytes())
        self.assertEqual(contents(self.source / "many"), contents(joliet / "many"))

    def test_missing_views_and_links_are_told(self) -> None:
        self.run_tool("genisoimage", "-quiet", "-R", "-o", "image.iso", "source")
        done = self.run_command("ls", "--view", "joliet", "image.iso")
        self.assertEqual(1, done.status)
        self.assertIn("IMAPI_E_FILE_SYSTEM_NOT_FOUND", done.errors)
        done = self.run_command("ls", "image.iso:/many")
        self.assertEqual(0, done.status, done.errors)
        self.assertEqual(200, len(done.output.splitlines()))

    def test_bootable(self) -> None:
        self.put("source/boot.img", b"\0" * 2048)
        self.run_tool("genisoimage", "-quiet", "-b", "boot.img", "-no-emul-boot", "-o", "image.iso",
                      "source")
        done = self.run_command("info", "--json", "image.iso")
        self.assertIs(True, done.object["bootable"])


if __name__ == "__main__":
    unittest.main()
