# SPDX-License-Identifier: GPL-2.0-or-later
"""Discs in drives of libburn: a file stands for one, as it does for xorriso."""

import fcntl
import subprocess
from pathlib import Path

from command_case import CommandTest, Done


class Drive(CommandTest):
    """A test with a folder, and a file that is a drive with a disc in it."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/ONE.TXT", "one")
        self.put("more/TWO.TXT", "two")
        self.disc = self.room / "disc"
        self.drive = f"stdio:{self.disc}"

    def xorriso(self, *arguments: str | Path) -> str:
        """Run xorriso, which must succeed; what it printed."""
        done = subprocess.run(["xorriso", "-abort_on", "FAILURE", *map(str, arguments)],
                              cwd=self.room, capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def append(self, *arguments: str | Path) -> Done:
        """Add a session to the disc, which must succeed."""
        done = self.run_command("append", "-q", "--drive", self.drive, *arguments)
        self.assertEqual(0, done.status, done.errors)
        return done

    def found(self) -> list[str]:
        """What xorriso finds in the drive."""
        return sorted(self.xorriso("-dev", self.drive, "-find", "/", "-type", "f")
                      .replace("'", "").split())

    def test_what_we_write_into_a_drive_is_found_by_xorriso(self) -> None:
        self.create("-q", "-f", "iso9660", "-o", self.disc, "source")
        self.append("more")
        self.assertEqual(["/ONE.TXT", "/TWO.TXT"], self.found())

    def test_a_disc_that_xorriso_began_is_gone_on_from_and_back(self) -> None:
        self.xorriso("-rockridge", "off", "-outdev", self.drive, "-map", "source", "/", "-commit")
        old = self.disc.read_bytes()
        self.append("more")
        self.assertEqual(["/ONE.TXT", "/TWO.TXT"], self.found())
        # Nothing but its head has changed.
        new = self.disc.read_bytes()
        self.assertEqual(old[64 << 10:], new[64 << 10:len(old)])
        self.xorriso("-rockridge", "off", "-dev", self.drive, "-map", "more/TWO.TXT",
                     "/THREE.TXT", "-commit")
        self.append("FOUR.TXT=more/TWO.TXT")
        self.assertEqual(["/FOUR.TXT", "/ONE.TXT", "/THREE.TXT", "/TWO.TXT"], self.found())

    def test_a_drive_that_is_written_to_is_left_alone(self) -> None:
        self.create("-q", "-o", self.disc, "source")
        old = self.disc.read_bytes()
        with self.disc.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            done = self.run_command("append", "--drive", self.drive, "more")
        self.assertEqual(1, done.status)
        self.assertIn("FSI_E_SHARING_VIOLATION", done.errors)
        self.assertEqual(old, self.disc.read_bytes())

    def test_no_disc_is_made_where_there_is_none(self) -> None:
        done = self.run_command("append", "--drive", self.drive, "more")
        self.assertEqual(1, done.status)
        self.assertIn("FSI_E_FILE_NOT_FOUND", done.errors)
        self.assertFalse(self.disc.exists())

    def test_an_empty_file_is_a_blank_disc(self) -> None:
        self.disc.touch()
        done = self.run_command("append", "--drive", self.drive, "more")
        self.assertEqual(1, done.status)
        self.assertIn("IMAPI_E_EMPTY_DISC", done.errors)
        self.assertEqual(0, self.disc.stat().st_size)

    def test_what_is_no_drive_is_told(self) -> None:
        self.disc.touch()
        for address, code in ((self.disc, "FSI_E_DEV_NOT_EXIST"),
                              ("/dev/null", "FSI_E_DEV_NOT_EXIST"),
                              ("stdio:/dev/null", "FSI_E_SEEK_ON_DEVICE"),
                              ("/dev/not-there", "FSI_E_FILE_NOT_FOUND")):
            with self.subTest(address):
                done = self.run_command("append", "--drive", address, "more")
                self.assertEqual(1, done.status)
                self.assertIn(code, done.errors)
