#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What is left of the command when it is killed at random. tests/kill/run does it longer."""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "kill"))

import scratch  # noqa: E402
from killing import KINDS, Killing  # noqa: E402

KILLS = 10


class Kill(unittest.TestCase):
    """SIGKILL, which nobody can prepare for."""

    def test_killed_command_leaves_no_part_of_its_work(self) -> None:
        seed = time.time_ns() % 1_000_000
        killing = Killing(self.enterContext(scratch.folder()), seed)
        for number in range(KILLS):
            kind = KINDS[number % len(KINDS)]
            with self.subTest(kind.name, seed=seed, number=number):
                self.assertIsNone(killing.kill(kind))


if __name__ == "__main__":
    unittest.main()
