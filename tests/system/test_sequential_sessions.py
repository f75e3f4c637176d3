# SPDX-License-Identifier: GPL-2.0-or-later
"""Sessions that are made alone, for discs that are written in sequence, on a copy of one."""

import shutil
from pathlib import Path

import fsimage_command
import naming
import scratch
import trees
from case import ImageTest, slow
from entries import scan
from images import SECTOR

# Between the first two sessions of a CD are 11,400 blocks, and 6,900 between others.
_CD_GAPS = (11_400, 6_900)
_VIEWS = {"iso9660": naming.ISO, "joliet": naming.JOLIET, "udf": naming.UDF}


class SequentialSessions(ImageTest):
    """The kernel is told where the newest session begins, as a drive would tell it."""

    def add(self, disc: Path, start: int, source: Path) -> None:
        """Make a session behind the others, and put it where it belongs."""
        alone = disc.with_name("session.iso")
        alone.unlink(missing_ok=True)
        self.create("-q", "--previous", disc, "--session-start", str(start), "-o", alone, source)
        with disc.open("r+b") as to, alone.open("rb") as file:
            to.seek(start * SECTOR)
            shutil.copyfileobj(file, to)

    def mounts(self, start: int, views: tuple[str, ...]) -> dict[str, str]:
        """Without a block size the kernel tries smaller ones, and says that they are wrong."""
        return {view: f"session={start},bs=2048" if view == naming.UDF else f"sbsector={start}"
                for view in views}

    def check_sessions(self, systems: str, *options: str, is_cd: bool = False) -> None:
        """Two sessions behind a first one."""
        views = tuple(_VIEWS[name] for name in systems.split(","))
        with scratch.folder() as room:
            disc, tree = room / "disc.iso", room / "tree"
            for size in (0, 1, 1800, 100_000):
                trees.put(tree / "OLD" / f"{size}.BIN", size)
            trees.stamp(tree)
            self.create("-q", "-f", systems, *options, "-o", disc, tree)
            for number in (0, 1):
                end = disc.stat().st_size // SECTOR
                start = end + _CD_GAPS[number] if is_cd else (end + 47) // 32 * 32
                source = room / f"source{number}"
                trees.put(source / f"NEW{number}" / "FILE.TXT")
                trees.stamp(source)
                old = disc.read_bytes()
                self.add(disc, start, source)
                self.assertEqual(old, disc.read_bytes()[:len(old)])
                shutil.copytree(source, tree, dirs_exist_ok=True)
                self.check_image(disc, scan(tree), views, ["linux"],
                                 mounts=self.mounts(start, views))
                done = fsimage_command.run("check", "--session", str(number + 2), disc)
                self.assertEqual(0, done.status, done)
                done = fsimage_command.run("ls", "--session", str(number + 2), disc)
                self.assertIn(f"NEW{number}\n".encode(), done.output, done)

    def test_a_bridge_on_a_dvd(self) -> None:
        self.check_sessions("iso9660,joliet,udf")

    def test_a_bridge_on_a_cd(self) -> None:
        self.check_sessions("iso9660,joliet,udf", is_cd=True)

    @slow
    def test_udf_1_50_on_a_dvd(self) -> None:
        self.check_sessions("udf", "--udf-revision", "1.50")

    @slow
    def test_udf_2_60_on_a_cd(self) -> None:
        self.check_sessions("udf", "--udf-revision", "2.60", is_cd=True)

    @slow
    def test_iso9660_on_a_cd(self) -> None:
        self.check_sessions("iso9660", is_cd=True)
