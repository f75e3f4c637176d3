# SPDX-License-Identifier: GPL-2.0-or-later
"""An image that a session is added to, and what it may read as at any moment."""

import hashlib
import os
import random
import shutil
from pathlib import Path

from calls import Fault, Outcome, run

BLOCK = 2048
VIEWS = ("iso9660", "joliet", "udf")
# What may differ in the bytes of the earlier sessions: the head of the disc.
REPLACED = {*range(16, 32), 256}

Tree = dict[str, str]


def make_files(folder: Path, count: int, seed: int) -> None:
    """Files of all sizes, some of which are in both folders under one name."""
    numbers = random.Random(seed)
    for number in range(count):
        path = folder / f"FOLDER{number % 3}" / f"FILE{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(numbers.randbytes(numbers.randrange(40_000)))
    (folder / f"LARGE{seed}").write_bytes(numbers.randbytes(3_000_000))


def read_tree(folder: Path) -> Tree:
    """All that is in a folder."""
    return {
        str(path.relative_to(folder)): "" if path.is_dir()
        else hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
    }


class Disc:
    """An image with two sessions, and the command that adds the third one."""

    def __init__(self, folder: Path, file_systems: str) -> None:
        self.folder, self.log = folder, folder / "log"
        self.image = folder / "disc.iso"
        for seed in (1, 2, 3):
            make_files(folder / str(seed), 12, seed)
        self.first = ["create", "-q", "-f", *file_systems.split(), "-o", str(self.image)]
        self.arguments = ["append", "-q", "--remove", "FOLDER0/FILE0", str(self.image),
                          str(folder / "3")]
        self._succeed([*self.first, str(folder / "1")])
        self._succeed(["append", "-q", str(self.image), str(folder / "2")])
        self.old = self.image.read_bytes()
        self.before = self.trees()
        self.reference = self._succeed(self.arguments)
        self.new = self.image.read_bytes()
        self.after = self.trees()

    def _succeed(self, arguments: list[str]) -> Outcome:
        outcome = run(arguments, self.log)
        if outcome.status != 0:
            raise SystemExit(f"{arguments}: {outcome.errors}")
        return outcome

    def restore(self) -> None:
        """Make the image as it was before the third session."""
        self.image.write_bytes(self.old)

    def add(self, fault: Fault | None = None) -> Outcome:
        """Add the third session to the image as it was."""
        self.restore()
        return run(self.arguments, self.log, fault)

    def trees(self) -> dict[str, Tree]:
        """What each file system of the image shows, with the bytes of all files."""
        trees = {}
        for view in VIEWS:
            target = self.folder / "target"
            outcome = run(["extract", "-q", "--view", view, "-C", str(target), str(self.image)],
                          self.log)
            if outcome.status == 0:
                trees[view] = read_tree(target)
                shutil.rmtree(target)
            elif "IMAPI_E_FILE_SYSTEM_NOT_FOUND" not in outcome.errors:
                trees[view] = {"error": outcome.errors}
        return trees

    def judge(self) -> tuple[str, str | None]:
        """What the image reads as now, and what is wrong with that; None: nothing."""
        found = self.image.read_bytes()
        if found == self.old:
            return "before, to the byte", None
        if complaint := self._compare(found):
            return "damage", complaint
        if found == self.new:
            return "after, to the byte", None
        trees = self.trees()
        ends = {view: self._end_of(view, tree) for view, tree in trees.items()}
        if trees.keys() != self.before.keys() or "neither" in ends.values():
            return "damage", f"it reads as {ends}"
        return " and ".join(sorted(set(ends.values()))), None

    def _end_of(self, view: str, tree: Tree) -> str:
        return ("before" if tree == self.before[view]
                else "after" if tree == self.after[view] else "neither")

    def _compare(self, found: bytes) -> str | None:
        """The earlier sessions are as they were, but for the head of the disc."""
        if len(found) < len(self.old):
            return f"it has {len(found)} bytes of {len(self.old)}"
        for block in range(len(self.old) // BLOCK):
            place = slice(block * BLOCK, (block + 1) * BLOCK)
            if block not in REPLACED and found[place] != self.old[place]:
                return f"block {block} of an earlier session has changed"
        return None

    def judge_failure(self, outcome: Outcome) -> tuple[str, str | None]:
        """The same after a run that failed by itself: it tidies up."""
        end, complaint = self.judge()
        if complaint:
            return end, complaint
        if outcome.status == 0:
            return end, None if end == "after, to the byte" else f"it succeeded, and left {end}"
        if outcome.status != 1 or "(" not in outcome.errors:
            return end, f"it ended with {outcome.status}: {outcome.errors}"
        if outcome.left_open:
            return end, f"these are still open: {outcome.left_open}"
        # Once blocks are being replaced, all of the session is there.
        if end != "before, to the byte" and self.image.stat().st_size != len(self.new):
            return end, f"it failed and left {end}, of {os.path.getsize(self.image)} bytes"
        return end, None
