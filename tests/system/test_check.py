#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fsimage check: what it says of images that are sound, and of others."""

import unittest
from pathlib import Path

import udf_patch
from command_case import CommandTest, Done

REVISIONS = ("1.02", "1.50", "2.00", "2.01", "2.50", "2.60")
BLOCK = 2048
PRIMARY = 32 * BLOCK  # where our writer puts the primary volume descriptor of UDF


class Check(CommandTest):
    """The command."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/folder/file", b"1" * 5000)
        self.put("source/file", b"2")
        self.create("-q", "-f", "udf", "-o", "image.iso", "source")

    def check(self, *arguments: str | Path) -> Done:
        """Run it."""
        return self.run_command("check", *arguments)

    def damage(self, offset: int, value: int, *, seal: bool = True) -> Path:
        """Change a byte of a volume descriptor."""
        path = self.room / "image.iso"
        image = bytearray(path.read_bytes())
        image[offset] = value
        if seal:
            udf_patch.seal(image, offset // BLOCK * BLOCK)
        path.write_bytes(image)
        return path

    def test_nothing_is_wrong_with_what_the_command_makes(self) -> None:
        for revision in REVISIONS:
            for systems in ("udf", "iso9660,joliet,udf"):
                with self.subTest(revision=revision, systems=systems):
                    self.create("-q", "--force", "-f", systems, "--udf-revision", revision,
                                "-o", "image.iso", "source")
                    done = self.check("image.iso")
                    self.assertEqual((0, ""), (done.status, done.errors), done.output)
                    self.assertRegex(done.output, r"^image\.iso \(.*UDF\): nothing is wrong\n$")

    def test_an_error_is_told_with_its_place_and_its_statement(self) -> None:
        self.damage(PRIMARY + 20, 7)
        done = self.check("image.iso")
        self.assertEqual((1, ""), (done.status, done.errors))
        lines = done.output.splitlines()
        self.assertIn("block 32 byte 20 (error U-035): The number of the primary volume "
                      "descriptor is 7, not 0. Expected 0, found 7.", lines)
        self.assertRegex(lines[-1], r"^image\.iso \(UDF\): 2 errors$")

    def test_warnings_alone_are_no_failure(self) -> None:
        path = self.room / "image.iso"
        image = bytearray(path.read_bytes())
        # ECMA-167 3/10.1: the highest interchange level, in both sequences.
        for block in (32, 64):
            image[block * BLOCK + 62] = 2
            udf_patch.seal(image, block * BLOCK)
        path.write_bytes(image)
        done = self.check(path)
        self.assertEqual(0, done.status, done.output)
        self.assertIn("(warning U-035)", done.output)
        self.assertTrue(done.output.endswith(": 1 warning\n"), done.output)

    def test_programs_are_told_the_same(self) -> None:
        self.damage(PRIMARY + 20, 7)
        told = self.check("--json", "image.iso")
        self.assertEqual(1, told.status)
        self.assertEqual(("image.iso", ["udf"], 2, 0, 0),
                         tuple(told.object[key] for key in ("image", "file_systems", "errors",
                                                            "warnings", "notes")))
        (found,) = [one for one in told.object["findings"] if one["statement"] == "U-035"]
        expected = {"severity": "error", "file_system": "udf", "block": 32,
                    "offset": PRIMARY + 20, "expected": "0", "found": "7"}
        self.assertEqual(expected, {key: found[key] for key in expected})

    def test_an_image_without_a_file_system_is_an_error(self) -> None:
        self.put("empty.iso", bytes(100 * BLOCK))
        done = self.check("empty.iso")
        self.assertEqual(1, done.status)
        self.assertIn("(error C-003)", done.output)

    def test_what_can_not_be_read_is_a_failure(self) -> None:
        done = self.check("missing.iso")
        self.assertEqual((1, ""), (done.status, done.output))
        self.assertIn("missing.iso", done.errors)

    def test_findings_of_one_statement_are_not_endless(self) -> None:
        for number in range(50):
            self.put(f"source/many/name{number}:", b"")
        self.create("-q", "--force", "-f", "udf", "-o", "image.iso", "source")
        done = self.check("image.iso")
        self.assertEqual(0, done.status, done.output)
        self.assertEqual(20, done.output.count("(note C-008)"))
        self.assertIn("… and 30 more of C-008", done.output)
        self.assertTrue(done.output.endswith(": 50 notes\n"), done.output)

    def test_one_image_is_named(self) -> None:
        for operands in ((), ("image.iso", "image.iso")):
            done = self.check(*operands)
            self.assertEqual(2, done.status)
            self.assertIn("name one IMAGE", done.errors)


if __name__ == "__main__":
    unittest.main()
