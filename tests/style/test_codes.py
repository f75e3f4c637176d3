#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""doc/codes.md is what the sources and tests say, and no code is raised untested."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))
import make_codes  # noqa: E402  the path comes first


class Codes(unittest.TestCase):
    def test_every_code_that_is_raised_has_a_test(self):
        self.assertEqual([], make_codes.page()[1])

    def test_the_page_is_fresh(self):
        self.assertTrue(make_codes.read(make_codes.PAGE) == make_codes.page()[0],
                        "doc/codes.md is stale; tools/make_codes.py mends it")

    def test_a_code_without_a_test_would_be_noticed(self):
        sources, rows = make_codes.raised, make_codes.conditions
        programs = make_codes.programs
        make_codes.raised = lambda: {"IMAPI_E_DISC_MISMATCH"}
        make_codes.conditions = make_codes.programs = lambda: {}
        try:
            self.assertEqual(
                ["IMAPI_E_DISC_MISMATCH is raised, and no unit test expects it"],
                make_codes.page()[1])
        finally:
            make_codes.raised, make_codes.conditions = sources, rows
            make_codes.programs = programs

    def test_conditions_are_read_from_the_rows(self):
        rows = make_codes.conditions()
        self.assertIn(("a directory on the ninth level", "check_codes_raised: lie_too_deep"),
                      rows["IMAPI_E_ISO9660_LEVELS"])
        self.assertLessEqual(3, len(rows["IMAPI_E_INVALID_PARAM"]))


if __name__ == "__main__":
    unittest.main()
