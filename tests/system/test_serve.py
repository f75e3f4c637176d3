#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""fsimage serve: the image over NBD and as a FUSE file, which is nowhere written."""

import array
import errno
import json
import os
import random
import select
import signal
import socket
import subprocess
import unittest
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import boot_files
import fsimage_command
import machine
import scratch
import trees
from case import ImageTest, slow
from command_case import CommandTest, Done, start
from entries import scan
from nbd_client import NbdClient

EPOCH = {"SOURCE_DATE_EPOCH": "1767323045"}
LARGE = 3_000_000
READY = 120  # seconds that a busy machine may take
KINDS = ((), ("-f", "udf", "--udf-revision", "2.50"), ("-f", "iso9660", "--iso-level", "3"),
         ("--hybrid", "--posix", "--exclude", "sub"))
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@cache
def why_no_fuse() -> str | None:
    """Why nothing can be mounted here, or None: tried as libfuse does it, without our command."""
    ours, theirs = socket.socketpair()
    with scratch.folder() as folder, ours, theirs:
        try:
            os.close(os.open("/dev/fuse", os.O_RDWR))
            done = subprocess.run(["fusermount3", "-o", "ro", "--", folder], check=False,
                                  env=os.environ | {"_FUSE_COMMFD": str(theirs.fileno())},
                                  pass_fds=(theirs.fileno(),), capture_output=True, text=True)
        except OSError as error:
            return str(error)
        if done.returncode != 0:
            return done.stderr.strip()
        _, [(_, _, descriptors)], _, _ = ours.recvmsg(1, socket.CMSG_SPACE(4))
        subprocess.run(["fusermount3", "-u", folder], check=True)
        os.close(array.array("i", descriptors)[0])
    return None


def is_mounted(path: Path) -> bool:
    """Whether something is mounted just there."""
    return any(line.split()[1] == str(path)
               for line in Path("/proc/self/mounts").read_text().splitlines())


class ServeTest(CommandTest):
    """A folder that is served, and an image of it to compare with."""

    def setUp(self) -> None:
        super().setUp()
        self.folder = self.room / "source"
        self.put("source/large", random.Random(1).randbytes(LARGE))
        self.put("source/small", b"small")
        self.put("source/sub/Grüße.txt", b"hello")
        os.link(self.folder / "small", self.folder / "sub/link")
        trees.stamp(self.folder)

    def image(self, *options: str | Path) -> bytes:
        """What create makes of it."""
        self.create("-q", "--force", "-o", "created.iso", *options, "source", env=EPOCH)
        return (self.room / "created.iso").read_bytes()

    def environment(self) -> dict[str, str]:
        """That of the command, in which nbdkit bears a plugin with sanitizers, too."""
        plugin = fsimage_command.find().parent / ".libs/nbdkit-fsimage-plugin.so"
        if not plugin.exists() or b"libasan.so" not in plugin.read_bytes():
            return dict(EPOCH)
        # They have to be there before nbdkit is; what it does not free is not ours.
        library = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True,
                                 capture_output=True, text=True).stdout.strip()
        wrapper = self.put("bin/nbdkit", (
            "#!/bin/sh\n"
            f"PATH=${{PATH#*:}} LD_PRELOAD={library} ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 "
            "exec nbdkit \"$@\"\n"))
        wrapper.chmod(0o755)
        return EPOCH | {"PATH": f"{wrapper.parent}:{os.environ['PATH']}"}

    @contextmanager
    def serving(self, *arguments: str | Path, end: signal.Signals | None = signal.SIGTERM,
                says: str = "", **options: object) -> Iterator[subprocess.Popen[bytes]]:
        """The command while it serves. It ends well, and has said nothing else on the way."""
        process = start("serve", *arguments, cwd=self.room, env=self.environment(), **options)
        assert process.stdout is not None
        try:
            if not select.select([process.stdout], [], [], READY)[0]:
                self.fail("nothing is served")
            line = process.stdout.read(4096)
            if not line:
                self.fail(f"it ended: {Done(process).errors}")
            self.assertIn(b"\n", line)
            yield process
            if end is not None:
                process.send_signal(end)
            done = Done(process, READY)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=READY)
        self.assertEqual(0, done.status, done.errors)
        if says:
            self.assertIn(says, done.errors)
        else:
            self.assertEqual("", done.errors)

    def read_at_random(self, image: bytes, open_reader: Callable[[], Iterator]) -> None:
        """Several read at once, each elsewhere, and find what is in the image."""

        def read_many(seed: int) -> int:
            places = random.Random(seed)
            with open_reader() as read:
                for _ in range(60):
                    offset = places.randrange(len(image))
                    length = min(places.choice((1, 511, 2048, 70000)), len(image) - offset)
                    if read(offset, length) != image[offset:offset + length]:
                        return offset
            return -1

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual([-1] * 8, list(pool.map(read_many, range(8))))

    def check_change(self, image: bytes, change: Callable[[], object],
                     open_reader: Callable[[], Iterator]) -> None:
        """What has gone is an error, and never other bytes; all else is read as ever."""
        self.assertEqual(1, image.count((self.folder / "large").read_bytes()))
        begin = image.index((self.folder / "large").read_bytes())
        change()
        with open_reader() as read:
            for offset in (begin, begin + LARGE // 2, begin + LARGE - 1):
                with self.assertRaises(OSError) as caught:
                    read(offset, 1)
                self.assertEqual(errno.EIO, caught.exception.errno)
            self.assertEqual(image[:65536], read(0, 65536))
            self.assertEqual(b"hello", read(image.index(b"hello"), 5))


class Nbd(ServeTest):
    """--unix"""

    def setUp(self) -> None:
        super().setUp()
        self.socket = self.room / "socket"
        self.uri = f"nbd+unix:///?socket={self.socket}"

    def tool(self, *arguments: str | Path) -> str:
        """What a program says, which has to succeed."""
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    @contextmanager
    def connection(self) -> Iterator[Callable[[int, int], bytes]]:
        with NbdClient(self.socket) as client:
            yield client.read

    def test_bytes_are_those_of_create(self) -> None:
        for options in KINDS:
            with self.subTest(options):
                image = self.image(*options)
                with self.serving("-q", "--json", "--unix", "socket", *options, "source"):
                    self.tool("nbdcopy", self.uri, self.room / "copy.iso")
                    self.tool("qemu-img", "compare", "-f", "raw", "-F", "raw",
                              self.room / "created.iso", self.uri)
                self.assertEqual(image, (self.room / "copy.iso").read_bytes())

    def test_many_read_at_random(self) -> None:
        image = self.image()
        with self.serving("-q", "--json", "--unix", "socket", "source"):
            self.read_at_random(image, self.connection)

    def test_device_is_read_only_and_has_the_size_of_the_image(self) -> None:
        image = self.image()
        with self.serving("-q", "--json", "--unix", "socket", "source"):
            [export] = json.loads(self.tool("nbdinfo", "--json", self.uri))["exports"]
        self.assertEqual((len(image), True, True), (
            export["export-size"], export["is_read_only"], export["can_multi_conn"]))

    def test_changed_file_is_an_input_error(self) -> None:
        image = self.image()
        with self.serving("-q", "--json", "--unix", "socket", "source",
                          says="IMAPI_E_DATA_STREAM_INCONSISTENCY"):
            self.check_change(image, lambda: os.truncate(self.folder / "large", 0),
                              self.connection)

    def test_missing_file_is_an_input_error(self) -> None:
        image = self.image()
        with self.serving("-q", "--json", "--unix", "socket", "source",
                          says="IMAPI_E_DATA_STREAM_CREATE_FAILURE"):
            self.check_change(image, (self.folder / "large").unlink, self.connection)

    def test_staged_file_is_served_as_it_was(self) -> None:
        image = self.image()
        with self.serving("-q", "--json", "--unix", "socket", "--stage",
                          "--working-directory", self.room, "source"):
            (self.folder / "large").unlink()
            with self.connection() as read:
                self.assertEqual(image, read(0, len(image)))

    def test_each_signal_ends_it_and_no_socket_is_left(self) -> None:
        for end in ENDS:
            with self.subTest(end):
                with self.serving("-q", "--json", "--unix", "socket", "source", end=end):
                    self.assertTrue(self.socket.is_socket())
                self.assertEqual({"source"}, self.names() - {"bin"})

    def test_path_that_exists_is_refused_and_kept(self) -> None:
        self.put("socket", b"mine")
        done = self.run_command("serve", "--unix", "socket", "source")
        self.assertEqual((1, ""), (done.status, done.output))
        self.assertIn("making socket socket: It exists already. (FSI_E_FILE_EXISTS", done.errors)
        self.assertEqual(b"mine", self.socket.read_bytes())

    def test_failure_leaves_no_socket(self) -> None:
        done = self.run_command("serve", "--unix", "socket", "nowhere", env=self.environment())
        self.assertEqual((1, ""), (done.status, done.output))
        self.assertIn("fsimage: adding nowhere: ", done.errors)
        self.assertFalse(self.socket.exists())

    def test_path_of_a_socket_has_a_limit_of_107_bytes(self) -> None:
        for length in (107, 108):
            done = self.run_command("serve", "--unix", "s" * length, "nowhere",
                                    env=self.environment())
            self.assertEqual(length - 106, done.status, done.errors)

    def test_standard_input_is_a_file_of_it(self) -> None:
        self.put("input", b"what came in")
        with open(self.room / "input", "rb") as file, \
                subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as pipe, \
                self.serving("-q", "--json", "--unix", "socket", "--working-directory", self.room,
                             "text=-", stdin=pipe.stdout), self.connection() as read:
            self.assertIn(b"what came in", read(0, 1 << 20))

    def test_pc_starts_from_it(self) -> None:
        self.put("source/boot.bin", boot_files.sector(self.room, "Served!"))
        with self.serving("-q", "--json", "--unix", "socket", "--boot", "bios:boot.bin,load-size=4",
                          "source"):
            said = machine.start(machine.BIOS, machine.CD, f"nbd:unix:{self.socket}", "Served!")
        self.assertIn("Served!", said)


class FuseTest(ServeTest):
    """A mount, where this system has it; where it has not, each test says so."""

    def setUp(self) -> None:
        super().setUp()
        self.folder_of_mount = self.room / "mount"
        self.folder_of_mount.mkdir()
        self.file = self.folder_of_mount / "image.iso"
        self.can_mount = why_no_fuse() is None
        if not self.can_mount:
            print(f"    not tested, as nothing can be mounted here: {why_no_fuse()}")

    def run(self, result: unittest.TestResult | None = None) -> unittest.TestResult | None:
        """A test that needs a mount ends before it begins where there is none."""
        name = self._testMethodName
        test = getattr(self, name)

        def run_where_possible() -> None:
            if self.can_mount:
                test()

        setattr(self, name, run_where_possible)
        return super().run(result)

    @contextmanager
    def mounted(self, *arguments: str | Path, at: str = "mount", **options: object,
                ) -> Iterator[subprocess.Popen[bytes]]:
        """The command while it serves; nothing stays mounted."""
        with self.serving("-q", "--json", "--fuse", at, *arguments, **options) as process:
            yield process
        self.assertFalse(is_mounted(self.room / at))

    @contextmanager
    def opened(self) -> Iterator[Callable[[int, int], bytes]]:
        descriptor = os.open(self.file, os.O_RDONLY)
        try:
            yield lambda offset, length: os.pread(descriptor, length, offset)
        finally:
            os.close(descriptor)


class Fuse(FuseTest):
    """--fuse"""

    def test_bytes_are_those_of_create(self) -> None:
        for options in KINDS:
            with self.subTest(options):
                image = self.image(*options)
                with self.mounted(*options, "source"):
                    self.assertEqual(["image.iso"], os.listdir(self.folder_of_mount))
                    self.assertEqual(len(image), self.file.stat().st_size)
                    self.assertEqual(image, self.file.read_bytes())

    def test_many_read_at_random(self) -> None:
        image = self.image()
        with self.mounted("source"):
            self.read_at_random(image, self.opened)

    def test_nothing_can_be_changed(self) -> None:
        with self.mounted("source"):
            for change in (lambda: self.file.open("r+b"), self.file.unlink,
                           (self.folder_of_mount / "new").touch):
                with self.assertRaises(OSError) as caught:
                    change()
                self.assertIn(caught.exception.errno, (errno.EROFS, errno.EACCES))
            self.assertFalse((self.folder_of_mount / "other").exists())

    def test_changed_file_is_an_input_error(self) -> None:
        image = self.image()
        with self.mounted("source", says="IMAPI_E_DATA_STREAM_INCONSISTENCY"):
            self.check_change(image, lambda: os.truncate(self.folder / "large", 0), self.opened)

    def test_each_signal_ends_it_and_no_mount_is_left(self) -> None:
        for end in ENDS:
            with self.subTest(end), self.mounted("source", end=end):
                self.assertTrue(is_mounted(self.folder_of_mount))

    def test_signal_ends_it_while_the_file_is_open(self) -> None:
        with self.mounted("source") as process:
            descriptor = os.open(self.file, os.O_RDONLY)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(0, process.wait(READY))
            with self.assertRaises(OSError):
                os.pread(descriptor, 2048, 0)
            with suppress(OSError):  # nobody is left to be told
                os.close(descriptor)

    def test_unmounting_ends_it(self) -> None:
        with self.mounted("source", end=None):
            subprocess.run(["fusermount3", "-u", self.folder_of_mount], check=True)

    def test_file_is_mounted_onto_and_left_out_of_the_image(self) -> None:
        image = self.image()
        over = self.put("source/over.iso", b"as it was")
        with self.mounted("source", at="source/over.iso"):
            self.assertEqual(len(image), over.stat().st_size)
            self.assertEqual(image[:32768], over.read_bytes()[:32768])
            self.assertNotIn(b"as it was", over.read_bytes())
        self.assertEqual(b"as it was", over.read_bytes())

    def test_folder_that_is_not_empty_is_refused(self) -> None:
        self.put("mount/file")
        done = self.run_command("serve", "--fuse", "mount", "source")
        self.assertEqual((1, ""), (done.status, done.output))
        self.assertIn("mounting onto mount: The folder is not empty. (FSI_E_FILE_EXISTS",
                      done.errors)

    def test_failure_leaves_no_mount(self) -> None:
        for mount_point, source in (("mount", "nowhere"), ("nowhere", "source")):
            done = self.run_command("serve", "--fuse", mount_point, source)
            self.assertEqual((1, ""), (done.status, done.output))
            self.assertIn("nowhere: No such file or directory. (FSI_E_FILE_NOT_FOUND", done.errors)
            self.assertFalse(is_mounted(self.folder_of_mount))


class FuseReaders(FuseTest, ImageTest):
    """Who reads images reads the file of the mount."""

    @slow
    def test_linux_finds_the_tree_in_each_file_system(self) -> None:
        trees.scripts(self.folder)
        trees.stamp(self.folder)
        with self.mounted("source"):
            self.check_image(self.file, scan(self.folder), readers=("linux",))


class Usage(ServeTest):
    """What is refused before anything is done."""

    def expect_refusal(self, *arguments: str, says: str) -> None:
        done = self.run_command("serve", *arguments)
        self.assertEqual((2, ""), (done.status, done.output), done.errors)
        self.assertIn(says, done.errors)
        self.assertIn("try 'fsimage serve --help'", done.errors)
        self.assertEqual({"source"}, self.names())

    def test_there_is_one_place(self) -> None:
        self.expect_refusal("source", says="option '--unix' or '--fuse' is missing")
        self.expect_refusal("--unix", "s", "--fuse", "m", "source", says="exclude each other")
        self.expect_refusal("--unix", "s", says="name at least one PATH or TARGET=SOURCE")
        self.expect_refusal("--unix", "", "source", says="must name a socket")
        self.expect_refusal("--fuse", "", "source", says="must name a folder or a file")

    def test_options_of_create_are_taken_but_for_where_it_writes(self) -> None:
        for option in ("--output=x", "--force", "-ox"):
            self.expect_refusal("--unix", "s", option, "source", says="there is no option")
        self.expect_refusal("--unix", "s", "--boot-catalog", "c", "source", says="needs '--boot'")
        self.expect_refusal("--fuse", "m", "-f", "iso", "--posix", "source", says="needs udf")
        self.expect_refusal("--fuse", "m", "--mbr-template", "t", "source", says="needs '--hybrid'")


class Report(FuseTest):
    """What is said when it can be read."""

    def test_line_and_object_are_those_of_create(self) -> None:
        size = len(self.image())
        for options, found in (([], b"mount: %d blocks" % (size // 2048)),
                               (["--json"], b'{"output": "mount", "blocks": %d' % (size // 2048))):
            process = start("serve", *options, "--fuse", "mount", "source", cwd=self.room, env=EPOCH)
            assert process.stdout is not None
            said = process.stdout.read(4096)
            process.send_signal(signal.SIGTERM)
            done = Done(process, READY)
            self.assertTrue(said.startswith(found), said)
            self.assertEqual(0, done.status, done.errors)


if __name__ == "__main__":
    unittest.main()
