#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fsimage extract: what comes back, what is refused, and that nothing gets out."""

import errno
import os
import pty
import shutil
import signal
import socket
import stat
import subprocess
import time
import unittest
from pathlib import Path

import attributes
import udf_patch
from command_case import CommandTest, Done, start

# Root gives up what it is allowed besides, as in a container.
_WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
_IS_ROOT = os.geteuid() == 0

WITH_STREAMS = ("2.00", "2.01", "2.50", "2.60")
SCRIPTS = ("english", "Grüße", "ελληνικά", "кириллица", "עברית", "العربية", "हिन्दी", "ไทย",
           "中文 𠀀𠀁", "日本語かな", "한국어", "emoji 😀", "a:b*c?\"<>|", "tab\tand\nline", "\\")


def can_make_devices(folder: Path) -> bool:
    """Whether this user may, here."""
    try:
        os.mknod(folder / "device", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except OSError as error:
        if error.errno == errno.EPERM:
            return False
        raise
    os.unlink(folder / "device")
    return True


class ExtractTest(CommandTest):
    """A test that makes an image and takes it apart."""

    def extract(self, *arguments: str | bytes | Path, **options: object) -> Done:
        """Run "extract" and expect that it succeeds."""
        done = self.run_command("extract", *arguments, **options)
        self.assertEqual(0, done.status, done.errors)
        return done

    def fail_to_extract(self, code: str, *arguments: str | bytes | Path, says: str = "",
                        **options: object) -> Done:
        """Run "extract" and expect that it fails with a code."""
        done = self.run_command("extract", *arguments, **options)
        self.assertEqual(1, done.status, done.errors)
        self.assertRegex(done.errors, rf"(?m)^fsimage: .*: .* \({code} 0x[0-9A-F]{{8}}\)$")
        self.assertIn(says, done.errors)
        return done

    def image(self, *arguments: str | Path, name: str = "image.iso",
              source: str = "source") -> Path:
        """An image of a folder, in UDF alone."""
        self.create("-q", "-f", "udf", *arguments, "-o", name, "--force", source)
        return self.room / name

    def expect_same(self, first: str = "source", second: str = "out") -> None:
        """Nothing tells the two trees apart."""
        differences = attributes.differences(attributes.read(self.room / first),
                                             attributes.read(self.room / second))
        self.assertEqual([], differences)

    def tree(self, folder: str = "out") -> dict[str, bytes | None]:
        """{path: content, None for a folder} of what was extracted."""
        top = self.room / folder
        return {str(path.relative_to(top)): None if path.is_dir() else path.read_bytes()
                for path in sorted(top.rglob("*"))}


class RoundTrip(ExtractTest):
    """What create took comes back as it was."""

    def make_all(self) -> None:
        """A tree with everything that this user may make."""
        source = self.room / "source"
        self.make_files(source)
        self.make_special(source)
        self.make_attributes(source)
        self.set_times(source)

    def make_files(self, source: Path) -> None:
        """Contents of sizes around each limit, names of many scripts, holes."""
        (source / "empty folder").mkdir(parents=True)
        for size in (0, 1, 1700, 1831, 1832, 1833, 1871, 1872, 1873, 2047, 2048, 2049, 4095,
                     4096, 4097, 2**20 - 1, 2**20, 2**20 + 1):
            self.put(f"source/sizes/{size}", os.urandom(size))
        for name in SCRIPTS:
            self.put(f"source/scripts/{name}/{name}", name)
        self.put("source/" + "/".join("deep" for _ in range(20)) + "/file", b"deep")
        self.make_sparse(self.put("source/sparse", b""))

    def make_sparse(self, path: Path) -> None:
        """16 MiB, of which three blocks are data, and a hole at the end."""
        with open(path, "r+b") as file:
            for offset in (4096, 3 * 2**20 + 8192, 9 * 2**20):
                file.seek(offset)
                file.write(os.urandom(4096))
            file.truncate(16 * 2**20 + 5)

    def make_special(self, source: Path) -> None:
        """Links, FIFOs, sockets and, where this user may, devices."""
        links = source / "links"
        links.mkdir()
        for name, target in (("file", "../sizes/1"), ("folder", "../sizes"), ("loop", "loop"),
                             ("absolute", "/usr/bin/env"), ("nowhere", "no/../where/./x"),
                             ("root", "/"), ("here", "."), ("up", ".."), ("scripts", "中文 𠀀/ελληνικά"), ("long", "l/" * 1000 + "l")):
            (links / name).symlink_to(target)
        os.mkfifo(source / "fifo", 0o640)
        # Its name has to be short, so it is made from inside.
        with socket.socket(socket.AF_UNIX) as made:
            here = os.open(".", os.O_RDONLY)
            os.chdir(source)
            made.bind("socket")
            os.fchdir(here)
            os.close(here)
        if can_make_devices(source):
            for name, kind, major, minor in (("null", stat.S_IFCHR, 1, 3),
                                             ("loop", stat.S_IFBLK, 7, 0),
                                             ("large", stat.S_IFBLK, 4095, 1048575)):
                os.mknod(source / name, kind | 0o660, os.makedev(major, minor))

    def make_attributes(self, source: Path) -> None:
        """Permissions, owners, extended attributes, hard links."""
        for mode in (0o000, 0o400, 0o644, 0o777, 0o4755, 0o2755, 0o6711, 0o1777):
            path = self.put(f"source/modes/{mode:04o}", f"{mode:o}")
            (source / f"folders/{mode:04o}").mkdir(parents=True)
            self.put(f"source/folders/{mode:04o}/inside", b"x")
            if _IS_ROOT:
                os.chown(path, 1000 + mode, 33)
            os.chmod(path, mode)
            os.chmod(source / f"folders/{mode:04o}", mode)
        for name, value in (("user.a", b"1"), ("user.empty", b""), ("user.large", bytes(3000)),
                            ("user.user.b", b"2"), ("user.grün 😀", b"\xff\0")):
            os.setxattr(source / "sizes/1", name, value)
        os.setxattr(source / "folders", "user.of a folder", b"f")
        if _IS_ROOT:
            os.setxattr(source / "sizes/1", "trusted.t", b"t")
            os.setxattr(source / "links/nowhere", "trusted.link", b"l", follow_symlinks=False)
            os.setxattr(source / "fifo", "trusted.fifo", b"p")
            # cap_net_raw=ep, as ping has it.
            os.setxattr(source / "sizes/1", "security.capability",
                        bytes.fromhex("0100000200200000000000000000000000000000"))
        self.set_acl(source)
        self.make_hard_links(source)

    def set_acl(self, source: Path) -> None:
        """Access control lists, of a folder also the default one."""
        subprocess.run(["setfacl", "-m", "u:33:r,g:12:rw", source / "sizes/2048"], check=True)
        subprocess.run(["setfacl", "-m", "d:u:33:rwx,u:33:rx", source / "scripts"], check=True)

    def make_hard_links(self, source: Path) -> None:
        """3,000 names of one file in several folders."""
        self.put("source/hard/0", b"one for all")
        for number in range(1, 3000):
            folder = source / f"hard {number % 7}"
            folder.mkdir(exist_ok=True)
            os.link(source / "hard/0", folder / str(number))

    def set_times(self, source: Path) -> None:
        """Times with microseconds, before 1970 too; of folders last."""
        paths = [path for path, _, _ in os.walk(source, topdown=False)]
        paths += [os.path.join(path, name) for path, _, names in os.walk(source) for name in names]
        for number, path in enumerate(sorted(paths, reverse=True)):
            moment = (1_600_000_000 + number * 86_413) * 10**9 + number * 7_001_000
            os.utime(path, ns=(moment + 10**9, moment), follow_symlinks=False)
        os.utime(source / "sizes/0", ns=(0, -1_000_000_000_123_000))

    def test_everything_at_each_revision_with_streams(self) -> None:
        self.make_all()
        before = attributes.read(self.room / "source")
        for revision in WITH_STREAMS:
            with self.subTest(revision):
                image = self.image("--posix", "--udf-revision", revision)
                done = self.extract("-C", "out", image)
                if _IS_ROOT:
                    self.assertEqual("", done.errors)
                self.assertEqual([], attributes.differences(
                    before, attributes.read(self.room / "out")))
                shutil.rmtree(self.room / "out")

    def test_all_but_extended_attributes_at_revisions_before(self) -> None:
        self.make_files(self.room / "source")
        self.make_special(self.room / "source")
        self.make_hard_links(self.room / "source")
        self.set_times(self.room / "source")
        for revision in ("1.02", "1.50"):
            with self.subTest(revision):
                image = self.image("--posix", "--udf-revision", revision)
                self.extract("-q", "-C", "out", image)
                self.expect_same()
                shutil.rmtree(self.room / "out")

    def test_bridge(self) -> None:
        self.make_all()
        self.create("-q", "--posix", "--udf-revision", "2.01", "-o", "bridge.iso", "source")
        self.extract("-q", "-C", "out", "bridge.iso")
        self.expect_same()

    def test_rsync_finds_no_difference(self) -> None:
        self.make_all()
        self.extract("-q", "-C", "out", self.image("--posix", "--udf-revision", "2.50"))
        done = subprocess.run(["rsync", "-aHAXSni", "--delete", "source/", "out/"],
                              cwd=self.room, capture_output=True, check=True)
        self.assertEqual(b"", done.stdout)

    def test_holes_come_back(self) -> None:
        source = self.put("source/sparse", b"")
        self.make_sparse(source)
        self.put_sparse("source/huge", 2**30)
        self.put("source/full", os.urandom(100_000) + bytes(3))
        self.extract("-C", "out", self.image())
        for name in ("sparse", "full"):
            self.assertEqual((source.parent / name).read_bytes(),
                             (self.room / "out" / name).read_bytes())
        self.assertEqual(2**30, (self.room / "out/huge").stat().st_size)
        for name in ("sparse", "huge"):
            self.assertLessEqual((self.room / "out" / name).stat().st_blocks,
                                 (source.parent / name).stat().st_blocks)

    def test_access_times_come_back(self) -> None:
        path = self.put("source/file")
        os.utime(path, ns=(1_234_567_890_123_456_000, 1_500_000_000_000_000_000))
        self.extract("-C", "out", self.image())
        self.assertEqual(1_234_567_890_123_456_000, (self.room / "out/file").stat().st_atime_ns)

    def test_permissions_are_those_of_the_image_and_not_of_the_mask(self) -> None:
        self.put("source/folder/file")
        image = self.image("--rules", "imapi")
        self.extract("-C", "out", image, umask=0o077)
        recorded = self.run_command("ls", "--json", "-R", image).object["listings"][0]["entries"]
        for entry in recorded:
            self.assertEqual(int(entry["mode"], 8),
                             stat.S_IMODE(os.lstat(f"{self.room}/out{entry['path']}").st_mode))

    def test_without_privileges_the_rest_is_counted(self) -> None:
        if not _IS_ROOT:
            return  # there are no privileges to be without
        self.put("source/mine", b"m")
        os.chmod(self.put("source/setuid", b"s"), 0o4755)
        os.chown(self.put("source/theirs", b"t"), 1000, 1000)
        os.chmod(self.put("source/their setuid", b"t"), 0o755)
        os.chown(self.room / "source/their setuid", 1000, 1000)
        os.chmod(self.room / "source/their setuid", 0o6755)
        os.setxattr(self.room / "source/mine", "trusted.x", b"x")
        os.mknod(self.room / "source/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.chmod(self.room / "source", 0o755)
        image = self.image("--posix", "--udf-revision", "2.01")
        told = self.extract("--json", "-C", "out", image, before=_WITHOUT_PRIVILEGES)
        self.assertEqual({"special": 1, "extended_attributes": 1, "owners": 2, "set_ids": 1,
                          "permissions": 0, "hard_links": 0}, told.object["left_out"])
        self.assertEqual({"mine", "setuid", "theirs", "their setuid"},
                         set(os.listdir(self.room / "out")))
        for name, mode in (("setuid", 0o4755), ("their setuid", 0o755)):
            self.assertEqual(mode, stat.S_IMODE((self.room / "out" / name).stat().st_mode))
        for word in ("left out 1 link, device", "left out 1 extended attribute",
                     "2 items belong to you", "1 item goes without set-id bits"):
            self.assertIn(f"note: {word}", told.errors)

    def test_folders_that_lock_their_owner_out(self) -> None:
        for mode in (0o000, 0o100, 0o200, 0o400, 0o500):
            self.put(f"source/{mode:03o}/below/file", b"x")
            self.put(f"source/{mode:03o}/file", b"x")
        os.link(self.room / "source/000/file", self.room / "source/500/link")
        for mode in (0o000, 0o100, 0o200, 0o400, 0o500):
            os.chmod(self.room / f"source/{mode:03o}", mode)
        before = attributes.read(self.room / "source") if _IS_ROOT else None
        image = self.image("--posix")
        if before is None:
            self.extract("-q", "-C", "out", image)
            return
        # The owner is nobody, who has no privileges.
        target = self.room / "nobody"
        target.mkdir()
        os.chmod(self.room, 0o755)
        os.chown(target, 65534, 65534)
        self.extract("-q", "-C", target / "out", image, before=_NOBODY)
        after = attributes.read(target / "out")
        self.assertEqual(before.keys(), after.keys())
        for path, expected in before.items():
            self.assertEqual((expected.mode, expected.names, expected.changed),
                             (after[path].mode, after[path].names, after[path].changed), path)

    def test_deeper_than_descriptors_and_paths_allow(self) -> None:
        depth = 300
        here = os.open(self.room, os.O_RDONLY)
        try:
            os.mkdir("source", dir_fd=here)
            folder = os.open("source", os.O_RDONLY, dir_fd=here)
            for _ in range(depth):
                os.mkdir("a folder", 0o755, dir_fd=folder)
                below = os.open("a folder", os.O_RDONLY, dir_fd=folder)
                os.close(folder)
                folder = below
            os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=folder))
            os.close(folder)
        finally:
            os.close(here)
        image = self.image()
        self.extract("-q", "-C", "out", image,
                     before=("prlimit", "--nofile=100", "--"))
        lowest = "/".join(["a folder"] * depth)
        self.assertTrue((self.room / "out" / lowest / "file").is_file())


class Paths(ExtractTest):
    """Some of an image, and where it goes."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/a/b/c/file", b"c")
        self.put("source/a/b/other", b"o")
        self.put("source/a/x", b"x")
        self.put("source/top", b"t")
        os.link(self.room / "source/top", self.room / "source/a/link")
        for path, _, _ in os.walk(self.room / "source", topdown=False):
            os.utime(path, ns=(10**18, 10**18))
            os.chmod(path, 0o751)
        self.image("--posix")

    def test_paths_choose(self) -> None:
        whole = {"a": None, "a/b": None}
        below = {"a/b/c": None, "a/b/c/file": b"c"}
        for paths, expected in (
                (("a/b/c/file",), whole | below), (("/a//b/c/",), whole | below),
                (("a/b",), whole | below | {"a/b/other": b"o"}), (("top",), {"top": b"t"}),
                (("a/b/c", "a/b/other", "top"),
                 whole | below | {"a/b/other": b"o", "top": b"t"})):
            with self.subTest(paths):
                self.extract("-C", "out", "image.iso", *paths)
                self.assertEqual(expected, self.tree())
                for path in expected:
                    status = (self.room / "out" / path).stat()
                    self.assertEqual((self.room / "source" / path).stat().st_mtime_ns // 1000,
                                     status.st_mtime_ns // 1000, path)
                shutil.rmtree(self.room / "out")

    def test_links_are_made_between_paths(self) -> None:
        self.extract("-C", "out", "image.iso", "top", "a/link")
        self.assertTrue(os.path.samefile(self.room / "out/top", self.room / "out/a/link"))

    def test_path_that_is_not_there(self) -> None:
        self.fail_to_extract("IMAPI_E_ITEM_NOT_FOUND", "-C", "out", "image.iso", "top", "nothing",
                             says="fsimage ls -R")
        self.fail_to_extract("IMAPI_E_NOT_DIR", "-C", "out", "image.iso", "top/x")
        self.assertNotIn("out", self.names())

    def test_target_is_the_current_folder(self) -> None:
        (self.room / "here").mkdir()
        self.extract(self.room / "image.iso", cwd=self.room / "here")
        self.expect_same(second="here")

    def test_target_in_use_keeps_its_attributes(self) -> None:
        target = self.put("out/mine", b"m").parent
        os.chmod(target, 0o711)
        self.extract("-C", "out", "image.iso")
        self.assertEqual(0o711, stat.S_IMODE(target.stat().st_mode))
        self.assertEqual(b"m", (target / "mine").read_bytes())

    def test_target_that_can_not_be(self) -> None:
        self.put("file")
        self.fail_to_extract("FSI_E_DIRECTORY", "-C", "file", "image.iso")
        self.fail_to_extract("FSI_E_FILE_NOT_FOUND", "-C", "no/where", "image.iso")

    def test_target_may_be_a_link_itself(self) -> None:
        (self.room / "real").mkdir()
        (self.room / "out").symlink_to("real")
        self.extract("-C", "out", "image.iso")
        self.expect_same(second="real")

    def test_folders_that_exist_are_used(self) -> None:
        self.put("out/a/mine", b"m")
        os.chmod(self.room / "out/a", 0o700)
        self.extract("-C", "out", "image.iso")
        self.assertEqual(0o700, stat.S_IMODE((self.room / "out/a").stat().st_mode))
        self.extract("--force", "-C", "out", "image.iso")
        self.assertEqual(0o751, stat.S_IMODE((self.room / "out/a").stat().st_mode))
        self.assertEqual(b"m", (self.room / "out/a/mine").read_bytes())


class Views(ExtractTest):
    """Other file systems of an image than the default."""

    def test_each_view_of_a_bridge(self) -> None:
        self.put("source/Some folder/A file.txt", b"1")
        self.put("source/x", os.urandom(5000))
        os.utime(self.room / "source/x", ns=(10**18, 10**18))
        self.create("-q", "-o", "image.iso", "source")
        content = (self.room / "source/x").read_bytes()
        for view, expected in (
                ("udf", {"Some folder": None, "Some folder/A file.txt": b"1", "x": content}),
                ("joliet", {"Some folder": None, "Some folder/A file.txt": b"1", "x": content}),
                ("iso9660", {"SOME_FOLDER": None, "SOME_FOLDER/A_FILE.TXT": b"1", "X": content})):
            with self.subTest(view):
                done = self.extract("--view", view, "-C", "out", "image.iso", umask=0o027)
                self.assertEqual("", done.errors)
                self.assertEqual(expected, self.tree())
                path = self.room / "out" / max(expected, key=str.lower)
                self.assertEqual(10**9, int(path.stat().st_mtime))
                if view != "udf":  # which alone has permissions
                    self.assertEqual(0o640, stat.S_IMODE(path.stat().st_mode))
                    self.assertEqual(0o750, stat.S_IMODE((self.room / "out").stat().st_mode))
                shutil.rmtree(self.room / "out")

    def test_rock_ridge(self) -> None:
        self.put("source/folder/A long name of a file", b"1")
        os.chmod(self.room / "source/folder", 0o750)
        (self.room / "source/link").symlink_to("folder/A long name of a file")
        os.mkfifo(self.room / "source/fifo")
        for path in ("source/folder/A long name of a file", "source/link", "source/fifo",
                     "source/folder", "source"):
            os.utime(self.room / path, ns=(10**18, 10**18), follow_symlinks=False)
        subprocess.run(["genisoimage", "-quiet", "-R", "-J", "-o", "image.iso", "source"],
                       cwd=self.room, check=True, stderr=subprocess.DEVNULL)
        self.extract("-q", "-C", "out", "image.iso")
        self.expect_same()


class InTheWay(ExtractTest):
    """What stands where something is to be."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/file", b"new")
        self.put("source/folder/inside", b"new")
        os.link(self.room / "source/file", self.room / "source/folder/link")
        (self.room / "source/symlink").symlink_to("new")
        os.mkfifo(self.room / "source/fifo")
        self.image("--posix")
        (self.room / "outside").mkdir()
        self.put("outside/file", b"old")

    def test_existing_files_are_refused_and_stay(self) -> None:
        for path in ("file", "symlink", "fifo", "folder/inside"):
            with self.subTest(path):
                self.put(f"out/{path}", b"old")
                self.fail_to_extract("FSI_E_FILE_EXISTS", "-C", "out", "image.iso",
                                     says="--force replaces it")
                self.assertEqual(b"old", (self.room / "out" / path).read_bytes())
                shutil.rmtree(self.room / "out")

    def test_force_replaces_files(self) -> None:
        for path in ("file", "symlink", "fifo", "folder/inside", "folder/link"):
            self.put(f"out/{path}", b"old")
        self.extract("--force", "-C", "out", "image.iso")
        self.extract("-f", "-C", "out", "image.iso")
        self.assertEqual({"file", "folder", "symlink", "fifo"},
                         set(os.listdir(self.room / "out")))
        self.assertTrue(os.path.samefile(self.room / "out/file", self.room / "out/folder/link"))
        self.assertEqual(b"new", (self.room / "out/folder/inside").read_bytes())

    def test_links_are_replaced_and_never_followed(self) -> None:
        (self.room / "out").mkdir()
        (self.room / "out/file").symlink_to("../outside/file")
        (self.room / "out/fifo").symlink_to("/nowhere")
        self.fail_to_extract("FSI_E_FILE_EXISTS", "-C", "out", "image.iso", "file")
        self.extract("--force", "-C", "out", "image.iso")
        self.assertFalse((self.room / "out/file").is_symlink())
        self.assertEqual(b"old", (self.room / "outside/file").read_bytes())

    def test_link_in_the_place_of_a_folder_is_refused(self) -> None:
        (self.room / "out").mkdir()
        (self.room / "out/folder").symlink_to("../outside")
        for force in ((), ("--force",)):
            self.fail_to_extract("FSI_E_FILE_EXISTS", *force, "-C", "out", "image.iso", "folder",
                                 says="links are not followed")
            self.assertEqual({"file"}, set(os.listdir(self.room / "outside")))

    def test_file_in_the_place_of_a_folder_and_the_other_way(self) -> None:
        self.put("out/folder", b"old")
        self.fail_to_extract("FSI_E_FILE_EXISTS", "-f", "-C", "out", "image.iso", "folder")
        self.assertEqual(b"old", (self.room / "out/folder").read_bytes())
        (self.room / "out/file").mkdir()
        self.fail_to_extract("FSI_E_DIRECTORY_NOT_SUPPORTED", "-f", "-C", "out", "image.iso",
                             "file", says="A folder is in the way")
        self.assertEqual({"folder", "file"}, set(os.listdir(self.room / "out")))


class Hostile(ExtractTest):
    """Images that were made to write elsewhere."""

    def patch(self, *changes: tuple[bytes, bytes]) -> None:
        """Change names in the image, with all checksums made right."""
        image = bytearray((self.room / "image.iso").read_bytes())
        for old, new in changes:
            self.assertEqual(1, udf_patch.rename(image, old, new))
        (self.room / "image.iso").write_bytes(image)

    def outside(self) -> dict[bytes, attributes.Attributes]:
        """All that is beside the target."""
        return {path: entry for path, entry in attributes.read(self.room).items()
                if path and not path.startswith(b"out/") and path != b"out"}

    def expect_nothing_outside(self, *options: str) -> Done:
        """Extract, with whatever end, and see that nothing beside the target changed."""
        (self.room / "out").mkdir(exist_ok=True)
        before = self.outside()
        done = self.run_command("extract", *options, "-C", "out", "image.iso")
        self.assertIn(done.status, (0, 1), done.errors)
        self.assertEqual([], attributes.differences(before, self.outside()))
        return done

    def test_patched_name_is_read(self) -> None:
        # Else the tests below would show nothing.
        self.put("source/some name")
        self.image()
        self.patch((b"some name", b"other one"))
        self.extract("-C", "out", "image.iso")
        self.assertEqual({"other one": b"x"}, self.tree())

    def test_names_that_lead_elsewhere(self) -> None:
        for name in (b"../escape", b"/../../xx", b"..", b".", b"sub/../../y", b"a/b", b"/etc/passw",
                     b"..\\..\\up", b"\0hidden", b"../\0"):
            for revision in ("1.02", "2.50"):
                for is_folder in (False, True):
                    with self.subTest(name, revision=revision, folder=is_folder):
                        old = b"q" * len(name)
                        shutil.rmtree(self.room / "source", ignore_errors=True)
                        shutil.rmtree(self.room / "out", ignore_errors=True)
                        self.put(b"source/" + old + (b"/inside" if is_folder else b""), b"evil")
                        self.image("--udf-revision", revision)
                        self.patch((old, name))
                        self.expect_nothing_outside()
                        self.expect_nothing_outside("--force")

    def test_file_through_a_link(self) -> None:
        (self.room / "target").mkdir()
        for target in ("../target", str(self.room / "target"), ".."):
            for force in ((), ("--force",)):
                with self.subTest(target, force=force):
                    shutil.rmtree(self.room / "source", ignore_errors=True)
                    shutil.rmtree(self.room / "out", ignore_errors=True)
                    self.put("source/second/pwned", b"evil")
                    (self.room / "source/first_").symlink_to(target)
                    self.image("--posix")
                    self.patch((b"first_", b"second"))
                    done = self.expect_nothing_outside(*force)
                    self.assertEqual(1, done.status)
                    self.assertIn("links are not followed", done.errors)

    def test_file_upon_a_link(self) -> None:
        self.put("victim", b"precious")
        for force in ((), ("--force",)):
            with self.subTest(force):
                shutil.rmtree(self.room / "source", ignore_errors=True)
                shutil.rmtree(self.room / "out", ignore_errors=True)
                self.put("source/second", b"evil")
                (self.room / "source/first_").symlink_to(self.room / "victim")
                self.image("--posix")
                self.patch((b"first_", b"second"))
                self.expect_nothing_outside(*force)

    def test_hard_link_to_a_link(self) -> None:
        victim = self.put("victim", b"precious")
        os.chmod(victim, 0o600)
        self.put("source/a", b"evil")
        (self.room / "source/b").symlink_to(victim)
        os.link(self.room / "source/a", self.room / "source/c")
        self.image("--posix")
        self.patch((b"b", b"a"))
        self.expect_nothing_outside("--force")


class Damaged(ExtractTest):
    """Images that can't be read in places."""

    def test_damaged_entry_is_told_and_the_rest_extracted(self) -> None:
        for number in range(5):
            self.put(f"source/{number}", f"content {number}")
        path = self.image()
        image = bytearray(path.read_bytes())
        entries = udf_patch.find_file_entries(image)
        self.assertEqual(6, len(entries))
        image[entries[3] + 40] ^= 0xff
        path.write_bytes(image)
        done = self.fail_to_extract("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", "-C", "out",
                                    path)
        self.assertIn(f"block {entries[3] // udf_patch.BLOCK}", done.errors)
        self.assertEqual(4, len(self.tree()))
        for name, content in self.tree().items():
            self.assertEqual(f"content {name}".encode(), content)

    def test_object_tells_the_first_error_alone(self) -> None:
        for number in range(5):
            self.put(f"source/{number}")
        path = self.image()
        image = bytearray(path.read_bytes())
        for at in udf_patch.find_file_entries(image)[2:4]:
            image[at + 40] ^= 0xff
        path.write_bytes(image)
        done = self.run_command("extract", "--json", "-C", "out", path)
        self.assertEqual(1, done.status)
        self.assertEqual("IMAPI_E_FILE_SYSTEM_READ_CONSISTENCY_ERROR", done.object["error"]["name"])
        self.assertEqual(2, done.errors.count("READ_CONSISTENCY_ERROR"))

    def test_image_that_ends_early(self) -> None:
        self.put("source/big", os.urandom(3 * 2**20))
        self.put("source/small", b"s")
        path = self.image()
        os.truncate(path, path.stat().st_size - 2 * 2**20)
        done = self.run_command("extract", "-C", "out", path)
        self.assertEqual(1, done.status, done.errors)
        left = set(os.listdir(self.room / "out")) if (self.room / "out").exists() else set()
        self.assertLessEqual(left, {"small"})

    def test_what_is_no_image(self) -> None:
        self.put("text", b"text" * 100_000)
        self.put("nothing", b"")
        for name in ("text", "nothing"):
            self.fail_to_extract("IMAPI_E_FILE_SYSTEM_NOT_FOUND", "-C", "out", name)
        self.fail_to_extract("FSI_E_FILE_NOT_FOUND", "-C", "out", "nowhere")
        self.assertEqual({"text", "nothing"}, self.names())


class Usage(ExtractTest):
    """Command lines that are refused."""

    def refuse_here(self, *arguments: str, says: str) -> None:
        done = self.run_command("extract", *arguments)
        self.assertEqual((2, ""), (done.status, done.output), done.errors)
        self.assertIn(says, done.errors)
        self.assertIn("try 'fsimage extract --help'", done.errors)
        self.assertEqual(set(), self.names())

    def test_wrong_command_lines(self) -> None:
        self.refuse_here(says="name an IMAGE")
        self.refuse_here("-C", "", "x", says="must name a folder")
        self.refuse_here("--view", "hfs", "x", says="must be udf, joliet or iso9660")
        self.refuse_here("-qv", "x", says="'--verbose' and '--quiet' exclude each other")
        self.refuse_here("-v", "--json", "x", says="'--verbose' and '--json' exclude each other")
        self.refuse_here("-x", "x", says="there is no option '-x'")
        self.refuse_here("-f", "--force", "x", says="option '--force' is given twice")
        self.refuse_here("x", "--directory", says="option '--directory' needs a value")


class Said(ExtractTest):
    """What is printed."""

    def setUp(self) -> None:
        super().setUp()
        self.put("source/folder/file", b"123")
        self.put("source/line\nbreak", b"4567")
        (self.room / "source/link").symlink_to("folder")
        os.link(self.room / "source/folder/file", self.room / "source/twice")
        self.image("--posix")

    def test_line_at_the_end(self) -> None:
        done = self.extract("-C", "out", "image.iso")
        self.assertEqual("", done.errors)
        self.assertRegex(done.output, r"^out: 2 files, 1 directory, 1 hard link, 1 other, 7 bytes, "
                                      r"\d+\.\d\d s: from UDF\n$")

    def test_quiet_says_nothing(self) -> None:
        for option in ("-q", "--quiet"):
            done = self.extract("-f", option, "-C", "out", "image.iso")
            self.assertEqual(("", ""), (done.output, done.errors))

    def test_verbose_prints_paths(self) -> None:
        lines = self.extract("-v", "-C", "out", "image.iso").output
        for path in ("folder/file\n", "line\nbreak\n", "link\n", "twice\n"):
            self.assertIn(path, lines)

    def test_json_describes_what_was_done(self) -> None:
        told = self.extract("--json", "-C", "out", "image.iso").object
        self.assertGreaterEqual(told.pop("seconds"), 0)
        self.assertEqual(
            {"image": "image.iso", "view": "udf", "directory": "out", "files": 2,
             "directories": 1, "symbolic_links": 1, "hard_links": 1, "special": 0, "bytes": 7,
             "left_out": {"special": 0, "extended_attributes": 0, "owners": 0, "set_ids": 0,
                          "permissions": 0, "hard_links": 0}}, told)

    def test_json_describes_an_error(self) -> None:
        self.put("out/twice")
        done = self.run_command("extract", "--json", "-C", "out", "image.iso")
        self.assertEqual(1, done.status)
        self.assertEqual(("FSI_E_FILE_EXISTS", "--force replaces it"),
                         (done.object["error"]["name"], done.object["error"]["hint"]))

    def test_terminal_sees_progress_and_nothing_that_it_obeys(self) -> None:
        self.put("source/big", os.urandom(4 * 2**20))
        self.image()
        master, slave = pty.openpty()
        process = start("extract", "-C", "out", "image.iso", stdout=slave, stderr=slave,
                        cwd=self.room)
        os.close(slave)
        seen = b""
        while True:
            try:
                piece = os.read(master, 4096)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        os.close(master)
        self.assertEqual(0, process.wait(60))
        self.assertIn(b"extracting: ", seen)
        self.assertIn(b"out: 3 files", seen)


class Interrupted(ExtractTest):
    """A signal while files are written."""

    def interrupt(self, number: int) -> Done:
        """Send a signal as soon as there is a first file."""
        process = start("extract", "-C", "out", "image.iso", cwd=self.room)
        end = time.monotonic() + 30
        while not (self.room / "out/00").exists() and time.monotonic() < end:
            time.sleep(0.001)
        process.send_signal(number)
        return Done(process)

    def test_signal_leaves_only_what_is_complete(self) -> None:
        for number in range(40):
            self.put(f"source/{number:02}", os.urandom(4 * 2**20))
        self.image()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number):
                done = self.interrupt(number)
                # On a busy machine the signal may come too late.
                for _ in range(5):
                    if done.status != 0:
                        break
                    shutil.rmtree(self.room / "out")
                    done = self.interrupt(number)
                self.assertEqual(-number, done.status, done.errors)
                self.assertIn("E_IMAPI_REQUEST_CANCELLED", done.errors)
                for name, content in self.tree().items():
                    self.assertEqual((self.room / "source" / name).read_bytes(), content)
                shutil.rmtree(self.room / "out")


if __name__ == "__main__":
    unittest.main()
